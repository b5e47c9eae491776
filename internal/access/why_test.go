package access_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	myPage     = "19db86c3-b2b9-44cc-b339-36da233a3be2"
	officeHome = "4765445b-32c6-49b0-83e6-1d93765276ca"
	strength   = "Require authentication strength - Phishing-resistant MFA"
)

func failing(policy access.ID, controls ...string) access.AppliedPolicy {
	return access.AppliedPolicy{Policy: access.PolicyRef{ID: policy, Name: string(policy)}, Result: "failure", Controls: controls}
}

// line is a sign-in an hour ago on a device, to an app, that ended with a code.
func line(code int, app, system string, policies ...access.AppliedPolicy) access.SignIn {
	l := access.SignIn{
		At: noon.Add(-time.Hour), Correlation: "c1", AppID: app, App: "An app", System: system, City: "Oslo", Country: "NO",
		Code: code, Coded: true, Access: "notApplied", Reason: "Entra's own words.", Policies: policies,
	}
	if len(policies) > 0 {
		l.Access = "failure"
	}
	return l
}

func at(l access.SignIn, before time.Duration, correlation string) access.SignIn {
	l.At, l.Correlation = noon.Add(-before), correlation
	return l
}

// logged are lines of the log, the newest first.
type logged = []access.SignIn

// briefly are remedies as "kind policy": what a card has buttons and words for.
func briefly(list []access.Remedy) []string {
	short := []string{}
	for _, r := range list {
		short = append(short, strings.TrimSpace(string(r.Kind)+" "+string(r.Policy.ID)))
	}
	return short
}

