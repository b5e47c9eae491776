package credential

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/require"
)

// tap gives tokens while it is open.
type tap struct {
	mu    sync.Mutex
	shut  bool
	now   time.Time
	given int
	asked chan struct{}
}

func (p *tap) clock() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.now
}

func (p *tap) advance(by time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(by)
}

func (p *tap) close(shut bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shut = shut
}

func (p *tap) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { p.asked <- struct{}{} }()
	if p.shut {
		return azcore.AccessToken{}, errors.New("login is down")
	}
	p.given++
	return azcore.AccessToken{Token: string(rune('a' + p.given - 1)), ExpiresOn: p.now.Add(time.Hour)}, nil
}

// While login is down, the token at hand serves until it expires, and then there
// is none; when login is back, there is a new one without anybody's help.
func TestATokenServesUntilItExpires(t *testing.T) {
	t.Parallel()
	p := &tap{now: time.Now(), asked: make(chan struct{}, 100)}
	k := keep(p)
	k.now = p.clock
	get := func() (string, error) {
		got, err := k.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
		return got.Token, err
	}
	first, err := get()
	require.NoError(t, err)
	<-p.asked

	p.close(true)
	p.advance(58 * time.Minute)
	for range 3 {
		again, err := get()
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
	<-p.asked
	require.Empty(t, p.asked, "attempts keep their distance")
	p.advance(2 * time.Minute)
	_, err = get()
	require.ErrorContains(t, err, "login is down")
	<-p.asked

	p.close(false)
	second, err := get()
	require.NoError(t, err)
	<-p.asked
	p.advance(56 * time.Minute)
	behind, err := get()
	require.NoError(t, err)
	require.Equal(t, second, behind, "nobody waits for a renewal")
	<-p.asked
	require.Eventually(t, func() bool { got, err := get(); return err == nil && got != second }, 10*time.Second, time.Millisecond)
}

// Whoever waits in vain for a token may leave; the others get it.
func TestAnImpatientCallerLeaves(t *testing.T) {
	t.Parallel()
	p := &tap{now: time.Now(), asked: make(chan struct{})}
	k := keep(p)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := k.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	require.ErrorIs(t, err, context.Canceled)
	<-p.asked
	require.Eventually(t, func() bool { token, _ := k.have(scope); return token.Token != "" }, 10*time.Second, time.Millisecond)
}
