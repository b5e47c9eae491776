package credential

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"golang.org/x/sync/singleflight"
)

const (
	// renewBefore is when a token is renewed that does not say so itself. MSAL
	// gives no token away that is nearer to its end.
	renewBefore = 5 * time.Minute
	// usable is how much of a token's life must be left for one more call.
	usable = 30 * time.Second
	// renewEvery is the distance of attempts to renew a token that still serves.
	renewEvery = 5 * time.Second
	// renewLimit bounds one attempt.
	renewLimit = 30 * time.Second
)

// keeper goes on with a token until it expires, and renews it behind everybody's
// back: while login is down nobody waits for it who need not.
type keeper struct {
	from   azcore.TokenCredential
	now    func() time.Time
	flight singleflight.Group

	mu   sync.Mutex
	kept map[string]kept // by scopes
}

type kept struct {
	token azcore.AccessToken
	tried time.Time // the last attempt to renew it
}

func keep(from azcore.TokenCredential) *keeper {
	return &keeper{from: from, now: time.Now, kept: map[string]kept{}}
}

// GetToken implements azcore.TokenCredential. A call with claims, or for another
// tenant, is none of those whose token is kept.
func (k *keeper) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if o.Claims != "" || o.TenantID != "" {
		return k.from.GetToken(ctx, o)
	}
	name := strings.Join(o.Scopes, " ")
	have, due := k.have(name)
	if !due {
		return have, nil
	}
	renewed := k.flight.DoChan(name, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewLimit)
		defer cancel()
		return k.renew(ctx, name, o)
	})
	if have.Token != "" {
		return have, nil
	}
	select {
	case got := <-renewed:
		token, _ := got.Val.(azcore.AccessToken)
		return token, got.Err
	case <-ctx.Done():
		return azcore.AccessToken{}, ctx.Err()
	}
}

// have returns the token that still serves, if there is one, and whether it is
// time to get another.
func (k *keeper) have(name string) (token azcore.AccessToken, due bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, one := k.now(), k.kept[name]
	if !now.Add(usable).Before(one.token.ExpiresOn) {
		return azcore.AccessToken{}, true
	}
	renew := one.token.ExpiresOn.Add(-renewBefore)
	if on := one.token.RefreshOn; !on.IsZero() {
		renew = on
	}
	if now.Before(renew) || now.Sub(one.tried) < renewEvery {
		return one.token, false
	}
	one.tried = now
	k.kept[name] = one
	return one.token, true
}

// renew gets a token and keeps it.
func (k *keeper) renew(ctx context.Context, name string, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	token, err := k.from.GetToken(ctx, o)
	if err != nil {
		return token, &told{err.Error(), err}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept[name] = kept{token: token, tried: k.now()}
	return token, nil
}

// told is an error with its words fixed. All who wait for the same token get the
// same error, and azidentity's reads the response anew whenever it is printed,
// which only one may do at a time.
type told struct {
	words string
	cause error
}

// Error implements error.
func (t *told) Error() string { return t.words }

// Unwrap gives the cause, for whoever looks at its kind and not at its words.
func (t *told) Unwrap() error { return t.cause }
