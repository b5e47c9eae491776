package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is one word of a message: a run of letters, something in quotes, or a
// mention with its tag.
type word struct {
	text   string
	whole  bool // in quotes or a mention: never taken for an option
	offset int  // where it begins in words.line
}

// words are a message as it is read, from left to right.
type words struct {
	line    string
	command string // whose words they are
	tokens  []word
	at      int // the next word
	named   int // where the person ended that was named last
	moment  moment
}

// more tells whether a word is left.
func (w *words) more() bool { return w.at < len(w.tokens) }

// peek returns the word that is n after the next, or one without text.
func (w *words) peek(n int) word {
	if w.at+n >= len(w.tokens) {
		return word{}
	}
	return w.tokens[w.at+n]
}

// next takes the next word; at the end it has no text.
func (w *words) next() word {
	t := w.peek(0)
	w.at = min(w.at+1, len(w.tokens))
	return t
}

// rest takes everything that is left, as it was typed.
func (w *words) rest() string {
	if !w.more() {
		return ""
	}
	from := w.at
	w.at = len(w.tokens)
	return w.typed(from)
}

// typed is what was typed from a word up to the next one.
func (w *words) typed(from int) string {
	text := w.line[w.tokens[from].offset:]
	if w.more() {
		text = w.line[w.tokens[from].offset:w.tokens[w.at].offset]
	}
	return strings.Join(strings.Fields(text), " ")
}

// joined are the words from one up to the next, without their quotes.
func (w *words) joined(from int) string {
	texts := make([]string, 0, w.at-from)
	for _, t := range w.tokens[from:w.at] {
		texts = append(texts, t.text)
	}
	return strings.Join(texts, " ")
}

// split cuts a message into words.
func split(text string, at moment) *words {
	w := &words{line: strings.ToValidUTF8(text, ""), moment: at}
	for i := 0; i < len(w.line); {
		r, n := utf8.DecodeRuneInString(w.line[i:])
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			i += n
			continue
		}
		t, size := cut(w.line[i:])
		t.offset = i
		if t.text != "" {
			w.tokens = append(w.tokens, t)
		}
		i += size
	}
	return w
}

// cut takes the first word of text, which starts with one.
func cut(text string) (word, int) {
	if strings.HasPrefix(text, "<at>") || strings.HasPrefix(text, "<at ") {
		if end := strings.Index(text, "</at>"); end >= 0 {
			size := end + len("</at>")
			return word{text: text[:size], whole: true}, size
		}
	}
	r, n := utf8.DecodeRuneInString(text)
	if shut := closing(r); shut != "" {
		if end := strings.IndexAny(text[n:], shut); end >= 0 {
			_, last := utf8.DecodeRuneInString(text[n+end:])
			return word{text: strings.TrimSpace(text[n : n+end]), whole: true}, n + end + last
		}
	}
	size := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) })
	if size < 0 {
		size = len(text)
	}
	return word{text: text[:size]}, size
}

// closing returns the marks that close a quotation opened by r: phones and word
// processors turn plain quotes into pairs.
func closing(r rune) string {
	switch r {
	case '"', '“', '”', '„':
		return "\"“”„"
	case '«', '»':
		return "«»"
	}
	return ""
}
