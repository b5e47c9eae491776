package teams

import (
	"encoding/json"
	"unicode/utf8"
)

// literal reads true, false or null.
func (s *scanner) literal(word string) {
	if len(s.data)-s.at < len(word) || string(s.data[s.at:s.at+len(word)]) != word {
		s.fail(errSyntax)
		return
	}
	s.at += len(word)
}

// number follows the grammar of RFC 8259, section 6.
func (s *scanner) number() {
	if s.at < len(s.data) && s.data[s.at] == '-' {
		s.at++
	}
	if s.at < len(s.data) && s.data[s.at] == '0' {
		s.at++
	} else {
		s.digits()
	}
	if s.at < len(s.data) && s.data[s.at] == '.' {
		s.at++
		s.digits()
	}
	if s.at < len(s.data) && (s.data[s.at] == 'e' || s.data[s.at] == 'E') {
		s.at++
		if s.at < len(s.data) && (s.data[s.at] == '+' || s.data[s.at] == '-') {
			s.at++
		}
		s.digits()
	}
}

func (s *scanner) digits() {
	from := s.at
	for s.at < len(s.data) && '0' <= s.data[s.at] && s.data[s.at] <= '9' {
		s.at++
	}
	if s.at == from {
		s.fail(errSyntax)
	}
}

// quoted reads a string and returns it decoded. Without escapes it aliases the
// input.
func (s *scanner) quoted() []byte {
	s.space()
	from := s.at
	escaped := s.skipQuoted()
	if s.err != nil {
		return nil
	}
	if !escaped {
		return s.data[from+1 : s.at-1 : s.at-1]
	}
	var text string
	if err := json.Unmarshal(s.data[from:s.at], &text); err != nil {
		s.fail(errSyntax)
		return nil
	}
	return []byte(text)
}

// skipQuoted reads a string, checks it and says whether it holds escapes.
func (s *scanner) skipQuoted() (escaped bool) {
	if !s.take('"') {
		s.fail(errSyntax)
		return false
	}
	from, wide := s.at, false
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			if wide && !utf8.Valid(s.data[from:s.at]) {
				s.fail(errSyntax)
			}
			s.at = min(s.at+1, len(s.data))
			return escaped
		case c == '\\':
			escaped = true
			s.escape()
			continue
		case c < ' ':
			s.fail(errSyntax)
			return escaped
		case c >= utf8.RuneSelf:
			wide = true
		}
		s.at++
	}
	s.fail(errSyntax)
	return escaped
}

// escape reads one backslash sequence.
func (s *scanner) escape() {
	rest := s.data[s.at+1:]
	if len(rest) == 0 {
		s.fail(errSyntax)
		return
	}
	switch rest[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at += 2
	case 'u':
		if len(rest) < 5 || !hex4(rest[1:5]) {
			s.fail(errSyntax)
			return
		}
		s.at += 6
	default:
		s.fail(errSyntax)
	}
}

func hex4(digits []byte) bool {
	for _, c := range digits {
		if !hexDigit(c) {
			return false
		}
	}
	return true
}
