package bot

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// writer writes a card as JSON. Its methods are called in the order in which
// the JSON reads.
type writer struct{ b []byte }

// comma separates what follows from what stands before it in the same object or
// list.
func (w *writer) comma() {
	if n := len(w.b); n > 0 && w.b[n-1] != '{' && w.b[n-1] != '[' && w.b[n-1] != ':' {
		w.b = append(w.b, ',')
	}
}

// key begins a property. Keys are constants and need no escaping.
func (w *writer) key(name string) {
	w.comma()
	w.b = append(w.b, '"')
	w.b = append(w.b, name...)
	w.b = append(w.b, '"', ':')
}

// open begins an element of a type.
func (w *writer) open(kind string) {
	w.b = append(w.b, `{"type":"`...)
	w.b = append(w.b, kind...)
	w.b = append(w.b, '"')
}

// object begins a property that is an object.
func (w *writer) object(name string) {
	w.key(name)
	w.b = append(w.b, '{')
}

// close ends an element or an object.
func (w *writer) close() { w.b = append(w.b, '}') }

// put writes a text; an empty one is left out.
func put[T ~string](w *writer, name string, value T) {
	if value != "" {
		w.key(name)
		w.b = quote(w.b, string(value))
	}
}

func (w *writer) number(name string, n int) {
	w.key(name)
	w.b = strconv.AppendInt(w.b, int64(n), 10)
}

// truth writes what is true; what is not is the default and left out.
func (w *writer) truth(name string, yes bool) {
	if yes {
		w.key(name)
		w.b = append(w.b, "true"...)
	}
}

// look writes a property for one of the looks in all.
func (w *writer) look(all, one look, name, value string) {
	if all&one != 0 {
		put(w, name, value)
	}
}

// list writes elements as a property.
func list[T element](w *writer, name string, elements []T) {
	w.key(name)
	w.b = append(w.b, '[')
	for _, e := range elements {
		w.comma()
		e.write(w)
	}
	w.b = append(w.b, ']')
}

// runs writes the runs of a paragraph.
func (w *writer) runs(runs []textRun) {
	w.b = append(w.b, `,"inlines":[`...)
	for i := range runs {
		w.comma()
		runs[i].write(w)
	}
	w.b = append(w.b, ']')
}

// input begins an input. Each has a label, which screen readers read.
func (w *writer) input(kind, id string, label ownText) {
	w.open(kind)
	put(w, "id", id)
	put(w, "label", label)
}

// required makes an input required, with the words that say so.
func (w *writer) required(message ownText) {
	w.truth("isRequired", message != "")
	put(w, "errorMessage", message)
}

// extra adds the properties of a map. One that JSON cannot hold is left out.
func (w *writer) extra(properties map[string]any) {
	if len(properties) == 0 {
		return
	}
	b, err := json.Marshal(properties)
	if err != nil {
		return
	}
	w.comma()
	w.b = append(w.b, b[1:len(b)-1]...)
}

const hexDigits = "0123456789abcdef"

// quote appends text as a JSON string, in the same way as encoding/json: what
// means something in HTML is escaped, what is not UTF-8 is replaced.
func quote(b []byte, text string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(text); {
		c := text[i]
		if harmless[c] {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if c >= utf8.RuneSelf && r != utf8.RuneError && r != '\u2028' && r != '\u2029' {
			i += size
			continue
		}
		b = append(b, text[start:i]...)
		b = escape(b, r, size)
		i += size
		start = i
	}
	b = append(b, text[start:]...)
	return append(b, '"')
}

// harmless are the bytes that stand for themselves.
var harmless = func() (table [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		table[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return table
}()

// escape appends a character that cannot stand for itself.
func escape(b []byte, r rune, size int) []byte {
	switch {
	case r == utf8.RuneError && size > 1:
		return append(b, "\ufffd"...)
	case r == '"' || r == '\\':
		return append(b, '\\', byte(r))
	}
	return append(b, '\\', 'u', hexDigits[r>>12&0xf], hexDigits[r>>8&0xf], hexDigits[r>>4&0xf], hexDigits[r&0xf])
}
