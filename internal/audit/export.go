package audit

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// Append appends the line as JSON, with a line break: its number, its hash, and the
// entry byte for byte as it was hashed, so that whoever keeps it can verify it.
//
//	{"seq":1,"hash":"…","entry":{"at":"…","actor":"…","action":"ask","outcome":"done"}}
func (l Line) Append(to []byte) []byte {
	to = fmt.Appendf(to, `{"seq":%d,"hash":"%s","entry":`, l.Seq, l.Hash)
	to = append(to, l.Body...)
	return append(to, "}\n"...)
}

// Writer writes lines for whoever reads them elsewhere.
type Writer interface {
	Write(l Line) error
	// Flush writes what is left.
	Flush() error
}

// NewJSONWriter writes each line as Line.Append does.
func NewJSONWriter(to io.Writer) Writer { return jsonWriter{bufio.NewWriter(to)} }

type jsonWriter struct{ to *bufio.Writer }

func (w jsonWriter) Write(l Line) error {
	_, err := w.to.Write(l.Append(w.to.AvailableBuffer()))
	return err
}

func (w jsonWriter) Flush() error { return w.to.Flush() }

// ByteOrderMark tells spreadsheets that a text is UTF-8.
const ByteOrderMark = "\ufeff"

// columns are those of the CSV. The detail stays the JSON that it is.
var columns = []string{"seq", "at", "actor", "action", "outcome", "request", "person", "detail", "hash"}

// NewCSVWriter writes lines as CSV for spreadsheets, with a heading, in UTF-8. What
// people typed is inert.
func NewCSVWriter(to io.Writer) (Writer, error) {
	buffered := bufio.NewWriter(to)
	if _, err := buffered.WriteString(ByteOrderMark); err != nil {
		return nil, err
	}
	w := csvWriter{csv.NewWriter(buffered), buffered}
	w.csv.UseCRLF = true
	return w, w.csv.Write(columns)
}

type csvWriter struct {
	csv *csv.Writer
	to  *bufio.Writer
}

func (w csvWriter) Write(l Line) error {
	e, err := l.Entry()
	if err != nil {
		return err
	}
	detail := ""
	if len(e.Detail) > 0 {
		text, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("audit line %d: %w", l.Seq, err)
		}
		detail = string(text)
	}
	cells := []string{
		strconv.FormatInt(l.Seq, 10), e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.Action, string(e.Outcome), e.Ref, e.Person, detail, l.Hash.String(),
	}
	for i, c := range cells {
		cells[i] = Inert(c)
	}
	return w.csv.Write(cells)
}

func (w csvWriter) Flush() error {
	w.csv.Flush()
	if err := w.csv.Error(); err != nil {
		return err
	}
	return w.to.Flush()
}

// Inert is a cell that no spreadsheet takes for a formula (OWASP: CSV injection).
// Whoever may change their name in the directory, or types a reason, must not have
// it run at the reader's.
func Inert(cell string) string {
	start := strings.TrimLeft(cell, " \u00a0\u3000\ufeff\u200b")
	if start != "" && strings.ContainsAny(firstRune(start), "=+-@|%\t\r\n＝＋－＠") {
		return "'" + cell
	}
	return cell
}

func firstRune(text string) string { return string([]rune(text)[:1]) }
