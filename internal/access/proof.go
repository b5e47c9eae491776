package access

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// usualProofLasts is how long a proof of the caller is good for where the
// configuration does not say.
const usualProofLasts = 15 * time.Minute

// proofLasts is how long a proof of the caller is good for.
func (s Settings) proofLasts() time.Duration {
	if s.ProofLasts > 0 {
		return s.ProofLasts
	}
	return usualProofLasts
}

// The ways in which whoever decides can know who it is that asks.
const (
	Met      = "met"
	Rang     = "rang"
	Video    = "video"
	OtherWay = "other" // said in words
)

// Ways lists them.
func Ways() []string { return []string{Met, Rang, Video, OtherWay} }

// Evidence is what somebody who decides says about the caller.
type Evidence struct {
	How  string // one of Ways
	Text string // more about it, in their words
	Code Secret // the code that the person has said, as it was typed
}

// Proven is a proof of the caller: what was proved, how, and when. Who proved it
// is who decided; with Confirm, the person.
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

// rank orders proofs by what they are worth.
func (p Proof) rank() int { return slices.Index(Proofs(), p) }

// proves tells whether the decision comes with at least this proof.
func (d Decision) proves(p Proof) bool {
	return p == NoProof || (d.Proven != nil && d.Proven.Proof.rank() >= p.rank())
}

// provenUntil is when the first of the proofs is not good any more; zero without
// any.
func (s Settings) provenUntil(decisions []Decision) time.Time {
	var first time.Time
	for _, x := range decisions {
		if !x.Approve || x.Proven == nil {
			continue
		}
		if until := x.Proven.At.Add(s.proofLasts()); first.IsZero() || until.Before(first) {
			first = until
		}
	}
	return first
}

// stale tells whether what was proved about the caller is too old to be acted upon.
func (s Settings) stale(decisions []Decision, now time.Time) bool {
	until := s.provenUntil(decisions)
	return !until.IsZero() && !now.Before(until)
}

// tooOld refuses to make a pass on a proof that was good once, and says what can
// be done.
func (s Settings) tooOld(r Request) *Error {
	todo := map[State]string{
		Approved: "Ask again.",
		InForce:  "End this pass and ask again.",
	}[r.State]
	if todo == "" {
		todo = "In some minutes this request is closed by itself; then ask again."
	}
	return Fail(Refused, "It was proved more than %s ago who rang, so no pass is made on it any more. %s", inWords(s.proofLasts()), todo)
}

// unsaid tells what is missing of what a need asks whoever decides to say.
func (n Need) unsaid(e Evidence) *Error {
	switch n.Caller {
	case CallerCode:
		if _, ok := shape(e.Code); !ok {
			return Fail(Invalid, "Type the code that the person says: four digits.")
		}
	case Attest:
		switch {
		case !slices.Contains(Ways(), e.How):
			return Fail(Invalid, "Say how you know who it is that asks.")
		case e.How == OtherWay && strings.TrimSpace(e.Text) == "":
			return Fail(Invalid, "Say in a few words how you know who it is that asks.")
		}
	case NoProof, Confirm:
	}
	return nil
}

// What prove found, where it is more than a refusal.
var (
	errWrongCode = errors.New("wrong code")
	errUnasked   = errors.New("the proof has yet to be begun, or begun again")
)

// prove looks whether what was said about the caller is what the need asks for.
func (d *Desk) prove(r Request, n Need, e Evidence) (*Proven, error) {
	asked, _, _ := r.Waiting()
	if !r.begun(n) || (n.Caller != asked.Caller && n.Caller != NoProof) { // something else by now
		return nil, errUnasked
	}
	if no := n.unsaid(e); no != nil {
		return nil, no
	}
	now := d.now()
	switch n.Caller {
	case NoProof:
		return nil, nil //nolint:nilnil // nothing is asked for
	case Attest:
		return &Proven{Proof: Attest, How: e.How, Text: e.Text, At: now}, nil
	case CallerCode:
		return d.proveCode(r, e, now)
	case Confirm:
		return d.proveConfirmed(r, now)
	}
	return nil, Fail(Internal, "The rules ask for a proof that Passdesk does not know. Tell the people who run it.")
}

func (d *Desk) proveCode(r Request, e Evidence, now time.Time) (*Proven, error) {
	typed, _ := shape(e.Code)
	switch {
	case !now.Before(r.Challenge.Until):
		return nil, Fail(Refused, "This code is too old. %s has to press Show code and read out a new one.", r.Asker.Name)
	case !d.callers.knows(r.Challenge):
		return nil, Fail(Refused, "Passdesk was started anew, and this code is void. %s has to press Show code and read out a new one.", r.Asker.Name)
	case !d.callers.right(r, typed):
		return nil, errWrongCode
	}
	return &Proven{Proof: CallerCode, At: now}, nil
}

func (d *Desk) proveConfirmed(r Request, now time.Time) (*Proven, error) {
	c := r.Confirmation
	switch {
	case c.At.IsZero():
		return nil, Fail(Refused, "%s has not said yet that they asked for this. The question is in their own chat.", r.Person.Name)
	case now.Sub(c.At) >= d.Settings.proofLasts():
		return nil, errUnasked
	}
	return &Proven{Proof: Confirm, At: c.At}, nil
}

// dropStale takes back agreements whose proof of the caller is not good any more,
// and returns who has to agree once more.
func (d *Desk) dropStale(next *Request, tx Tx) []ID {
	var again []ID
	kept := make([]Decision, 0, len(next.Decisions))
	for _, x := range next.Decisions {
		if d.Settings.stale([]Decision{x}, next.Changed) {
			again = append(again, x.By.ID)
			e := d.entry(Passdesk, "proof over", audit.Done, *next)
			e.Detail = map[string]string{"by": x.By.Name}
			x.Proven.words(e.Detail)
			tx.Record(e)
			continue
		}
		kept = append(kept, x)
	}
	next.Decisions = kept
	return again
}
