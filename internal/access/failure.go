package access

import (
	"slices"
	"time"
)

// SignInsLate is by how much a line may reach the sign-in log later than what it
// tells (Entra: latency of activity reports tells five minutes, the field more).
const SignInsLate = 15 * time.Minute

// Failure is an attempt to sign in that failed: the line where it ended, and what
// the lines with the same correlation id tell beside it.
type Failure struct {
	SignIn
	// Words say why it failed; empty for a code that Passdesk does not know.
	Words string
	// Way are the codes that came before, oldest first.
	Way []int
	// Unmet are the policies that failed, those that block first.
	Unmet []AppliedPolicy
	// Hidden tells that policies failed which Entra does not name.
	Hidden bool
	// Over tells that the same app was signed in to from the same kind of device
	// since.
	Over bool
	// Open tells that the attempt may have gone on: a success could still be on its
	// way to the log.
	Open bool
}

// failures are the attempts in the log that failed, newest first.
func failures(lines []SignIn, now time.Time) []Failure {
	lines = slices.Clone(lines)
	slices.SortStableFunc(lines, func(a, b SignIn) int { return b.At.Compare(a.At) })
	var all []Failure
	for _, attempt := range attempts(lines) {
		i := ended(attempt)
		if i < 0 {
			continue
		}
		f := failure(attempt, i)
		f.Over = slices.ContainsFunc(lines, f.after)
		f.Open = f.interrupt() && now.Sub(f.At) < SignInsLate
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b Failure) int { return b.At.Compare(a.At) })
	return all
}

// attempts groups lines by correlation id. A line without one is an attempt of
// its own.
func attempts(lines []SignIn) [][]SignIn {
	var all [][]SignIn
	at := map[string]int{}
	for _, l := range lines {
		i, known := at[l.Correlation]
		if !known || l.Correlation == "" {
			i = len(all)
			at[l.Correlation] = i
			all = append(all, nil)
		}
		all[i] = append(all[i], l)
	}
	return all
}

// ended is the line of an attempt, newest first, that tells why it failed, or -1
// for an attempt that did not. What came before a success was gone on from: lines
// of the same second count as before it, since the log does not order them.
func ended(attempt []SignIn) int {
	rest, succeeded := attempt, false
	if i := slices.IndexFunc(attempt, SignIn.succeeded); i >= 0 {
		won := attempt[i].At
		rest, succeeded = attempt[:slices.IndexFunc(attempt, func(l SignIn) bool { return !l.At.After(won) })], true
	}
	if i := slices.IndexFunc(rest, func(l SignIn) bool { return l.failed() && !l.interrupt() }); i >= 0 {
		return i
	}
	if succeeded {
		return -1
	}
	return slices.IndexFunc(rest, SignIn.failed)
}

func (s SignIn) succeeded() bool { return s.Coded && s.Code == 0 }

func failure(attempt []SignIn, end int) Failure {
	f := Failure{SignIn: attempt[end]}
	f.Words = meanings[f.Code].words
	for _, l := range slices.Backward(attempt) {
		if l.failed() && l.Coded && l.Code != f.Code && !slices.Contains(f.Way, l.Code) && !l.At.After(f.At) {
			f.Way = append(f.Way, l.Code)
		}
	}
	for _, p := range f.Policies {
		if p.Result == policyFailed {
			f.Unmet = append(f.Unmet, p)
		}
	}
	slices.SortStableFunc(f.Unmet, func(a, b AppliedPolicy) int { return rank(a) - rank(b) })
	f.Hidden = len(f.Policies) == 0 && (f.Access == policyFailed || f.by() == byPolicy)
	return f
}

// rank puts policies that block before those that ask for something.
func rank(p AppliedPolicy) int {
	if p.Blocks() {
		return 0
	}
	return 1
}

// by is the cause of the failure.
func (f Failure) by() cause {
	if !f.Coded {
		return byUnknown
	}
	return meanings[f.Code].by
}

// after tells whether a line shows that what failed works since.
func (f Failure) after(l SignIn) bool {
	return l.succeeded() && !f.At.IsZero() && l.At.After(f.At) && l.AppID == f.AppID && l.Platform() == f.Platform()
}
