package graph_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/graph"
)

const (
	ownedKey   = "GET /users/" + string(joni) + "/ownedObjects"
	methodsKey = "GET /users/" + string(joni) + "/authentication/methods"
	policyKey  = "GET /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/temporaryAccessPass"
)

// after is an answer with a Retry-After.
func after(status int, wait string) answer {
	return answer{status: status, header: map[string]string{"Retry-After": wait}}
}

// first answers otherwise than the answer of a tenant the first times.
func first(times ...answer) answer {
	a := times[0]
	a.then = times[1:]
	return a
}

// gaps are the times between calls.
func gaps(f *fake) []time.Duration {
	var all []time.Duration
	calls := f.received()
	for i := 1; i < len(calls); i++ {
		all = append(all, calls[i].at.Sub(calls[i-1].at))
	}
	return all
}

func TestOnlyBusyPartsAreAskedAgain(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers[methodsKey] = first(after(429, "4"), after(429, "2"), answers[methodsKey])
	answers[ownedKey] = first(answer{status: 503}, answers[ownedKey])
	answers[policyKey] = first(answer{status: 504}, answers[policyKey])
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(answers)
		got, err := f.directory(t).Facts(t.Context(), everybody)
		require.NoError(t, err)
		require.Empty(t, got.Person.Unknown)
		require.True(t, got.PassPolicy.Known)
		require.Equal(t, []string{"password"}, got.Person.Methods)
		require.True(t, got.Asker.Found)

		require.Len(t, f.received(), 3)
		again := strings.Join(asked(t, f, 1), " ")
		require.Len(t, asked(t, f, 1), 3, again)
		require.Contains(t, again, "/ownedObjects")
		require.Contains(t, again, "/policies/")
		require.Contains(t, asked(t, f, 2), strings.TrimPrefix(methodsKey, "GET "))
		require.Len(t, asked(t, f, 2), 1)
		require.Equal(t, []time.Duration{4 * time.Second, 2 * time.Second}, gaps(f), "the longest wait that Graph named")
	})
}

func TestPausesThatGraphDidNotName(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers[ownedKey] = answer{status: 503}
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(answers)
		_, err := f.directory(t).Facts(t.Context(), everybody)
		require.Zero(t, wants(t, err, access.Unavailable).After)
		require.Len(t, f.received(), 4, "three rounds after the first call")
		for i, gap := range gaps(f) {
			least := time.Second << i
			require.GreaterOrEqual(t, gap, least)
			require.Less(t, gap, least+least/2)
		}
	})
}

// What does not help within the caller's time is not waited for.
func TestAskingAgainEndsWithTheContext(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers[ownedKey], answers["GET /users?"] = after(429, "7"), after(503, "7")
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(answers)
		d := f.directory(t)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
		defer cancel()
		_, err := d.Facts(ctx, everybody)
		require.Equal(t, told{"Entra is busy at the moment, so nothing was done. Try again in 7 seconds.", 7 * time.Second}, wants(t, err, access.Unavailable))
		_, err = d.Find(ctx, "joni")
		require.Equal(t, told{"Entra does not answer at the moment, so nothing was done. Try again in 7 seconds.", 7 * time.Second}, wants(t, err, access.Unavailable))
		require.Zero(t, time.Since(began))
		require.Len(t, f.received(), 2)

		longer, stop := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, stop)
		_, err = d.Find(longer, "joni")
		wants(t, err, access.Unavailable)
		require.Equal(t, 3*time.Second, time.Since(began), "the caller has gone")
		require.Len(t, f.received(), 3)
	})
}

// TestI8TroubleOfGraphIsNoRefusal: where nothing but a busy or failing Graph
// keeps a fact from being known, nobody is told anything about the person.
func TestI8TroubleOfGraphIsNoRefusal(t *testing.T) {
	t.Parallel()
	denied := refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	busy, down := "Entra is busy at the moment", "Entra does not answer at the moment"
	tests := map[string]struct {
		answers map[string]answer
		say     string // of an Unavailable
		after   time.Duration
		unknown []string
	}{
		"a busy fact":             {map[string]answer{ownedKey: after(429, "7")}, busy, 7 * time.Second, nil},
		"a failing fact":          {map[string]answer{ownedKey: {status: 500}}, down, 0, nil},
		"a fact behind a gateway": {map[string]answer{ownedKey: {status: 502}}, down, 0, nil},
		"a fact left out":         {map[string]answer{ownedKey: {hangUp: true}}, down, 0, nil},
		"busy methods":            {map[string]answer{methodsKey: after(429, "3")}, busy, 3 * time.Second, nil},
		"a busy policy":           {map[string]answer{policyKey: after(429, "3")}, busy, 3 * time.Second, nil},
		"busy groups":             {map[string]answer{"GET /groups": after(503, "3")}, down, 3 * time.Second, nil},
		"the longest wait":        {map[string]answer{ownedKey: after(503, "3"), methodsKey: after(429, "9"), policyKey: {status: 500}}, busy, 9 * time.Second, nil},
		"a busy second page":      {map[string]answer{ownedKey: ok(`{"value":[],"@odata.nextLink":"https://graph.example/v1.0/next"}`), "GET /next": after(429, "5")}, busy, 5 * time.Second, nil},
		"one that will stay":      {map[string]answer{ownedKey: after(429, "7"), roles: denied}, "", 0, []string{"directory roles", "owned groups"}},
		"one that is odd":         {map[string]answer{ownedKey: {status: 503}, methodsKey: ok(`{}`)}, "", 0, []string{"owned groups", "authentication methods"}},
		"a policy that will stay": {map[string]answer{ownedKey: {status: 503}, policyKey: denied}, "", 0, []string{"owned groups"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := ordinary()
			for key, a := range tt.answers {
				answers[key] = a
			}
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(answers)
				got, err := f.directory(t).Facts(t.Context(), everybody)
				if tt.say == "" {
					require.NoError(t, err)
					require.Equal(t, tt.unknown, got.Person.Unknown)
					return
				}
				e := wants(t, err, access.Unavailable)
				require.Contains(t, e.Say, tt.say)
				require.Equal(t, tt.after, e.After)
				require.Contains(t, f.log(), "fact not learnt")
			})
		})
	}
}

