package bot

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, text, want string }{
		{"plain", "New laptop", "New laptop"},
		{"empty", "", ""},
		{"lines become one", "one\r\n\r\n\ttwo\u2028three ", "one two three"},
		{"control characters", "a\x00b\x1bc\x7fd\u0085e", "abcd e"},
		{"direction of writing", "\u202egnp.exe\u202c\u2066x\u2069\u200f", "gnp.exex"},
		{"nothing to be seen", "a\u200bb\u00adc\ufeffd\U000e0041e\u3164f", "abcdef"},
		{"joiners stay", "می\u200cخواهم 👩\u200d💻", "می\u200cخواهم 👩\u200d💻"},
		{"piled accents", "z" + strings.Repeat("\u0300", 50), "z" + strings.Repeat("\u0300", 4)},
		{"date macro", "{{DATE(2026-01-01T00:00:00Z)}}", "{ {DATE(2026-01-01T00:00:00Z)}}"},
		{"macro in disguise", "{\u200b{TIME(2026-01-01T00:00:00Z)}}", "{ {TIME(2026-01-01T00:00:00Z)}}"},
		{"as long as allowed", strings.Repeat("x", 40), strings.Repeat("x", 40)},
		{"too long", strings.Repeat("x", 41), strings.Repeat("x", 39) + "…"},
		{"too long in letters of four bytes", strings.Repeat("𝕏", 41), strings.Repeat("𝕏", 39) + "…"},
		{"not UTF-8", "a\xffb", "a\ufffdb"},
		{"markdown is nothing in a text run", "*a* [b](c)", "*a* [b](c)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, string(clean(c.text, 40)))
		})
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Joni Sherman":                   "Joni Sherman",
		"joni.sherman@northwind.example": "joni.sherman@northwind.example",
		"**bold** _it_ `code` ~no~":      "∗∗bold∗∗ ˍitˍ ʼcodeʼ ∼no∼",
		"[here](https://evil.example)":   "❲here❳(https: //evil.example)",
		"<at>Megan</at>":                 "‹at›Megan‹/at›",
		"&lt;at&gt;":                     "＆lt;at＆gt;",
		"Www.evil.example":               "www .evil.example",
		"# heading":                      "·# heading",
		"- item":                         "·- item",
		"12. item":                       "12·. item",
		"12 items":                       "12 items",
	} {
		require.Equal(t, want, string(plain(text)))
		require.Equal(t, want, string(plain(string(plain(text)))), "a second time")
	}
}

// forbidden is what nobody may bring into a string that a client processes.
var forbidden = regexp.MustCompile("(?i)[\\\\`*_~|\\[\\]<>]|&[#a-z]|://|www\\.|\\{\\{|[\\x00-\\x1f\\x7f\u0085\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]|^(#|[-+=]|[0-9]+[.)])")

// verbatim are the properties in which nothing is processed, and where a text
// stands as it was typed but for what clean takes out.
var verbatim = regexp.MustCompile("(?i)\\{\\{|[\\x00-\\x1f\\x7f\u0085\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")

// shownToPeople are the properties of text in which something may be processed.
var shownToPeople = map[string]bool{
	"fallbackText": true, "text": true, "title": true, "tooltip": true, "label": true,
	"placeholder": true, "errorMessage": true, "value": true,
}

// inert fails when a card holds text that a client would process. Where our own
// words stand with it, none of ours is forbidden either.
func inert(t *testing.T, name string, c Card) {
	t.Helper()
	require.True(t, json.Valid(c.JSON()), name)
	walk(decode(t, c), func(object map[string]any) {
		kind, _ := object["type"].(string)
		require.NotEqual(t, "FactSet", kind)
		require.NotContains(t, object, "msteams", "mentions need it")
		require.NotContains(t, object, "url")
		for key, value := range object {
			text, ok := value.(string)
			switch {
			case !ok || !shownToPeople[key]:
			case kind == "TextRun", strings.HasPrefix(kind, "Input.") && key == "value":
				require.NotRegexp(t, verbatim, text, "%s: %s of %s", name, key, kind)
			default:
				require.NotRegexp(t, forbidden, text, "%s: %s of %s", name, key, kind)
			}
		}
	})
}

func TestI9WhatPeopleTypeIsText(t *testing.T) {
	t.Parallel()
	for _, s := range slices.Concat(situations(), longSituations(hostile), crowdedExclusions(hostile)) {
		inert(t, s.name, s.card)
	}
	// Our own words are the same whatever people type.
	plain := append(forgedSituations("", "Joni Sherman"), forgedExclusions("", "Joni Sherman")...)
	for i, s := range append(forgedSituations("", hostile), forgedExclusions("", hostile)...) {
		other := plain[i]
		require.Equal(t, blocks(t, other.card), blocks(t, s.card), s.name)
	}
}

// blocks are the texts that are processed: those of text blocks.
func blocks(t *testing.T, c Card) []string {
	t.Helper()
	var texts []string
	walkInOrder(decode(t, c), func(object map[string]any) {
		if object["type"] == "TextBlock" {
			text, _ := object["text"].(string)
			texts = append(texts, text)
		}
	})
	return texts
}

// walkInOrder visits what stands in the lists of a card from top to bottom.
func walkInOrder(value any, visit func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		visit(v)
		for _, key := range []string{"body", "items", "columns"} {
			walkInOrder(v[key], visit)
		}
	case []any:
		for _, inner := range v {
			walkInOrder(inner, visit)
		}
	}
}

// strange are texts to begin with.
func strange(f *testing.F) {
	f.Helper()
	for _, seed := range []string{
		hostile, "", "Joni", "{\u200b{DATE(2026-01-01T00:00:00Z)}}", "&#60;at&#62;", "[a](javascript:alert(1))",
		"\xff\xfe", strings.Repeat("é", 600), "www。evil", "1.", "=\n=", "wwww..www.", "://://", "{{{{", " {{", "a\u0300\u0300", "www." + strings.Repeat("7", 600),
	} {
		f.Add(seed)
	}
}

func FuzzI9Text(f *testing.F) {
	strange(f)
	f.Fuzz(func(t *testing.T, text string) {
		cleaned := string(clean(text, nameLength))
		require.True(t, utf8.ValidString(cleaned))
		require.LessOrEqual(t, utf8.RuneCountInString(cleaned), nameLength)
		require.Equal(t, cleaned, string(clean(cleaned, nameLength)))
		require.NotRegexp(t, verbatim, cleaned)
		neutral := string(plain(text))
		require.NotRegexp(t, forbidden, neutral)
		require.Equal(t, neutral, string(plain(neutral)))
	})
}

func FuzzI9Cards(f *testing.F) {
	strange(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range append(forgedSituations("fuzz", text), forgedExclusions("fuzz", text)...) {
			inert(t, s.name, s.card)
			require.Less(t, len(s.card.JSON()), maxCard, s.name)
		}
	})
}

func FuzzQuote(f *testing.F) {
	for _, seed := range []string{"", "plain", "\"\\/\b\f\n\r\t\x00", "<a href='x'>&amp;", "\u2028\u2029", "\xffé\xc3", "\ufffd", "𝕏"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got, want string
		require.NoError(t, json.Unmarshal(quote(nil, text), &got))
		b, err := json.Marshal(text)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &want))
		require.Equal(t, want, got)
		require.NotRegexp(t, "[<>&\u2028\u2029]", string(quote(nil, text)))
	})
}
