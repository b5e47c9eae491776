package check

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// width is how wide the table is, in characters.
const width = 110

// JSON writes the report for machines.
func (r Report) JSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(r)
}

// Table writes the report for people: a line for each finding, and below it what to
// do.
func (r Report) Table(w io.Writer) error {
	part := 0
	for _, f := range r.Findings {
		part = max(part, len(f.Part))
	}
	indent := strings.Repeat(" ", len(Warning)+2+part+2)
	var b strings.Builder
	count := map[Level]int{}
	for _, f := range r.Findings {
		count[f.Level]++
		fmt.Fprintf(&b, "%-*s  %-*s  %s\n", len(Warning), f.Level, part, f.Part, folded(f.Say, indent))
		if f.Do != "" {
			fmt.Fprintf(&b, "%s→ %s\n", indent, folded(f.Do, indent+"  "))
		}
	}
	fmt.Fprintf(&b, "\n%s, %s.\n", many(count[Error], "error", "errors"), many(count[Warning], "warning", "warnings"))
	_, err := io.WriteString(w, b.String())
	return err
}

// folded breaks a text at spaces, where it would be wider than the table.
func folded(text, indent string) string {
	var b strings.Builder
	line := len(indent)
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case line+1+n > width:
			b.WriteString("\n" + indent)
			line = len(indent)
		default:
			b.WriteByte(' ')
			line++
		}
		b.WriteString(word)
		line += n
	}
	return b.String()
}

// many is a number of things, in words.
func many(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}
