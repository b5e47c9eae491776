package signin

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/sim/conditional"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// visit is one attempt on its way through the sign-in page.
type visit struct {
	place   *SignIn
	attempt Attempt
	person  entra.Person
	scene   conditional.Scene
	shown   proof
	pass    entra.Pass // used, if its ID is set
	lines   []entra.SignIn
	outcome Outcome
}

func (v *visit) now() time.Time { return v.place.tenant.Now() }

// SignIn lets somebody try to sign in. What happened is in the sign-in log when
// it returns. An attempt that no form could send fails and is not logged.
func (s *SignIn) SignIn(a Attempt) Outcome {
	v := &visit{place: s, outcome: Outcome{CorrelationID: uuid.NewString(), Interrupts: []int{}, Policies: []PolicyResult{}}}
	checked, err := a.Checked()
	if err != nil {
		v.outcome.ErrorCode, v.outcome.Message = badRequest, err.Error()
		return v.outcome
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	v.attempt = checked
	v.walk()
	s.tenant.LogSignIns(v.lines...)
	return v.outcome
}

// walk goes through the page: who, first factor, then the policies.
func (v *visit) walk() {
	p, known := v.place.tenant.Person(v.attempt.User)
	v.person = p
	v.shown = proof{compliant: v.attempt.Compliant, joined: v.attempt.Joined}
	switch {
	case !known:
		v.fail(unknownUser, nil)
		return
	case !p.Enabled:
		v.fail(disabled, nil)
		return
	case v.asksForPasskey():
		v.outcome.Asks = Passkey
		v.fail(strongAuth, nil)
		return
	}
	if code := v.firstFactor(); code != 0 {
		v.fail(code, nil)
		return
	}
	v.scene = v.place.sceneOf(p, v.attempt)
	v.weigh()
}

// asksForPasskey: whoever has a passkey is asked for it before anything that
// would be taken as MFA.
func (v *visit) asksForPasskey() bool {
	first := v.attempt.Method == Pass || v.attempt.Method == Authenticator
	return first && v.place.options.Manners.Now().PasskeyFirst && !v.attempt.OtherWay && slices.Contains(v.secondFactors(), Passkey)
}

// weigh applies the policies, which come after the first factor.
func (v *visit) weigh() {
	all := v.judge()
	want := demanded(all)
	if v.attempt.Method == Authenticator && !want.blocked && want.refused == 0 && !v.askApp(want, &all) {
		return
	}
	want = demanded(all)
	v.outcome.Policies = results(all)
	switch {
	case want.blocked:
		v.fail(blocked, all)
	case want.refused != 0:
		v.fail(want.refused, all)
	case want.nothing():
		v.succeed(all, v.goodFor())
	case !v.shown.mfa:
		v.wantMFA(all, want)
	default:
		v.wantStrength(all)
	}
}

// judge evaluates for what the person wants.
func (v *visit) judge() []verdict {
	if v.attempt.Action == "" {
		return v.place.judge(v.scene, v.shown)
	}
	all := v.place.judgeRegistering(v.scene, v.shown)
	if v.shown.mfa {
		return tolerate(all)
	}
	return all
}

func (v *visit) goodFor() string {
	if v.attempt.Action != "" {
		return Registering
	}
	return Everything
}

// askApp asks the authenticator app, if the person has one; where a policy
// demands it, that is an interrupt. It returns false when the person denied it,
// which ends the attempt.
func (v *visit) askApp(want demand, all *[]verdict) bool {
	if len(v.registered(entra.Authenticator)) == 0 {
		return true
	}
	if !want.nothing() {
		v.interrupt(mfaDemanded, *all)
	}
	if v.attempt.Code != "" {
		v.outcome.Policies = results(*all)
		v.fail(mfaDenied, *all)
		return false
	}
	v.shown.mfa = true
	v.shown.combinations = append(v.shown.combinations, "password,microsoftAuthenticatorPush")
	*all = v.judge()
	return true
}

// wantMFA ends an attempt that has shown one factor only. Whoever has nothing
// else is asked for more information, and then for MFA all the same.
func (v *visit) wantMFA(all []verdict, want demand) {
	if v.person.Guest && len(want.strengths) > 0 {
		v.fail(blocked, all) // a guest can register nothing here that would do
		return
	}
	able := v.secondFactors()
	if len(able) == 0 {
		v.interrupt(mustRegister, all)
		v.interrupt(mfaDemanded, all)
		v.fail(mustEnrol, all)
		return
	}
	v.outcome.Asks = able[0]
	v.fail(mfaDemanded, all)
}

// wantStrength ends an attempt with MFA that is not of the strength demanded.
// The person is sent to register what would be, if that is allowed.
func (v *visit) wantStrength(all []verdict) {
	asked := v.attempt.Method == Authenticator && !v.attempt.OtherWay
	if asked && slices.Contains(v.secondFactors(), Passkey) {
		v.outcome.Asks = Passkey
		v.fail(mfaDemanded, all)
		return
	}
	registration := tolerate(v.place.judgeRegistering(v.scene, v.shown))
	if v.attempt.Action != "" || !v.mayRegister() || !demanded(registration).nothing() {
		v.fail(blocked, all)
		return
	}
	v.interrupt(mustRegister, all)
	v.succeed(registration, Registering)
}

// mayRegister says whether the person could register a passkey by themselves.
func (v *visit) mayRegister() bool {
	return !v.person.Guest && v.place.tenant.PasskeyPolicy().SelfService && v.place.tenant.MayUsePasskeys(v.person.ID)
}

// interrupt writes a line of something that the person goes on from.
func (v *visit) interrupt(code int, all []verdict) {
	v.outcome.Interrupts = append(v.outcome.Interrupts, code)
	v.write(code, all, v.attempt.App)
}

func (v *visit) fail(code int, all []verdict) {
	v.outcome.ErrorCode, v.outcome.Message = code, reason(code)
	v.write(code, all, v.attempt.App)
}

func (v *visit) succeed(all []verdict, goodFor string) {
	for _, code := range v.place.courtesies() {
		v.interrupt(code, all)
	}
	app := v.attempt.App
	if goodFor == Registering {
		app = mySignIns.id
	}
	v.write(0, all, app)
	v.outcome.OK, v.outcome.GoodFor = true, goodFor
	v.outcome.Message = "Signed in."
	if goodFor == Registering {
		v.outcome.Message = "Signed in, to register security information only."
	}
	v.outcome.Session = v.place.open(&session{
		attempt: v.attempt, person: v.person.ID, at: v.now(), shown: v.shown, goodFor: goodFor,
		pass: v.pass.ID, once: v.pass.Once,
	})
}

func results(all []verdict) []PolicyResult {
	list := make([]PolicyResult, len(all))
	for i, one := range all {
		list[i] = PolicyResult{ID: one.policy.ID, Name: one.policy.Name, Result: one.result()}
	}
	return list
}

// named is a person's name as the log writes it; strangers are what they typed.
func (v *visit) named() (id, upn, name string) {
	if v.person.ID == "" {
		return "00000000-0000-0000-0000-000000000000", strings.ToLower(v.attempt.User), ""
	}
	return v.person.ID, strings.ToLower(v.person.UPN), v.person.Name
}
