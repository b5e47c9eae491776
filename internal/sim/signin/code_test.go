package signin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/manners"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// Every code that a sign-in may end with, and what comes before it.
func TestCodes(t *testing.T) {
	t.Parallel()
	type try = signin.Attempt
	for name, c := range map[string]struct {
		arrange    func(*place) try
		code       int
		interrupts []int
	}{
		"nobody": {func(*place) try { return try{User: "nobody@elsewhere.example", Method: signin.Password} }, 50034, nil},
		"disabled": {func(p *place) try {
			require.NoError(p.t, p.tenant.SetEnabled("grady", false))
			return try{User: "grady", Method: signin.Password}
		}, 50057, nil},
		"wrong words":                {func(*place) try { return try{User: "grady", Method: signin.Password, Code: "Summer2026"} }, 50126, nil},
		"locked":                     {locked, 50053, nil},
		"no method":                  {func(*place) try { return try{User: "joni", Method: signin.Password} }, 50079, []int{50072, 50076}},
		"no app":                     {func(*place) try { return try{User: "joni", Method: signin.Authenticator} }, 50079, []int{50072, 50076}},
		"one factor":                 {func(*place) try { return try{User: "grady", Method: signin.Password} }, 50076, nil},
		"app denied":                 {func(*place) try { return try{User: "grady", Method: signin.Authenticator, Code: "deny"} }, 500121, []int{50076}},
		"app approved":               {func(*place) try { return try{User: "grady", Method: signin.Authenticator} }, 0, []int{50076, 50072}},
		"passkey first, not the app": {func(*place) try { return try{User: "alex", Method: signin.Authenticator} }, 50074, nil},
		"passkey first, not a pass":  {func(p *place) try { return try{User: "alex", Method: signin.Pass, Code: p.pass("alex", true).Code} }, 50074, nil},
		"another way": {func(p *place) try {
			return try{User: "alex", Method: signin.Pass, Code: p.pass("alex", true).Code, OtherWay: true}
		}, 0, []int{50072}},
		"password, has a passkey": {func(*place) try { return try{User: "alex", Method: signin.Password} }, 50076, nil},
		"passkey":                 {func(*place) try { return try{User: "alex", Method: signin.Passkey} }, 0, nil},
		"passkey by id":           {func(p *place) try { return try{User: "grady", Method: signin.Passkey, Code: p.passkey("grady").ID} }, 0, nil},
		"no passkey":              {func(*place) try { return try{User: "joni", Method: signin.Passkey} }, 135010, nil},
		"passkey of somebody":     {func(p *place) try { return try{User: "grady", Method: signin.Passkey, Code: p.passkey("adele").ID} }, 500344, nil},
		"passkey, out of scope": {func(p *place) try {
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Include = nil })
			return try{User: "alex", Method: signin.Passkey}
		}, 135016, nil},
		"passkey, policy off": {func(p *place) try {
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Enabled = false })
			return try{User: "alex", Method: signin.Passkey}
		}, 135016, nil},
		"passkey, model removed": {func(p *place) try {
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Keys.AAGUIDs = []string{entra.YubiKey5} })
			return try{User: "alex", Method: signin.Passkey}
		}, 135016, nil},
		"passkey, model blocked": {func(p *place) try {
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Keys.Block = true })
			return try{User: "alex", Method: signin.Passkey}
		}, 135016, nil},
		"hello":        {func(*place) try { return try{User: "adele", Method: signin.Hello} }, 0, nil},
		"no hello":     {func(*place) try { return try{User: "alex", Method: signin.Hello} }, 130004, nil},
		"pass":         {func(p *place) try { return try{User: "joni", Method: signin.Pass, Code: p.pass("joni", true).Code} }, 0, []int{50072}},
		"no pass":      {func(*place) try { return try{User: "joni", Method: signin.Pass, Code: "abcdefgh"} }, 130507, nil},
		"pass deleted": {deleted, 130507, nil},
		"pass replaced": {func(p *place) try {
			old := p.pass("joni", false)
			p.pass("joni", false)
			return try{User: "joni", Method: signin.Pass, Code: old.Code}
		}, 130503, nil},
		"wrong pass": {func(p *place) try {
			p.pass("joni", true)
			return try{User: "joni", Method: signin.Pass, Code: "abcdefgh"}
		}, 130503, nil},
		"pass, no code": {func(p *place) try { p.pass("joni", true); return try{User: "joni", Method: signin.Pass} }, 130503, nil},
		"pass expired": {func(p *place) try {
			pass := p.pass("joni", true)
			p.tenant.Advance(time.Hour)
			return try{User: "joni", Method: signin.Pass, Code: pass.Code}
		}, 130504, nil},
		"pass used":          {used, 130505, nil},
		"pass not yet valid": {early, 130506, nil},
		"pass, policy off": {func(p *place) try {
			pass := p.pass("joni", true)
			p.tenant.SetTAPPolicy(func(r *entra.PassPolicy) { r.Enabled = false })
			return try{User: "joni", Method: signin.Pass, Code: pass.Code}
		}, 130502, nil},
		"pass, now one-time only": {func(p *place) try {
			pass := p.pass("joni", false)
			p.tenant.SetTAPPolicy(func(r *entra.PassPolicy) { r.OneTime = true })
			return try{User: "joni", Method: signin.Pass, Code: pass.Code}
		}, 130502, nil},
		"guest with a pass":       {func(*place) try { return try{User: "guest", Method: signin.Pass, Code: "abcdefgh"} }, 130502, nil},
		"guest":                   {func(*place) try { return try{User: "guest", Method: signin.Password} }, 53003, nil},
		"guest, plain MFA":        {guestMFA, 50079, []int{50072, 50076}},
		"guest, nothing demanded": {func(p *place) try { p.relaxed(); return try{User: "guest", Method: signin.Password} }, 0, nil},
		"blocked":                 {func(*place) try { return try{User: "grady", Method: signin.Authenticator, Platform: "iOS"} }, 53003, nil},
		"nothing demanded":        {func(p *place) try { p.relaxed(); return try{User: "joni", Method: signin.Password} }, 0, nil},
		"not to be registered": {func(p *place) try {
			p.tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.SelfService = false })
			return try{User: "grady", Method: signin.Authenticator}
		}, 53003, []int{50076}},
		"breakglass": {func(*place) try { return try{User: "breakglass", Method: signin.Password} }, 0, nil},
		"register, nothing to show": {func(*place) try {
			return try{User: "joni", Method: signin.Password, Action: signin.RegisterSecurityInfo}
		}, 50079, []int{50072, 50076}},
		"register, with a pass": {func(p *place) try {
			return try{User: "joni", Method: signin.Pass, Code: p.pass("joni", true).Code, Action: signin.RegisterSecurityInfo}
		}, 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t)
			attempt := c.arrange(p)
			if attempt.Platform == "" {
				attempt.Platform = "windows"
			}
			out := p.SignIn.SignIn(attempt)
			require.Equal(t, c.code, out.ErrorCode, "%+v", out)
			require.Equal(t, append([]int{}, c.interrupts...), out.Interrupts)
			require.NotEmpty(t, out.Message)
			require.Equal(t, append(append([]int{}, c.interrupts...), c.code), p.codes(out.CorrelationID))
			for _, line := range p.tenant.SignIns() {
				require.NotEmpty(t, line.Status.Reason)
			}
		})
	}
}

