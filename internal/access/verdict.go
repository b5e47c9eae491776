package access

import "slices"

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
	Rule      string    `json:"rule,omitempty"`
	Findings  []Finding `json:"findings,omitempty"`
	Approvers []Person  `json:"approvers,omitempty"` // who may decide
}

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
