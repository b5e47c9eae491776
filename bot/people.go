package bot

import "strings"

// readPeople takes all words for people: with a comma or "and" between them, or
// mentions.
func readPeople(w *words) (said, error) {
	var s said
	var one []string
	done := func() {
		if len(one) > 0 {
			s.people = append(s.people, strings.Join(one, " "))
		}
		one = nil
	}
	for w.more() {
		switch t := w.next(); {
		case strings.HasPrefix(t.text, "<at"):
			done()
			s.people = append(s.people, t.text)
		case t.whole:
			one = append(one, t.text)
		case strings.EqualFold(t.text, "and") || t.text == "&":
			done()
		default:
			for i, part := range strings.Split(strings.ReplaceAll(t.text, ";", ","), ",") {
				if i > 0 {
					done()
				}
				if part != "" {
					one = append(one, part)
				}
			}
		}
	}
	if done(); len(s.people) == 0 {
		return said{}, misread(w.command, "Whose?")
	}
	return s, nil
}

// readPerson takes all words for one person.
func readPerson(w *words) (said, error) {
	if !w.more() {
		return said{}, misread(w.command, "Whose?")
	}
	first := w.at
	w.at = len(w.tokens)
	return said{person: w.joined(first)}, nil
}

// phoneKinds are the kinds of phones as people call them.
var phoneKinds = map[string]string{"iphone": "iOS", "ios": "iOS", "ipad": "iOS", "android": "android"}

// readGuide takes all words for a person, but for the kind of phone at the end.
func readGuide(w *words) (said, error) {
	s, err := readPerson(w)
	if err != nil {
		return s, err
	}
	if last := w.tokens[len(w.tokens)-1]; !last.whole && phoneKinds[strings.ToLower(last.text)] != "" && len(w.tokens) > 2 {
		s.phone = phoneKinds[strings.ToLower(last.text)]
		s.person = strings.TrimSpace(strings.TrimSuffix(s.person, last.text))
	}
	return s, nil
}