// Who is privileged for certain, or does not exist, is told so at once.
func TestTroubleHidesNoAnswer(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	answers[ownedKey] = answer{status: 500}
	answers["GET /users/"+string(joni)+"/transitiveMemberOf"] = listOf(roleOf)
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(answers)
		got, err := f.directory(t).Facts(t.Context(), everybody)
		require.NoError(t, err)
		require.Equal(t, []string{"is Global Administrator"}, got.Person.Privilege)
		require.Equal(t, []string{"owned groups"}, got.Person.Unknown)
	})
	gone := ordinary()
	delete(gone, "GET /users/"+string(joni)+"?")
	gone[ownedKey], gone[policyKey] = answer{status: 500}, answer{status: 500}
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(gone)
		got, err := f.directory(t).Facts(t.Context(), everybody)
		require.NoError(t, err)
		require.False(t, got.Person.Found)
	})
}

// freshTokens gives another token each time.
type freshTokens struct{ given int }

func (c *freshTokens) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	c.given++
	return azcore.AccessToken{Token: strconv.Itoa(c.given), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func TestReadsAndDeletionsAreSentAgain(t *testing.T) {
	t.Parallel()
	calls := map[string]struct {
		key  string
		good answer
		call func(context.Context, *graph.Directory) error
	}{
		"find": {"GET /users?", listOf(), func(ctx context.Context, d *graph.Directory) error {
			_, err := d.Find(ctx, "joni")
			return err
		}},
		"passes": {"GET " + passesPath, listOf(), func(ctx context.Context, d *graph.Directory) error {
			_, err := d.Passes(ctx, joni)
			return err
		}},
		"delete": {"DELETE " + passesPath, answer{status: 204}, func(ctx context.Context, d *graph.Directory) error {
			return d.DeletePass(ctx, joni, "pass-1")
		}},
		"batch": {"POST /$batch", answer{}, func(ctx context.Context, d *graph.Directory) error {
			_, err := d.Facts(ctx, access.Question{Actor: adele})
			return err
		}},
	}
	for name, c := range calls {
		if name == "batch" {
			c.good = ok(`{"responses":[{"id":"account ` + string(adele) + `","status":404}]}`)
		}
		for status, again := range map[int]bool{429: true, 503: true, 504: true, 500: false, 502: false, 403: false} {
			t.Run(name+" "+http.StatusText(status), func(t *testing.T) {
				t.Parallel()
				answers := map[string]answer{c.key: first(after(status, "2"), c.good), "GET /users/" + string(joni) + "?": ok(userJSON(joni, "Joni", ""))}
				synctest.Test(t, func(t *testing.T) {
					f := newUntimed(answers)
					began := time.Now()
					err := c.call(t.Context(), f.directory(t, func(o *graph.Options) { o.Credential = &freshTokens{} }))
					if !again {
						wants(t, err, access.Unavailable)
						require.Zero(t, time.Since(began))
						return
					}
					require.NoError(t, err)
					require.Equal(t, 2*time.Second, time.Since(began))
					require.Len(t, f.received(), 2)
					ids := map[string]bool{}
					for i, c := range f.received() {
						ids[c.header.Get("client-request-id")] = true
						require.Equal(t, []string{fmt.Sprint("Bearer ", i+1)}, c.header.Values("Authorization"), "a token that may be too old")
					}
					require.Len(t, ids, 2, "calls that cannot be told apart")
				})
			})
		}
	}
}

// TestI6APassIsAskedForAgainOnlyUnseen: one that Graph has not looked at, once.
func TestI6APassIsAskedForAgainOnlyUnseen(t *testing.T) {
	t.Parallel()
	made := answer{status: 201, body: passJSON("pass-1", `,"temporaryAccessPass":"`+code+`"`)}
	tests := map[string]struct {
		answer answer
		time   time.Duration // that the caller has; 0: no end
		want   access.Code
		sent   int
		took   time.Duration
	}{
		"made then":            {first(after(429, "3"), made), 0, "", 2, 3 * time.Second},
		"as late as it may":    {first(after(429, "10"), made), 20 * time.Second, "", 2, 10 * time.Second},
		"too late":             {first(after(429, "11"), made), 0, access.Unavailable, 1, 0},
		"too late for him":     {first(after(429, "3"), made), 3 * time.Second, access.Unavailable, 0, 0},
		"too late to begin":    {first(after(429, "9"), made), 12 * time.Second, access.Unavailable, 1, 9 * time.Second},
		"busy still":           {first(after(429, "3"), after(429, "4"), made), 0, access.Unavailable, 2, 3 * time.Second},
		"unavailable then":     {first(after(429, "3"), after(503, "4"), made), 0, access.Uncertain, 2, 3 * time.Second},
		"hung up then":         {first(after(429, "3"), answer{hangUp: true}, made), 0, access.Uncertain, 2, 3 * time.Second},
		"refused then":         {first(after(429, "3"), answer{status: 400}, made), 0, access.Refused, 2, 3 * time.Second},
		"unavailable at first": {first(after(503, "1"), made), 0, access.Uncertain, 1, 0},
		"timed out at first":   {first(after(504, "1"), made), 0, access.Uncertain, 1, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(map[string]answer{issue: tt.answer})
				ctx, began := t.Context(), time.Now()
				if tt.time > 0 {
					bounded, cancel := context.WithTimeout(ctx, tt.time)
					defer cancel()
					ctx = bounded
				}
				pass, secret, err := f.directory(t).IssuePass(ctx, joni, access.Terms{Minutes: 60})
				require.Equal(t, tt.took, time.Since(began))
				require.Len(t, f.received(), tt.sent)
				if tt.want != "" {
					wants(t, err, tt.want)
					return
				}
				require.NoError(t, err)
				require.Equal(t, "pass-1", pass.ID)
				require.Equal(t, code, secret.Reveal())
				require.Equal(t, f.received()[0].body, f.received()[1].body)
			})
		})
	}
}

