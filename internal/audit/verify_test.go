package audit_test

import (
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/passdesk/passdesk/internal/audit"
)

func each(lines []audit.Line) iter.Seq2[audit.Line, error] {
	return func(yield func(audit.Line, error) bool) {
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func verify(t require.TestingT, lines []audit.Line, expect ...audit.Head) audit.Result {
	r, err := audit.Verify(each(lines), expect...)
	require.NoError(t, err)
	return r
}

func TestVerifyWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 1)
		kept := rapid.SampledFrom(lines).Draw(t, "kept").Head()
		last := lines[len(lines)-1]
		r := verify(t, lines, last.Head(), kept, audit.Head{})
		require.Equal(t, audit.Result{First: 1, Last: last.Seq, From: at(lines[0]), To: at(last), Head: last.Head()}, r)
		require.True(t, r.Whole())
	})
}

func at(l audit.Line) time.Time {
	e, err := l.Entry()
	if err != nil {
		panic(err)
	}
	return e.At
}

func TestVerifyEmpty(t *testing.T) {
	t.Parallel()
	require.Equal(t, audit.Result{}, verify(t, nil))
	require.Equal(t, audit.Result{}, verify(t, nil, audit.Head{}))
	require.Equal(t, audit.CutOff, verify(t, nil, audit.Head{Seq: 1}).Break.Fault)
	require.Equal(t, audit.Rewritten, verify(t, nil, audit.Head{Hash: audit.Hash{1}}).Break.Fault)
}

func TestVerifyFindsAnAlteredLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 1)
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		if rapid.Bool().Draw(t, "in the hash") {
			lines[i].Hash[rapid.IntRange(0, 31).Draw(t, "byte")] ^= 1
		} else {
			lines[i].Body[rapid.IntRange(0, len(lines[i].Body)-1).Draw(t, "byte")] ^= 1
		}
		r := verify(t, lines)
		require.NotNil(t, r.Break)
		require.Equal(t, audit.Altered, r.Break.Fault)
		require.Equal(t, int64(i+1), r.Break.Seq)
		require.Equal(t, int64(i), r.Last)
	})
}

// Whoever alters a line and computes its own hash anew is found out by the next.
func TestVerifyFindsALineThatWasSealedAnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 2)
		i := rapid.IntRange(0, len(lines)-2).Draw(t, "line")
		var before audit.Head
		if i > 0 {
			before = lines[i-1].Head()
		}
		old := lines[i]
		forged, err := audit.Seal(before, audit.Entry{Actor: "nobody"})
		require.NoError(t, err)
		lines[i] = forged
		r := verify(t, lines)
		require.Equal(t, audit.Altered, r.Break.Fault)
		require.Equal(t, int64(i+2), r.Break.Seq)
		r = verify(t, lines, old.Head())
		require.Equal(t, audit.Rewritten, r.Break.Fault)
		require.Equal(t, old.Seq, r.Break.Seq)
	})
}

func TestVerifyFindsAMissingLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 2)
		i := rapid.IntRange(0, len(lines)-2).Draw(t, "line")
		n := rapid.IntRange(1, len(lines)-1-i).Draw(t, "how many")
		r := verify(t, slices.Delete(slices.Clone(lines), i, i+n))
		require.Equal(t, audit.Missing, r.Break.Fault)
		require.Equal(t, int64(i+1), r.Break.Seq)
	})
}

// Taking a line out and closing the gap in the numbers shows too.
func TestVerifyFindsRenumberedLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 2)
		i := rapid.IntRange(0, len(lines)-2).Draw(t, "line")
		lines = slices.Delete(lines, i, i+1)
		for j := i; j < len(lines); j++ {
			lines[j].Seq--
		}
		r := verify(t, lines)
		require.Equal(t, audit.Altered, r.Break.Fault)
		require.Equal(t, int64(i+1), r.Break.Seq)
	})
}

func TestVerifyFindsReorderedLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 2)
		i := rapid.IntRange(0, len(lines)-2).Draw(t, "line")
		swapped := slices.Clone(lines)
		swapped[i], swapped[i+1] = swapped[i+1], swapped[i]
		require.Equal(t, audit.Missing, verify(t, swapped).Break.Fault)
		twice := slices.Insert(slices.Clone(lines), i+1, lines[i])
		require.Equal(t, audit.Reordered, verify(t, twice).Break.Fault)
		bodies := slices.Clone(lines)
		bodies[i].Body, bodies[i+1].Body = bodies[i+1].Body, bodies[i].Body
		bodies[i].Hash, bodies[i+1].Hash = bodies[i+1].Hash, bodies[i].Hash
		require.Equal(t, audit.Altered, verify(t, bodies).Break.Fault)
	})
}

func TestVerifyFindsACutOffEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 1)
		keep := rapid.IntRange(0, len(lines)-1).Draw(t, "keep")
		require.Nil(t, verify(t, lines[:keep]).Break, "nothing tells without a head")
		r := verify(t, lines[:keep], lines[len(lines)-1].Head())
		require.Equal(t, audit.CutOff, r.Break.Fault)
		require.Equal(t, int64(keep+1), r.Break.Seq)
		require.Contains(t, r.Break.Error(), "cut off")
	})
}

func TestVerifyFindsAChainWithoutItsBeginning(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		lines := chain(t, 2)
		from := rapid.IntRange(1, len(lines)-1).Draw(t, "from")
		r := verify(t, lines[from:])
		require.Equal(t, audit.Break{Seq: 1, Fault: audit.Missing, Say: r.Break.Say}, *r.Break)
		require.Equal(t, int64(0), r.First)
	})
}

func TestVerifyPassesOnWhatItsSourceSays(t *testing.T) {
	t.Parallel()
	torn := errors.New("disk torn")
	_, err := audit.Verify(func(yield func(audit.Line, error) bool) { yield(audit.Line{}, torn) })
	require.ErrorIs(t, err, torn)
	found := &audit.Break{Seq: 1, Fault: audit.Altered, Say: "its index"}
	r, err := audit.Verify(func(yield func(audit.Line, error) bool) { yield(audit.Line{}, found) })
	require.NoError(t, err)
	require.Equal(t, found, r.Break)
}
