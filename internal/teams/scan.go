package teams

import (
	"encoding/json"
	"errors"
)

// Reasons why a scanner stops. They are fixed texts, so that no part of a
// stranger's body ends up in a metric.
var (
	errSyntax    = errors.New("not JSON")
	errDeep      = errors.New("nested too deeply")
	errDuplicate = errors.New("duplicate key")
	errShape     = errors.New("value of another type than expected")
)

// maxDepth bounds nesting. Teams nests activities with cards about ten deep.
const maxDepth = 64

// scanner reads a JSON text once, from left to right. Where encoding/json lets
// a later duplicate key win and matches keys without regard to case, the scanner
// refuses the former and does not do the latter, because two readers of one
// body must not see two different activities. The first error sticks.
type scanner struct {
	data  []byte
	at    int
	depth int
	keys  [][]byte // keys of all objects that are open, innermost last
	err   error
}

// object is an object that is being read: see [scanner.object].
type object struct {
	key   []byte              // the current member's key, decoded
	first int                 // where this object's keys start in scanner.keys
	many  map[string]struct{} // the keys, once they are many
	begun bool                // a member was read
	done  bool                // there are no more
}

// usualKeys is room for the keys of all objects that are open at a time in what
// Teams sends.
const usualKeys = 32

// manyKeys is where a linear search for duplicates gives way to a map.
const manyKeys = 24

// fail remembers the first error and moves to the end, where every loop stops.
func (s *scanner) fail(err error) {
	if s.err == nil {
		s.err = err
	}
	s.at = len(s.data)
}

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// peek returns the first byte of the next token, 0 at the end.
func (s *scanner) peek() byte {
	s.space()
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

// take consumes c if it comes next.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

// end demands that nothing but space is left.
func (s *scanner) end() {
	if s.peek() != 0 || s.at < len(s.data) {
		s.fail(errSyntax)
	}
}

func (s *scanner) enter() {
	s.depth++
	if s.depth > maxDepth {
		s.fail(errDeep)
	}
}

// null consumes a null if it comes next.
func (s *scanner) null() bool {
	if s.peek() != 'n' {
		return false
	}
	s.literal("null")
	return true
}

// object begins an object; null reads as an object without members. Use:
//
//	for o := s.object(); s.member(&o); {
//		switch string(o.key) { … default: s.skip() }
//	}
func (s *scanner) object() object {
	o := object{first: len(s.keys)}
	if s.null() {
		o.done = true
		return o
	}
	if !s.take('{') {
		s.fail(errShape)
		return o
	}
	s.enter()
	return o
}

// member moves to the object's next member and leaves the scanner in front of
// its value, which the caller must read. It is false after the last one.
func (s *scanner) member(o *object) bool {
	if s.err != nil || o.done {
		return false
	}
	if s.take('}') {
		s.leaveObject(o)
		return false
	}
	if o.begun && !s.take(',') {
		s.fail(errSyntax)
		return false
	}
	o.begun = true
	o.key = s.quoted()
	if s.err == nil && !s.take(':') {
		s.fail(errSyntax)
	}
	s.remember(o)
	return s.err == nil
}

func (s *scanner) leaveObject(o *object) {
	s.depth--
	s.keys = s.keys[:o.first]
	o.done = true
}

// remember fails on a key that this object had before.
func (s *scanner) remember(o *object) {
	if o.many != nil {
		s.rememberMany(o)
		return
	}
	for _, k := range s.keys[o.first:] {
		if string(k) == string(o.key) {
			s.fail(errDuplicate)
			return
		}
	}
	s.keys = append(s.keys, o.key)
	if len(s.keys)-o.first > manyKeys {
		o.many = make(map[string]struct{}, 4*manyKeys)
		for _, k := range s.keys[o.first:] {
			o.many[string(k)] = struct{}{}
		}
	}
}

func (s *scanner) rememberMany(o *object) {
	if _, again := o.many[string(o.key)]; again {
		s.fail(errDuplicate)
		return
	}
	o.many[string(o.key)] = struct{}{}
}

// array begins an array; null reads as an empty one. Use:
//
//	for n := s.array(); s.element(&n); { … }
func (s *scanner) array() int {
	if s.null() {
		return -1
	}
	if !s.take('[') {
		s.fail(errShape)
		return -1
	}
	s.enter()
	return 0
}

// element moves to the array's next value. It is false after the last one.
func (s *scanner) element(n *int) bool {
	if s.err != nil || *n < 0 {
		return false
	}
	if s.take(']') {
		s.depth--
		*n = -1
		return false
	}
	if *n > 0 && !s.take(',') {
		s.fail(errSyntax)
		return false
	}
	*n++
	if s.peek() == ']' { // a comma that nothing follows
		s.fail(errSyntax)
	}
	return s.err == nil
}

// text reads a string; null reads as an empty one.
func (s *scanner) text() string {
	if s.null() {
		return ""
	}
	if s.peek() != '"' {
		s.fail(errShape)
		return ""
	}
	return string(s.quoted())
}

// raw reads any value and returns its bytes, which alias the input.
func (s *scanner) raw() json.RawMessage {
	s.space()
	from := s.at
	s.skip()
	if s.err != nil {
		return nil
	}
	return json.RawMessage(s.data[from:s.at:s.at])
}

// skip reads any value and checks it.
func (s *scanner) skip() {
	switch c := s.peek(); c {
	case '{':
		for o := s.object(); s.member(&o); {
			s.skip()
		}
	case '[':
		for n := s.array(); s.element(&n); {
			s.skip()
		}
	case '"':
		s.skipQuoted()
	case 't':
		s.literal("true")
	case 'f':
		s.literal("false")
	case 'n':
		s.literal("null")
	default:
		s.number()
	}
}
