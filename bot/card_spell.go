package bot

import (
	"strings"
	"unicode"
)

// telephone is the alphabet by which people spell on the telephone (ICAO
// Annex 10: the radiotelephony alphabet).
var telephone = map[rune]string{
	'a': "Alfa", 'b': "Bravo", 'c': "Charlie", 'd': "Delta", 'e': "Echo", 'f': "Foxtrot", 'g': "Golf",
	'h': "Hotel", 'i': "India", 'j': "Juliett", 'k': "Kilo", 'l': "Lima", 'm': "Mike", 'n': "November",
	'o': "Oscar", 'p': "Papa", 'q': "Quebec", 'r': "Romeo", 's': "Sierra", 't': "Tango", 'u': "Uniform",
	'v': "Victor", 'w': "Whiskey", 'x': "X-ray", 'y': "Yankee", 'z': "Zulu",
}

// signs are the names of digits and signs.
var signs = map[rune]string{
	'0': "zero", '1': "one", '2': "two", '3': "three", '4': "four", '5': "five", '6': "six", '7': "seven",
	'8': "eight", '9': "nine",
	'!': "exclamation mark", '"': "double quote", '#': "hash", '$': "dollar sign", '%': "percent sign",
	'&': "ampersand", '\'': "apostrophe", '(': "opening bracket", ')': "closing bracket", '*': "asterisk",
	'+': "plus", ',': "comma", '-': "hyphen", '.': "full stop", '/': "slash", ':': "colon", ';': "semicolon",
	'<': "less than", '=': "equals", '>': "greater than", '?': "question mark", '@': "at sign",
	'[': "opening square bracket", '\\': "backslash", ']': "closing square bracket", '^': "caret",
	'_': "underscore", '`': "backtick", '{': "opening brace", '|': "vertical bar", '}': "closing brace", '~': "tilde",
}

// spell writes a piece of a code in words: "capital i as in India, zero".
func spell(group string) ownText {
	named := make([]string, 0, len(group))
	for _, r := range group {
		named = append(named, spelled(r))
	}
	return ownText(strings.Join(named, ", "))
}

func spelled(r rune) string {
	if sign, ok := signs[r]; ok {
		return sign
	}
	small := unicode.ToLower(r)
	word, ok := telephone[small]
	switch {
	case !ok:
		return "the sign " + string(r)
	case small != r:
		return "capital " + string(small) + " as in " + word
	}
	return "small " + string(small) + " as in " + word
}
