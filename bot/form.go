package bot

import (
	"bytes"
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

// wish is a form as it was filled in.
type wish struct {
	// picked is the id that the people picker gave, typed what stands in the
	// text field beside it; either may be empty.
	picked access.ID
	typed  string
	terms  access.Terms
	// faults are the fields that cannot be read, in words for the person.
	faults []access.Finding
}

// fields are what came back from a card: its data with the inputs merged in.
// Nothing of it is believed.
type fields map[string]json.RawMessage

// text returns a field as text. Clients send numbers and toggles as strings or
// as themselves; what is neither counts as empty.
func (f fields) text(name string) string {
	raw := f[name]
	if len(raw) < 2 || raw[0] != '"' {
		if len(raw) == 0 || raw[0] == '{' || raw[0] == '[' || string(raw) == "null" {
			return ""
		}
		return string(raw)
	}
	if bytes.IndexByte(raw, '\\') < 0 { // nothing to decode, as in nearly every click
		return strings.TrimSpace(string(raw[1 : len(raw)-1]))
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

// filled tells whether any input of the form came along.
func (f fields) filled() bool {
	for _, input := range []string{inputPerson, inputPersonText, inputMinutes, inputOnce, inputDate, inputTime, inputTicket, inputReplace, inputReason, inputPolicy, inputPlatform, inputRevoke} {
		if f[input] != nil {
			return true
		}
	}
	return false
}

// over fills in, from the form as it is stored, what must be there and was not
// sent. An input that may be empty stays so: clients leave such inputs out.
func (f fields) over(r access.Request) fields {
	all := fields{
		inputMinutes: quoted(strconv.Itoa(r.Terms.Minutes)),
		inputOnce:    quoted(onceValue),
	}
	if !r.Terms.Once {
		all[inputOnce] = quoted(multiValue)
	}
	if r.Kind == access.Exclusion {
		all.overExclusion(r.Terms)
	}
	if f[inputPersonText] == nil {
		all[inputPerson] = quoted(string(r.Person.ID))
	}
	maps.Copy(all, f)
	return all
}

// quoted is a text as JSON; it must hold nothing that needs an escape.
func quoted(text string) json.RawMessage { return json.RawMessage(`"` + text + `"`) }

// readForm reads the form. What cannot be read is said per field; what may not
// be is for the desk to say.
func readForm(f fields, at moment) wish {
	w := wish{
		typed: string(clean(f.text(inputPersonText), upnLength)),
		terms: access.Terms{
			Replace: f.text(inputReplace) == "true",
			Ticket:  string(clean(f.text(inputTicket), ticketLength)),
			Reason:  string(clean(f.text(inputReason), reasonLength)),
		},
	}
	w.readPerson(f.text(inputPerson))
	w.readMinutes(f.text(inputMinutes), at, "The lifetime is a whole number of minutes, from 10 to 43200 (30 days).")
	w.readOnce(f.text(inputOnce))
	w.readStart(f.text(inputDate), f.text(inputTime), at)
	return w
}

// fault adds what is wrong with a field.
func (w *wish) fault(field, say string) {
	w.faults = append(w.faults, access.Finding{Level: access.Refusal, Code: "form." + field, Text: say})
}

func (w *wish) readPerson(value string) {
	switch {
	case strings.Contains(value, ","):
		w.fault("person", "Choose one person: a request is for one.")
	case len(value) > 64:
		w.fault("person", "Choose the person again.")
	default:
		w.picked = access.NewID(value)
	}
	if w.picked == "" && w.typed == "" && len(w.faults) == 0 {
		w.fault("person", "Choose the person whom it is for.")
	}
}

func (w *wish) readMinutes(value string, at moment, otherwise string) {
	number, err := strconv.ParseFloat(value, 64)
	if err == nil && number == float64(int32(number)) {
		w.terms.Minutes = int(number)
	} else if words := split(value, at); len(words.tokens) > 0 {
		minutes, n := lifetime(words)
		if n == len(words.tokens) {
			w.terms.Minutes = minutes
		}
	}
	if w.terms.Minutes < leastMinutes || w.terms.Minutes > mostMinutes {
		w.fault("minutes", otherwise)
	}
}

func (w *wish) readOnce(value string) {
	switch value {
	case onceValue, multiValue:
		w.terms.Once = value == onceValue
	default:
		w.terms.Once = true
		w.fault("once", "Choose whether the pass can be used once or several times.")
	}
}

// readStart reads date and time, which the inputs give without a zone: they are
// meant in the person's own. A time alone is its next occurrence.
func (w *wish) readStart(date, clock string, at moment) {
	if date == "" && clock == "" {
		return
	}
	if clock == "" {
		w.fault("time", "Say also at what time it should start, or empty the date to start at once.")
		return
	}
	start, ok := clockTime(strings.TrimSpace(date+" "+clock), at)
	if !ok {
		w.fault("time", "The start could not be read. Write the date as 2026-01-31 and the time as 14:00.")
		return
	}
	if hour, minute, ok := hourOf(clock); ok && (start.Hour() != hour || start.Minute() != minute) {
		w.fault("time", "That time does not exist on that day, because the clocks change. Choose another.")
		return
	}
	w.terms.Start = start.UTC()
}
