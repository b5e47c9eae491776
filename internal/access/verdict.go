package access

import (
	"slices"
	"time"
)

// Level is how much a finding weighs.
type Level string

// A Note is good to know, a Warning must be seen before the request is sent, a
// Refusal stops it.
const (
	Note    Level = "note"
	Warning Level = "warning"
	Refusal Level = "refusal"
)

// Finding is one thing that a check or the rule found, in words.
type Finding struct {
	Level Level  `json:"level"`
	Code  string `json:"code"` // for machines and translations: "person.disabled", "pass.lifetime", …
	Text  string `json:"text"`
}

// Verdict is what rule and checks say of a request, with their reasons. It is
// computed from facts alone, so that it can be explained and tested.
type Verdict struct {
	// Rule is the one that decides; empty where none does.
	Rule string `json:"rule,omitempty"`
	// Tried tells of every rule, in their order, what became of it.
	Tried    []Tried   `json:"tried,omitempty"`
	Findings []Finding `json:"findings,omitempty"`
	// Needs are the agreements that the rule asks for, one after another.
	Needs []Need `json:"needs,omitempty"`
	// Approvers may decide next: the people of the first need that is not met.
	Approvers []Person `json:"approvers,omitempty"`
	// Within is how long each need may take to be met.
	Within time.Duration `json:"within,omitempty"`
	// Escalate says who may agree, too, later.
	Escalate Escalation `json:"escalate,omitzero"`
	// Place is the channel in which the request is decided; empty: none.
	Place string `json:"place,omitempty"`
}

// Tried is what became of one rule.
type Tried struct {
	Rule    string `json:"rule"`
	Outcome Trial  `json:"outcome"`
	Why     string `json:"why,omitempty"`
}

// Trial is what became of a rule, or of one of its agreements.
type Trial string

// A rule Matched decides. One that is Skipped does not match, or comes after the
// one that decides. One that is Barred cannot be told to match or not, and so
// refuses.
const (
	Matched Trial = "matched"
	Skipped Trial = "skipped"
	Barred  Trial = "barred"
)

// Refused tells whether anything stops the request.
func (v Verdict) Refused() bool { return len(v.At(Refusal)) > 0 }

// At returns the findings of one level.
func (v Verdict) At(level Level) []Finding {
	var found []Finding
	for _, f := range v.Findings {
		if f.Level == level {
			found = append(found, f)
		}
	}
	return found
}

// Codes returns the sorted codes of the findings of one level.
func (v Verdict) Codes(level Level) []string {
	var codes []string //nolint:prealloc // nil for none, so that verdicts compare
	for _, f := range v.At(level) {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	return codes
}

func (v *Verdict) add(level Level, code, text string) {
	v.Findings = append(v.Findings, Finding{level, code, text})
}