func TestABusyGraphNamesNoTimeForAPass(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newUntimed(map[string]answer{issue: {status: 429}})
		_, _, err := f.directory(t).IssuePass(t.Context(), joni, access.Terms{Minutes: 60})
		require.Equal(t, told{Say: "Entra is busy at the moment, so nothing was done. Try again in a minute."}, wants(t, err, access.Unavailable))
		require.Len(t, f.received(), 2)
		require.Less(t, gaps(f)[0], 2*time.Second)
	})
}

// slowToken is a login that does not answer.
type slowToken struct{}

func (slowToken) GetToken(ctx context.Context, _ policy.TokenRequestOptions) (azcore.AccessToken, error) {
	<-ctx.Done()
	return azcore.AccessToken{}, ctx.Err()
}

func TestAGraphThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		call func(context.Context, *graph.Directory) error
		want access.Code
		took time.Duration
		sent int
	}{
		"facts": {func(ctx context.Context, d *graph.Directory) error {
			_, err := d.Facts(ctx, everybody)
			return err
		}, access.Unavailable, 10 * time.Second, 1},
		"passes": {func(ctx context.Context, d *graph.Directory) error {
			_, err := d.Passes(ctx, joni)
			return err
		}, access.Unavailable, 10 * time.Second, 1},
		"find": {func(ctx context.Context, d *graph.Directory) error {
			_, err := d.Find(ctx, "joni")
			return err
		}, access.Unavailable, 10 * time.Second, 1},
		"delete": {func(ctx context.Context, d *graph.Directory) error {
			return d.DeletePass(ctx, joni, "pass-1")
		}, access.Unavailable, 10 * time.Second, 1},
		"issue": {func(ctx context.Context, d *graph.Directory) error {
			_, _, err := d.IssuePass(ctx, joni, access.Terms{Minutes: 60})
			return err
		}, access.Uncertain, 20 * time.Second, 1},
		"install": {func(ctx context.Context, d *graph.Directory) error {
			return d.Install(ctx, joni, "app")
		}, access.Unavailable, 20 * time.Second, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(map[string]answer{"": {wait: make(chan struct{})}})
				began := time.Now()
				wants(t, tt.call(t.Context(), f.directory(t)), tt.want)
				require.Equal(t, tt.took, time.Since(began))
				require.Len(t, f.received(), tt.sent)
			})
		})
		t.Run(name+", no token", func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(map[string]answer{})
				d := f.directory(t, func(o *graph.Options) { o.Credential = slowToken{} })
				began := time.Now()
				require.Contains(t, wants(t, tt.call(t.Context(), d), access.Unavailable).Say, "could not get into Entra")
				require.Equal(t, 10*time.Second, time.Since(began))
				require.Empty(t, f.received())
			})
		})
	}
}
