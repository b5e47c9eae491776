package bot

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Four kinds of text, so that the compiler asks where one came from. Constants
// fit all of them; anything that a person or Entra supplied is a string, and has
// to pass clean, typed or plain first.
type (
	// ownText is written by us. Only it may stand where Markdown is processed.
	ownText string
	// userText is cleaned by clean and stands in text runs, where nothing is
	// processed (Adaptive Cards: TextRun; Markdown is not supported).
	userText string
	// typedText is the value of an input field: what was typed, cleaned.
	typedText string
	// plainText is neutralised by plain and stands where a string cannot be
	// avoided: a title, a summary, a message.
	plainText string
)

// How much of a text a card shows, in characters.
const (
	nameLength    = 80
	upnLength     = 120
	ticketLength  = 60
	reasonLength  = 500
	findingLength = 250
	sayLength     = 500
)

// clean makes a text of somebody else's harmless and short: one line of at most
// limit characters, without control and direction characters, and without what
// renderers expand to dates. Cleaned twice, it stays the same.
func clean(text string, limit int) userText {
	if len(text) <= limit && tidy(text) {
		return userText(text)
	}
	return userText(shorten(oneLine(text, limit+1), limit))
}

// tidy tells whether a text is clean already: plain ASCII in one line. Most are.
func tidy(text string) bool {
	last := byte(' ')
	for i := range len(text) {
		b := text[i]
		if b < ' ' || b > '~' || (b == last && (b == ' ' || b == '{')) {
			return false
		}
		last = b
	}
	return text == "" || last != ' '
}

// oneLine takes out what cannot be seen and collapses space. It stops after
// enough characters.
func oneLine(text string, enough int) []rune {
	var line []rune
	marks, space := 0, false
	for _, r := range text {
		if unicode.IsSpace(r) {
			space = true
			continue
		}
		if marks = piled(marks, r); unseen(r) || marks > maxMarks {
			continue
		}
		n := len(line)
		// {{DATE(…)}} and {{TIME(…)}} are expanded in text runs, too.
		if n > 0 && (space || (r == '{' && line[n-1] == '{')) {
			line = append(line, ' ')
		}
		space = false
		if line = append(line, r); len(line) > enough {
			break
		}
	}
	return line
}

// shorten cuts a line to limit characters, the last of which then says so.
func shorten(line []rune, limit int) string {
	if len(line) <= limit {
		return string(line)
	}
	return strings.TrimRight(string(line[:limit-1]), " ") + "…"
}

// maxMarks is how many accents may be piled on one letter.
const maxMarks = 4

// piled counts the accents up to and including r.
func piled(marks int, r rune) int {
	if r > unicode.MaxLatin1 && unicode.Is(unicode.Mn, r) {
		return marks + 1
	}
	return 0
}

// invisible are letters and signs that are drawn as nothing: the fillers of
// Hangul and the empty Braille pattern.
const invisible = "\u115f\u1160\u3164\uffa0\u2800"

// unseen tells whether r cannot be seen itself but changes what is seen: control
// and format characters, among them those that turn the direction of writing.
// The two joiners stay, which Persian, Indic names and emoji need.
func unseen(r rune) bool {
	const nonJoiner, joiner = '\u200c', '\u200d'
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == '\u007f'
	case r == nonJoiner || r == joiner:
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Noncharacter_Code_Point) || strings.ContainsRune(invisible, r)
}

// typed cleans what was typed for the input field that it goes back to.
func typed(text string, limit int) typedText { return typedText(clean(text, limit)) }

// lookalikes replace the characters that mean something in Markdown, in XML or
// in a mention. They read the same, and a second pass changes nothing.
var lookalikes = strings.NewReplacer(
	`\`, "⧵", "`", "ʼ", "*", "∗", "_", "ˍ", "~", "∼", "|", "∣",
	"[", "❲", "]", "❳", "<", "‹", ">", "›", "&", "＆", "://", ": //",
)

// webName is where a link begins without a scheme.
var webName = regexp.MustCompile(`(?i)www\.`)

// listMark is what makes a line a heading, a rule or an item of a list.
var listMark = regexp.MustCompile(`^(\d+)([.)])|^()([#+=-])`)

// meaningful are the characters without which nothing needs to be done.
const meaningful = "\\`*_~|[]<>&:#+=.)-"

// plain neutralises text of somebody else's for a place where a string cannot be
// avoided: cleaned, and with nothing left that could become a link, a mention, a
// date or emphasis. Neutralised twice, it stays the same.
func plain(text string) plainText {
	t := string(clean(text, sayLength))
	if !strings.ContainsAny(t, meaningful) {
		return plainText(t)
	}
	t = webName.ReplaceAllString(lookalikes.Replace(t), "www .")
	t = listMark.ReplaceAllString(t, "$1$3·$2$4")
	return plainText(shorten([]rune(t), sayLength))
}
