package control

import (
	"encoding/json"
	"maps"
	"strings"
)

// filledIn is what a client sends with a button: the value of every input on
// the card as it stands there, and over it what the person has typed. A button
// without associated inputs takes none (Adaptive Cards: Action.Execute,
// associatedInputs).
func filledIn(b seenButton, typed map[string]any) map[string]any {
	var action struct {
		AssociatedInputs string `json:"associatedInputs"`
	}
	if json.Unmarshal(b.action, &action) != nil || strings.EqualFold(action.AssociatedInputs, "none") {
		return typed
	}
	var card any
	if json.Unmarshal(b.card, &card) != nil {
		return typed
	}
	values := map[string]any{}
	collect(card, values)
	maps.Copy(values, typed)
	return values
}

// collect finds the inputs below an element.
func collect(element any, values map[string]any) {
	switch e := element.(type) {
	case []any:
		for _, one := range e {
			collect(one, values)
		}
	case map[string]any:
		if kind, _ := e["type"].(string); strings.HasPrefix(kind, "Input.") {
			if id, _ := e["id"].(string); id != "" {
				values[id] = standing(kind, e)
			}
			return
		}
		for name, one := range e {
			if name != "fallback" {
				collect(one, values)
			}
		}
	}
}

// standing is the value of an input that nobody has touched.
func standing(kind string, input map[string]any) any {
	if value, ok := input["value"]; ok {
		return value
	}
	if kind == "Input.Toggle" {
		if off, ok := input["valueOff"]; ok {
			return off
		}
		return "false"
	}
	return ""
}
