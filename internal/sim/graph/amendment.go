package graph

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// amendment is what a body changes of a policy. What it does not name stays;
// lists are replaced, and so is everything in a complex property of which
// something is named. Conditions are wider than that: of these users,
// applications and the like stay if they are not named.
type amendment struct {
	graph *Graph
	whole bool // conditions are no exception
	steps []func(*entra.Policy)
}

func (m *amendment) apply(p *entra.Policy) {
	for _, step := range m.steps {
		step(p)
	}
}

func (m *amendment) then(step func(*entra.Policy)) { m.steps = append(m.steps, step) }

// read takes in the value at a path.
func (m *amendment) read(path string, raw json.RawMessage) error {
	if string(raw) == "null" {
		return m.remove(path)
	}
	if _, known := policyLists[path]; known {
		return m.readList(path, raw)
	}
	if kind, kept := policyRest[path]; kept {
		return m.keep(path, kind, raw)
	}
	if _, known := policyTexts[path]; known {
		return m.readText(path, raw)
	}
	switch {
	case path == strengthField:
		return m.readStrength(raw)
	case slices.Contains(complexes, path):
		return m.readComplex(path, raw)
	}
	return mismatch()
}

// complexes are the complex properties that are read into.
var complexes = []string{"conditions", "conditions.users", "conditions.applications", "conditions.platforms", "grantControls"}

func (m *amendment) readComplex(path string, raw json.RawMessage) error {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return mismatch()
	}
	if path != "conditions" || m.whole {
		m.then(func(p *entra.Policy) { wipe(p, path) })
	}
	for name, inner := range fields {
		if strings.Contains(name, "@odata.") {
			continue
		}
		if err := m.read(path+"."+name, inner); err != nil {
			return err
		}
	}
	return nil
}

// remove takes away what may be missing, which nothing in the conditions may.
func (m *amendment) remove(path string) error {
	switch path {
	case "grantControls", "sessionControls":
		m.then(func(p *entra.Policy) { wipe(p, path) })
	case strengthField:
		m.then(func(p *entra.Policy) { p.Grant.Strength = "" })
	default:
		return mismatch()
	}
	return nil
}

// wipe empties a property and everything in it.
func wipe(p *entra.Policy, path string) {
	in := func(other string) bool { return other == path || strings.HasPrefix(other, path+".") }
	for name, list := range policyLists {
		if in(name) {
			*list.of(p) = nil
		}
	}
	for name := range policyRest {
		if in(name) {
			delete(p.Rest, name)
		}
	}
	if path == "grantControls" {
		p.Grant = entra.Grant{}
	}
}

func (m *amendment) readList(path string, raw json.RawMessage) error {
	var values []string
	list := policyLists[path]
	if json.Unmarshal(raw, &values) != nil || slices.ContainsFunc(values, func(v string) bool { return !list.takes(v) }) {
		return mismatch()
	}
	m.then(func(p *entra.Policy) { *list.of(p) = values })
	return nil
}

// keep keeps as it is what this tenant does not look into.
func (m *amendment) keep(path, kind string, raw json.RawMessage) error {
	if !strings.HasPrefix(string(raw), kind) {
		return mismatch()
	}
	m.then(func(p *entra.Policy) {
		if p.Rest == nil {
			p.Rest = map[string]json.RawMessage{}
		}
		p.Rest[path] = raw
	})
	return nil
}

func (m *amendment) readText(path string, raw json.RawMessage) error {
	var text string
	field := policyTexts[path]
	if json.Unmarshal(raw, &text) != nil || text == "" || field.words != nil && !slices.Contains(field.words, text) {
		return mismatch()
	}
	m.then(func(p *entra.Policy) { *field.of(p) = text })
	return nil
}

// readStrength reads which strength is meant; what else is said of it is not the
// policy's.
func (m *amendment) readStrength(raw json.RawMessage) error {
	var named struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &named) != nil {
		return mismatch()
	}
	strength, known := m.graph.tenant.Strength(named.ID)
	if !known {
		return mismatch()
	}
	m.then(func(p *entra.Policy) { p.Grant.Strength = strength.ID })
	return nil
}