func locked(p *place) signin.Attempt {
	for range 10 {
		require.Equal(p.t, 50126, p.try("grady", signin.Password, "guess").ErrorCode)
	}
	return signin.Attempt{User: "grady", Method: signin.Password}
}

func deleted(p *place) signin.Attempt {
	pass := p.pass("joni", true)
	require.NoError(p.t, p.tenant.DeletePass("joni", pass.ID))
	return signin.Attempt{User: "joni", Method: signin.Pass, Code: pass.Code}
}

func used(p *place) signin.Attempt {
	pass := p.pass("joni", true)
	require.True(p.t, p.try("joni", signin.Pass, pass.Code).OK)
	return signin.Attempt{User: "joni", Method: signin.Pass, Code: pass.Code}
}

func early(p *place) signin.Attempt {
	later := p.tenant.Now().Add(time.Hour)
	pass, err := p.tenant.IssuePass("joni", entra.PassWish{Start: &later})
	require.NoError(p.t, err)
	return signin.Attempt{User: "joni", Method: signin.Pass, Code: pass.Code}
}

func guestMFA(p *place) signin.Attempt {
	p.relaxed().policy(entra.Policy{Name: "MFA", Conditions: everybody(), Grant: entra.Grant{Operator: "OR", Controls: []string{"mfa"}}})
	return signin.Attempt{User: "guest", Method: signin.Authenticator}
}