// What a log shows, whether that is a failure, and what would help.
func TestWhyAndWhatWouldHelp(t *testing.T) {
	blocks, resists := failing(platforms, "Block"), failing(strict, strength)
	tests := map[string]struct {
		lines []access.SignIn
		words string   // why, of the newest failure; "-": nothing failed
		helps []string // kinds, with the policy
	}{
		"nothing in the log": {nil, "-", []string{}},
		"a success":          {logged{line(0, myPage, "Windows 11")}, "-", []string{}},
		"a phone that a policy blocks": {
			logged{line(53003, officeHome, "Ios 18.7", blocks)},
			"Conditional Access blocked it",
			[]string{"exclusion platforms"},
		},
		"a phone that is blocked while registering, under two policies": {
			logged{line(53003, myPage, "Ios 18.7", resists, blocks)},
			"Conditional Access blocked it",
			[]string{"guide", "pass", "exclusion platforms", "exclusion strict", "elsewhere", "change strict"},
		},
		"the Authenticator loop": {
			logged{line(53003, access.CredentialRegistration, "Android 16", resists)},
			"Conditional Access blocked it",
			[]string{"pass", "guide", "exclusion strict", "change strict"},
		},
		"the same on a computer is no loop": {
			logged{line(53003, myPage, "Windows 11", resists)},
			"Conditional Access blocked it",
			[]string{"pass", "guide", "exclusion strict"},
		},
		"a strength that a pass meets is no loop": {
			logged{line(53003, myPage, "Ios 18.7", failing(strict, "Require authentication strength - Multifactor authentication"))},
			"Conditional Access blocked it",
			[]string{"pass", "guide", "exclusion strict"},
		},
		"app protection loops, too": {
			logged{line(53009, myPage, "Ios 18.7", failing(strict, "RequireCompliantApp"))},
			"not protected",
			[]string{"elsewhere", "exclusion strict", "change strict"},
		},
		"a policy that Passdesk may not relax": {
			logged{line(53003, officeHome, "MacOs 15", failing("other", "Block"))},
			"Conditional Access blocked it",
			[]string{"change other"},
		},
		"a device that is not compliant": {
			logged{line(53000, officeHome, "Windows 11", failing(strict, "RequireCompliantDevice"))},
			"not compliant",
			[]string{"elsewhere", "exclusion strict"},
		},
		"nothing registered": {
			logged{line(50079, officeHome, "Windows 11", resists), line(50076, officeHome, "Windows 11", resists), line(50072, officeHome, "Windows 11", resists)},
			"nothing is registered",
			[]string{"pass", "guide"},
		},
		"nothing registered, on a phone": {
			logged{line(50072, myPage, "Ios 18.7", resists)},
			"nothing is registered yet",
			[]string{"pass", "guide", "change strict"},
		},
		"more was asked for than the app can do": {
			logged{line(500121, officeHome, "Windows 11", resists)},
			"not completed",
			[]string{"pass", "guide"},
		},
		"an interrupt that was gone on from": {
			logged{line(0, myPage, "Windows 11"), line(50072, myPage, "Windows 11", resists), line(50140, myPage, "Windows 11")},
			"-",
			[]string{},
		},
		"an interrupt in the same second, before its success in the log": {
			logged{line(50097, myPage, "Windows 11"), line(0, myPage, "Windows 11")},
			"-",
			[]string{},
		},
		"a wrong password that was put right": {
			logged{at(line(0, myPage, ""), time.Hour, "c1"), at(line(50126, myPage, ""), 61*time.Minute, "c1")},
			"-",
			[]string{},
		},
		"a success that was blocked afterwards": {
			logged{at(line(53003, officeHome, "iOS", blocks), time.Hour, "c1"), at(line(0, myPage, "iOS"), 61*time.Minute, "c1")},
			"Conditional Access blocked it",
			[]string{"exclusion platforms"},
		},
		"an interrupt that led nowhere": {
			logged{line(50140, myPage, "Windows 11")}, "Stay signed in", []string{"elsewhere"},
		},
		"a wrong password":            {logged{line(50126, myPage, "Windows 11")}, "password was wrong", []string{"elsewhere", "pass"}},
		"a pass that was used":        {logged{line(130505, myPage, "Windows 11")}, "used already", []string{"pass"}},
		"a pass against the policy":   {logged{line(130502, myPage, "Windows 11")}, "policy for passes", []string{"elsewhere", "pass"}},
		"a passkey of nobody":         {logged{line(500344, myPage, "Ios 18")}, "nobody has the passkey", []string{"pass", "guide"}},
		"a passkey that is forbidden": {logged{line(135016, myPage, "Ios 18")}, "policy for passkeys", []string{"elsewhere", "pass", "guide"}},
		"a disabled account":          {logged{line(50057, myPage, "Windows 11")}, "disabled", []string{"elsewhere"}},
		"a risk is no case for an exclusion": {
			logged{line(53011, officeHome, "Windows 11", failing(strict, "Block"))}, "compromised", []string{"elsewhere"},
		},
		"a code that nobody knows": {logged{line(987654, myPage, "Windows 11")}, "", []string{"elsewhere"}},
		"a code that nobody knows, with a policy": {
			logged{line(987654, officeHome, "Ios 18", blocks)}, "", []string{"exclusion platforms"},
		},
		"policies are hidden": {logged{line(53003, officeHome, "Ios 18")}, "Conditional Access blocked it", []string{}},
		"results of later years, and of reports": {
			logged{line(53003, officeHome, "Ios 18", blocks, access.AppliedPolicy{Policy: access.PolicyRef{ID: strict}, Result: "unknownFutureValue", Controls: []string{"Block"}}, access.AppliedPolicy{Result: "reportOnlyFailure"})},
			"Conditional Access blocked it",
			[]string{"exclusion platforms"},
		},
		"policies are told, and none failed": {
			logged{line(53003, officeHome, "Ios 18", access.AppliedPolicy{Result: "unknownFutureValue"})}, "Conditional Access blocked it", []string{},
		},
		"nothing is told at all":         {logged{{}}, "-", []string{}},
		"nothing but that it failed":     {logged{{Access: "failure"}}, "", []string{"elsewhere"}},
		"what works again needs no help": {logged{at(line(0, myPage, "Ios 18"), time.Minute, "c2"), line(53003, myPage, "Ios 18", blocks)}, "Conditional Access blocked it", []string{}},
		"elsewhere it works, here not": {
			logged{at(line(0, myPage, "Windows 11"), time.Minute, "c2"), line(53003, myPage, "Ios 18", blocks)},
			"Conditional Access blocked it",
			[]string{"guide", "pass", "exclusion platforms"},
		},
	}
	h := newHouse(t)
	for name, tt := range tests {
		h.tenant.relaxed.log[access.ID(name)] = access.SignInLog{Lines: tt.lines}
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, err := h.Why(t.Context(), "adele", access.Person{ID: access.ID(name)})
			require.NoError(t, err)
			require.Equal(t, tt.helps, briefly(w.Remedies))
			if tt.words == "-" {
				require.Empty(t, w.Failures)
				return
			}
			require.Len(t, w.Failures, 1)
			if tt.words == "" {
				require.Empty(t, w.Failures[0].Words)
			}
			require.Contains(t, w.Failures[0].Words, tt.words)
			require.Equal(t, name == "policies are hidden" || name == "nothing but that it failed", w.Hidden)
		})
	}
}

