package access

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

var tableKey = NewSecret("a key that stands in a test alone")

func challenged(ref Ref, need, nonce string) Request {
	return Request{Ref: ref, Challenge: &Challenge{For: need, Nonce: nonce}}
}

// Each digit is as likely as the others, zero at the front included.
func TestCallersCodesAreEven(t *testing.T) {
	t.Parallel()
	c := newCallerCodes(tableKey)
	const codes = 20_000
	var seen [CodeDigits][10]int
	for i := range codes {
		code := c.code(challenged("PD-7K3MX", "lost phone 1", strconv.Itoa(i))).Reveal()
		require.Len(t, code, CodeDigits)
		for at, d := range []byte(code) {
			seen[at][d-'0']++
		}
	}
	for _, position := range seen {
		for _, n := range position {
			require.InDelta(t, codes/10, n, 200, "%v", seen)
		}
	}
}

// A code depends on the key, the request, the need and the nonce, and on nothing
// else.
func TestCallersCodesDependOnAllOfIt(t *testing.T) {
	t.Parallel()
	c := newCallerCodes(tableKey)
	base := challenged("PD-7K3MX", "lost phone 1", "n")
	require.Equal(t, c.code(base), newCallerCodes(tableKey).code(base))
	other := newCallerCodes(NewSecret("another key that is as long as it"))
	for name, r := range map[string]Request{
		"reference": challenged("PD-7K3MY", "lost phone 1", "n"),
		"need":      challenged("PD-7K3MX", "lost phone 2", "n"),
		"nonce":     challenged("PD-7K3MX", "lost phone 1", "m"),
	} {
		require.NotEqual(t, c.code(base).Reveal(), c.code(r).Reveal(), name)
	}
	require.NotEqual(t, c.code(base).Reveal(), other.code(base).Reveal())
	one, another := newCallerCodes(Secret{}), newCallerCodes(Secret{})
	require.NotEqual(t, one.mac("x"), another.mac("x"), "each process has a key of its own")
}

func TestOnlyTheRightCodeIsRight(t *testing.T) {
	t.Parallel()
	c := newCallerCodes(tableKey)
	r := challenged("PD-7K3MX", "lost phone 1", "n")
	right := 0
	for i := range 10_000 {
		if c.right(r, NewSecret(fmt.Sprintf("%04d", i))) {
			right++
		}
	}
	require.Equal(t, 1, right)
	require.True(t, c.right(r, c.code(r)))
	require.False(t, c.right(r, Secret{}))
}

func TestWhatIsTypedAsACode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"0427": "0427", "04 27": "0427", "0-4-2-7": "0427", "04\u00a027": "0427",
		"": "", "427": "", "04270": "", "042a": "", "٠٤٢٧": "", "０４２７": "", "+427": "", "4.27": "", "\x000427": "",
	} {
		got, ok := shape(NewSecret(text))
		require.Equal(t, want != "", ok, "%q", text)
		if ok {
			require.Equal(t, want, got.Reveal())
		}
	}
}
