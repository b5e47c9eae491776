package access

import (
	"slices"
	"time"
)

// proofLasts is how long a proof of the caller is good for.
const proofLasts = 15 * time.Minute

// Evidence is what somebody who decides says about the caller.
type Evidence struct {
	How  string // how they know that it is the person
	Text string // more about it, in their words
	Code string // the code that the person has said, as it was typed
}

// Proven is a proof of the caller: what was proved, how, and when. Who proved it
// is who decided.
type Proven struct {
	Proof Proof     `json:"proof"`
	How   string    `json:"how,omitempty"`
	Text  string    `json:"text,omitempty"`
	At    time.Time `json:"at"`
}

// words tell the proof for the audit.
func (p Proven) words(w map[string]string) {
	w["caller"] = string(p.Proof)
	if p.How != "" {
		w["how"] = p.How
	}
	if p.Text != "" {
		w["text"] = p.Text
	}
	w["proved"] = p.At.UTC().Format(time.RFC3339)
}

// proves tells whether the decision comes with at least this proof.
func (d Decision) proves(p Proof) bool {
	if p == NoProof {
		return true
	}
	return d.Proven != nil && slices.Index(Proofs(), d.Proven.Proof) >= slices.Index(Proofs(), p)
}

// provenUntil is when the first of the proofs is not good any more; zero without
// any.
func (r Request) provenUntil() time.Time {
	var first time.Time
	for _, x := range r.Decisions {
		if x.Proven == nil {
			continue
		}
		if until := x.Proven.At.Add(proofLasts); first.IsZero() || until.Before(first) {
			first = until
		}
	}
	return first
}

// prove looks whether what was said about the caller is what the need asks for.
func (d *Desk) prove(_ Request, n Need, e Evidence, a Decision) (*Proven, error) {
	switch n.Caller {
	case NoProof:
		return nil, nil //nolint:nilnil // nothing is asked for
	case Attest:
		if e.How == "" {
			return nil, Fail(Invalid, "Say how you know that it is this person who asks.")
		}
		return &Proven{Proof: Attest, How: e.How, Text: e.Text, At: a.At}, nil
	}
	return nil, Fail(Refused, "This proof of the caller cannot be given yet.")
}