func TestALockoutEnds(t *testing.T) {
	t.Parallel()
	p := open(t).relaxed()
	attempt := locked(p)
	attempt.Platform = "windows"
	require.Equal(t, 50053, p.SignIn.SignIn(attempt).ErrorCode)
	p.tenant.Advance(time.Minute)
	require.True(t, p.SignIn.SignIn(attempt).OK)
	require.Equal(t, 50126, p.try("grady", signin.Password, "guess").ErrorCode, "counting begins anew")
}

// A one-time pass is used up when it is accepted, even if a policy then blocks.
func TestABlockedPassIsUsedUp(t *testing.T) {
	t.Parallel()
	p := open(t)
	pass := p.pass("joni", true)
	out := p.SignIn.SignIn(signin.Attempt{User: "joni", Platform: "iOS", Method: signin.Pass, Code: pass.Code})
	require.Equal(t, 53003, out.ErrorCode)
	require.Equal(t, 130505, p.try("joni", signin.Pass, pass.Code).ErrorCode)
	now, _ := p.tenant.PassOf("joni")
	require.Equal(t, entra.OneTimeUsed, now.Reason)
}

func TestAReusablePassIsNotUsedUp(t *testing.T) {
	t.Parallel()
	p := open(t)
	pass := p.pass("joni", false)
	for range 3 {
		require.True(t, p.try("joni", signin.Pass, pass.Code).OK)
	}
}

func TestPasskeyFirstIsASwitch(t *testing.T) {
	t.Parallel()
	p := open(t)
	pass := p.pass("alex", true)
	out := p.try("alex", signin.Pass, pass.Code)
	require.Equal(t, signin.Passkey, out.Asks)
	now, _ := p.tenant.PassOf("alex")
	require.True(t, now.Usable(), "a pass that was not taken is not used up")

	_, err := p.manners.Change(func(m *manners.Manners) error { m.PasskeyFirst = false; return nil })
	require.NoError(t, err)
	out = p.try("alex", signin.Pass, pass.Code)
	require.True(t, out.OK)
	require.Equal(t, signin.Registering, out.GoodFor)
}

func TestCourtesiesComeBeforeSuccess(t *testing.T) {
	t.Parallel()
	p := openWith(t, signin.Options{Courtesies: []int{50125, 50203, 50140}})
	out := p.try("alex", signin.Passkey, "")
	require.True(t, out.OK)
	require.Equal(t, []int{50125, 50203, 50140}, out.Interrupts)
	require.Equal(t, []int{50125, 50203, 50140, 0}, p.codes(out.CorrelationID))
	require.Empty(t, p.try("joni", signin.Passkey, "").Interrupts)
}

func TestAttemptsThatNoFormSends(t *testing.T) {
	t.Parallel()
	p := open(t)
	for name, attempt := range map[string]signin.Attempt{
		"empty":    {},
		"no user":  {Platform: "windows", Method: signin.Password},
		"platform": {User: "joni", Platform: "amiga", Method: signin.Password},
		"method":   {User: "joni", Platform: "windows", Method: "guess"},
		"action":   {User: "joni", Platform: "windows", Method: signin.Password, Action: "dance"},
		"client":   {User: "joni", Platform: "windows", Method: signin.Password, Client: "telnet"},
		"long":     {User: string(make([]byte, 2000)), Platform: "windows", Method: signin.Password},
	} {
		out := p.SignIn.SignIn(attempt)
		require.False(t, out.OK, name)
		require.Equal(t, 90014, out.ErrorCode, name)
		require.NotEmpty(t, out.Message, name)
		_, err := attempt.Checked()
		require.Error(t, err, name)
	}
	require.Empty(t, p.tenant.SignIns())
}