// Attempts are told newest first, each once, however their lines are mixed.
func TestWhyGroupsAttempts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.tenant.relaxed.log["joni"] = access.SignInLog{More: true, Lines: logged{
		at(line(53003, officeHome, "Ios 18"), 3*time.Hour, "b"),
		at(line(50076, officeHome, "Windows 11"), time.Minute, "fresh"),
		at(line(50126, officeHome, "Windows 11"), 2*time.Hour, ""),
		at(line(50126, officeHome, "Windows 11"), 4*time.Hour, ""),
		at(line(50072, officeHome, "Windows 11"), 62*time.Minute, "a"),
		at(line(50079, officeHome, "Windows 11"), 60*time.Minute, "a"),
		at(line(50076, officeHome, "Windows 11"), 61*time.Minute, "a"),
	}}
	w, err := h.Why(t.Context(), "adele", access.Person{ID: "joni"})
	require.NoError(t, err)
	var codes []int
	for _, f := range w.Failures {
		codes = append(codes, f.Code)
	}
	require.Equal(t, []int{50076, 50079, 50126, 53003, 50126}, codes)
	require.Equal(t, []int{50072, 50076}, w.Failures[1].Way)
	require.True(t, w.Failures[0].Open, "a success may be on its way")
	require.False(t, w.Failures[1].Open)
	require.True(t, w.More && w.Hidden)
	require.Equal(t, noon.Add(-4*time.Hour), w.Oldest)
	require.Equal(t, noon.Add(-7*24*time.Hour), h.tenant.relaxed.since)
}

func TestWhyIsForTheDeskAndAuditors(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.Why(t.Context(), "joni", access.Person{ID: "grady"})
	require.Equal(t, access.Forbidden, access.CodeOf(err))
	entries, err := h.store.Entries(t.Context(), "", "grady", 10)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, "why", entries[0].Action)
	h.tenant.relaxed.logErr = access.Fail(access.Refused, "no licence")
	_, err = h.Why(t.Context(), "adele", access.Person{ID: "grady"})
	require.Equal(t, "no licence", access.Say(err))
}

// Where an exclusion is asked for or holds, no other is offered.
func TestWhyKnowsTheLease(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	r := h.excluded(exclusionTerms(platforms))
	h.tenant.relaxed.log[r.Person.ID] = access.SignInLog{Lines: logged{line(53003, officeHome, "Ios 18", failing(platforms, "Block"))}}
	w, err := h.Why(t.Context(), "adele", r.Person)
	require.NoError(t, err)
	i := slices.IndexFunc(w.Remedies, func(o access.Remedy) bool { return o.Kind == access.HelpExclusion })
	require.GreaterOrEqual(t, i, 0)
	require.Equal(t, r.Ref, w.Remedies[i].Lease)
	require.Equal(t, "iOS", w.Remedies[i].Platform)
}

func TestWhatPoliciesWant(t *testing.T) {
	t.Parallel()
	p := failing(strict, "Mfa", "requirecompliantdevice", strength, "Block", "ProofOfWork", "", "Require authentication strength")
	require.True(t, p.Blocks())
	require.Equal(t, []string{
		"multifactor authentication", "a compliant device", "the authentication strength “Phishing-resistant MFA”", "ProofOfWork", "Require authentication strength",
	}, p.Wants())
}

func TestPlatformsOfTheLog(t *testing.T) {
	t.Parallel()
	for system, want := range map[string]string{
		"Ios 18.7": "iOS", "iPadOS 18": "iOS", "Android 16": "android", "Windows 11": "windows", "MacOs 15.7": "macOS", "Linux": "linux", "visionOS": "", "": "",
	} {
		require.Equal(t, want, access.SignIn{System: system}.Platform(), system)
	}
}
