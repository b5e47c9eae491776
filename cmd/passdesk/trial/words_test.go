package trial_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// words is the readable text of a card: texts as they are, buttons as <title>.
func words(raw json.RawMessage) string {
	var out []string
	walk(raw, func(e map[string]any) {
		kind, _ := e["type"].(string)
		switch {
		case kind == "TextBlock" || kind == "TextRun":
			out = append(out, fmt.Sprint(e["text"]))
		case strings.HasPrefix(kind, "Action."):
			out = append(out, fmt.Sprintf("<%v>", e["title"]))
		}
	})
	return strings.Join(out, " ")
}

// walk visits every object below a JSON text, in its order.
func walk(raw json.RawMessage, visit func(map[string]any)) {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) == nil {
		for _, one := range list {
			walk(one, visit)
		}
		return
	}
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return
	}
	visit(object)
	d := json.NewDecoder(bytes.NewReader(raw))
	_, _ = d.Token() // the opening brace
	for d.More() {
		key, _ := d.Token()
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return
		}
		if key != "fallback" {
			walk(value, visit)
		}
	}
}

var buttonTitle = regexp.MustCompile(`<([^>]+)>`)
