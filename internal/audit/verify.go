package audit

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"
)

// Fault is what is wrong where a chain breaks.
type Fault string

// The faults. Each is what can be said of the first place that is wrong; what
// comes after it proves nothing any more.
const (
	Altered   Fault = "altered"   // the line's body, its hash or the line before it was changed
	Missing   Fault = "missing"   // lines are not there
	Reordered Fault = "reordered" // the line stands in the wrong place, or twice
	CutOff    Fault = "cut off"   // the chain ends before the head that was expected
	Rewritten Fault = "rewritten" // the line fits the chain, but is not the one that was expected
)

// Break is the first place where a chain is not what it should be. A source of
// lines that finds one by itself yields it as its error.
type Break struct { //nolint:errname // it is a finding, and an error only on its way through an iterator
	Seq   int64 // the line that is wrong; the first one that is not there
	Fault Fault
	Say   string // in words
}

// Error is the break in words.
func (b *Break) Error() string { return fmt.Sprintf("audit line %d %s: %s", b.Seq, b.Fault, b.Say) }

// Result is what Verify found.
type Result struct {
	First, Last int64     // the lines that are whole; 0 when there is none
	From, To    time.Time // what the first and the last of these say of their time
	Head        Head      // the head at Last
	Break       *Break    // nil when the chain is whole
}

// Range tells in words which lines are whole.
func (r Result) Range() string {
	if r.Last == 0 {
		return "no entries"
	}
	return fmt.Sprintf("entries %d to %d, from %s to %s, head %s", r.First, r.Last, r.From.Format(time.RFC3339), r.To.Format(time.RFC3339), r.Head)
}

// Whole tells whether nothing is wrong.
func (r Result) Whole() bool { return r.Break == nil }

// Verify walks a whole chain, from line 1 on, and stops at the first break.
// Each expected head must lie on it: the one that is stored beside the lines,
// and the one that somebody kept elsewhere, without which a chain that was
// computed anew from its first line cannot be told from the real one. The error
// is that of reading the lines.
func Verify(lines iter.Seq2[Line, error], expect ...Head) (Result, error) {
	var r Result
	expect = slices.SortedFunc(slices.Values(expect), func(a, b Head) int { return cmp.Compare(a.Seq, b.Seq) })
	for line, err := range lines {
		if broken, ok := errors.AsType[*Break](err); ok {
			r.Break = broken
			return r, nil
		}
		if err != nil {
			return r, fmt.Errorf("reading the audit: %w", err)
		}
		if r.Break = r.look(line, expect); r.Break != nil {
			return r, nil
		}
		if r.Break = r.add(line); r.Break != nil {
			return r, nil
		}
	}
	r.Break = r.end(expect)
	return r, nil
}

// add takes a line that fits.
func (r *Result) add(line Line) *Break {
	e, err := line.Entry()
	if err != nil { // it was sealed so: nothing of ours is
		return &Break{Seq: line.Seq, Fault: Altered, Say: "its text is not an entry"}
	}
	if r.First == 0 {
		r.First, r.From = 1, e.At
	}
	r.Last, r.To, r.Head = line.Seq, e.At, line.Head()
	return nil
}

// look judges the line that comes after those in r.
func (r Result) look(line Line, expect []Head) *Break {
	switch want := r.Head.Seq + 1; {
	case line.Seq > want:
		return &Break{Seq: want, Fault: Missing, Say: fmt.Sprintf("%d line(s) before line %d are not there", line.Seq-want, line.Seq)}
	case line.Seq < want:
		return &Break{Seq: line.Seq, Fault: Reordered, Say: fmt.Sprintf("it comes after line %d", r.Head.Seq)}
	case link(r.Head.Hash, line.Seq, line.Body) != line.Hash:
		return &Break{Seq: line.Seq, Fault: Altered, Say: "its hash does not follow from its text and the line before"}
	}
	for _, head := range expect {
		if head.Seq == line.Seq && head.Hash != line.Hash {
			return &Break{Seq: line.Seq, Fault: Rewritten, Say: "the chain fits, but was computed anew: the expected hash is " + head.Hash.String()}
		}
	}
	return nil
}

// end judges where the chain ends. Heads are sorted by their numbers.
func (r Result) end(expect []Head) *Break {
	for _, head := range expect {
		if head.Seq > r.Head.Seq {
			return &Break{Seq: r.Head.Seq + 1, Fault: CutOff, Say: fmt.Sprintf("the chain ends with line %d, and line %d is expected", r.Head.Seq, head.Seq)}
		}
		if head.Seq == 0 && head.Hash != (Hash{}) {
			return &Break{Seq: 0, Fault: Rewritten, Say: "an empty chain has no hash"}
		}
	}
	return nil
}
