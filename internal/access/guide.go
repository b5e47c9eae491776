package access

import (
	"context"
	"slices"
	"time"

	"github.com/passdesk/passdesk/internal/audit"
)

// Route is a way to a passkey.
type Route string

// The routes.
const (
	ByPass     Route = "pass"    // on a computer with a pass, the passkey on the phone by QR code
	ByTrouble  Route = "trouble" // on a computer with what is there, "Having trouble?", QR code
	InApp      Route = "app"     // in Authenticator on the phone
	BySecurity Route = "key"     // a security key on a computer
	Impossible Route = "none"
)

// Platforms on the way, in Graph's words. A computer that nobody describes is one
// with Windows.
const (
	phoneUsual   = "iOS"
	phoneOther   = "android"
	computerHere = "windows"
)

// Obstacle is what has to change before somebody can register. Code is one of
// "outside", "unknown", "off", "scope", "selfService", "vault", "attestation",
// "blocked", "needs", "loop", "noPass".
type Obstacle struct {
	Code   string
	Policy PolicyRef // of blocked, needs and loop
	Needs  []string  // of needs and loop: in words
	// Why is the sentence of outside.
	Why string
	// Phone tells whether it stands in the way on the phone; else on the computer.
	Phone bool
	// Relaxable tells whether Passdesk may exclude somebody from the policy.
	Relaxable bool
}

// Guide is how one person comes to a passkey.
type Guide struct {
	Credentials
	Phone string // "iOS" or "android"
	Route Route
	// WithPass says that a pass is needed first.
	WithPass bool
	// Device is what the computer, or the phone in the app's route, must be like.
	Device []string
	// Obstacles are why it is Impossible, and otherwise why the shorter way in the
	// app is not open.
	Obstacles []Obstacle
}

// Holder tells whether the person has a passkey: then Entra may ask for it before
// it takes a pass.
func (g Guide) Holder() bool { return len(g.usable()) > 0 }

// FirstDay tells whether the person has nothing to sign in with yet: then it is
// the manager who is sent the steps.
func (g Guide) FirstDay() bool { return !g.own().mfa }

// Guide works out how somebody comes to a passkey with a phone of a platform,
// "iOS" or "android". Forbidden for whoever neither asks nor audits; Unavailable.
func (d *Desk) Guide(ctx context.Context, actor ID, person Person, phone string) (Guide, error) {
	if phone != phoneOther {
		phone = phoneUsual
	}
	if err := d.mayLook(ctx, actor, person, "guide"); err != nil {
		return Guide{}, err
	}
	all, err := d.Directory.Portraits(ctx, []ID{person.ID}, nil)
	if err != nil {
		return Guide{}, err
	}
	c := d.status(all[0], person).Credentials
	w := way{c: c, phone: phone, now: d.now()}
	if w.mayRegister() == nil {
		if err := d.askWays(ctx, &w); err != nil {
			return Guide{}, err
		}
	}
	g := w.guide()
	for i, o := range g.Obstacles {
		g.Obstacles[i].Relaxable = o.Policy.ID != "" && d.Settings.relaxes(o.Policy.ID)
	}
	return g, nil
}

// askWays asks Entra what its policies would do on the way.
func (d *Desk) askWays(ctx context.Context, w *way) error {
	for _, q := range []struct {
		scene Scene
		into  *[]Outcome
	}{
		{Scene{Platform: computerHere, Registering: true}, &w.registering},
		{Scene{Platform: computerHere}, &w.computer},
		{Scene{Platform: w.phone, App: CredentialRegistration}, &w.app},
	} {
		var err error
		if *q.into, err = d.Directory.WhatIf(ctx, w.c.Person.ID, q.scene); err != nil {
			return err
		}
	}
	return nil
}

// way is all that a route depends on.
type way struct {
	c     Credentials
	phone string
	now   time.Time
	// What policies would do: to the registration and to any sign-in on the
	// computer, and to Authenticator's own sign-in on the phone.
	registering, computer, app []Outcome
}

// mayRegister is what speaks against any registration; nil where nothing does.
func (w way) mayRegister() *Obstacle {
	if r, is := w.c.outside(); is {
		return &Obstacle{Code: "outside", Why: r.Why}
	}
	p := w.c.PasskeyPolicy
	switch {
	case !w.c.Known || !p.Known:
		return &Obstacle{Code: "unknown"}
	case !p.Enabled:
		return &Obstacle{Code: "off"}
	case len(p.profiles(w.c.Person)) == 0:
		return &Obstacle{Code: "scope"}
	case !p.SelfService:
		return &Obstacle{Code: "selfService"}
	}
	return nil
}

// guide chooses the route: for whoever has other methods the app on the phone, as
// the shortest, else the computer; for others a pass on the computer; a security
// key where no phone will do.
func (w way) guide() Guide {
	g := Guide{Credentials: w.c, Phone: w.phone, Route: Impossible}
	if no := w.mayRegister(); no != nil {
		g.Obstacles = []Obstacle{*no}
		return g
	}
	computer, phone := w.onComputer(), w.onPhone()
	usable := w.c.PasskeyPolicy.profiles(w.c.Person)
	scans, app, key := w.takesPhone(usable, false), w.takesPhone(usable, true), takesKey(usable)
	switch {
	case app && phone.open() && !phone.withPass:
		g.take(InApp, phone)
	case scans && computer.open() && computer.withPass:
		g.take(ByPass, computer)
	case scans && computer.open():
		g.take(ByTrouble, computer)
	case app && phone.open():
		g.take(InApp, phone)
	case key && computer.open():
		g.take(BySecurity, computer)
	}
	switch {
	case g.Route == InApp:
	case !scans && !app && !key:
		g.Obstacles = []Obstacle{{Code: "vault"}}
	case g.Route != Impossible:
		if app {
			g.Obstacles = phone.obstacles
		}
	default:
		g.Obstacles = w.obstacles(scans, app, key, computer, phone)
	}
	return g
}

// obstacles are all that keeps every route closed.
func (w way) obstacles(scans, app, key bool, computer, phone attempt) []Obstacle {
	var all []Obstacle
	if scans || key {
		all = append(all, computer.obstacles...)
	}
	if app && !scans {
		all = append(all, Obstacle{Code: "attestation"})
	}
	if app {
		all = append(all, phone.obstacles...)
	}
	return all
}

func (g *Guide) take(r Route, a attempt) {
	g.Route, g.WithPass, g.Device = r, a.withPass, a.device
}

// takesPhone tells whether a passkey on the phone is taken: in Authenticator, or,
// by QR code, in any vault that the phone has.
func (w way) takesPhone(usable []PasskeyProfile, inApp bool) bool {
	return slices.ContainsFunc(vaults, func(v Vault) bool {
		authenticator := v.AAGUID == authenticatorIOS || v.AAGUID == authenticatorAndroid
		return v.Platform == w.phone && (authenticator || !inApp) && takes(usable, v, inApp)
	})
}

func takesKey(usable []PasskeyProfile) bool {
	return slices.ContainsFunc(vaults, func(v Vault) bool { return v.Key && takes(usable, v, true) })
}

// attempt is a try at one place: with what the person has, else with a pass.
type attempt struct {
	withPass  bool
	obstacles []Obstacle
	device    []string
}

func (a attempt) open() bool { return len(a.obstacles) == 0 }

func (w way) onComputer() attempt {
	try := func(p proofs) ([]hindrance, []string) {
		own, device := p.hindrances(w.registering, false)
		all, more := p.hindrances(w.computer, true)
		return append(own, all...), append(device, more...)
	}
	return w.try(try, false)
}

func (w way) onPhone() attempt {
	try := func(p proofs) ([]hindrance, []string) { return p.hindrances(w.app, false) }
	return w.try(try, true)
}

// try tries with what the person has, if that is multifactor, and then with a
// pass.
func (w way) try(do func(proofs) ([]hindrance, []string), phone bool) attempt {
	own := w.c.own()
	in, device := do(own)
	if own.mfa && len(in) == 0 {
		return attempt{device: slices.Compact(device)}
	}
	in, device = do(byPass())
	a := attempt{withPass: true, device: slices.Compact(device)}
	for _, h := range in {
		o := Obstacle{Code: "blocked", Policy: h.policy, Needs: h.needs, Phone: phone}
		switch {
		case !h.block && phone:
			o.Code = "loop"
		case !h.block:
			o.Code = "needs"
		}
		a.obstacles = append(a.obstacles, o)
	}
	if _, holds := w.c.Pass(w.now); !holds && len(in) == 0 && !w.mayHavePass() {
		a.obstacles = append(a.obstacles, Obstacle{Code: "noPass", Phone: phone})
	}
	return a
}

// mayHavePass tells whether the policy for passes would let the person have one.
func (w way) mayHavePass() bool {
	p := w.c.PassPolicy
	return p.Known && p.Enabled && p.covers(w.c.Person)
}

// SendGuide records that the steps are about to be sent to somebody. Forbidden for
// whoever may not ask.
func (d *Desk) SendGuide(ctx context.Context, actor ID, g Guide, to Person) error {
	m, err := d.actorNow(ctx, actor)
	if err != nil {
		return err
	}
	click := Click{actor, NewRef(), 0, "send guide"}
	if !d.MayAsk(m) {
		return d.refused(ctx, click, Request{Person: g.Person.Person}, Fail(Forbidden, "Only the help desk can send the steps."))
	}
	return d.Store.Update(ctx, func(tx Tx) error {
		e := d.entry(actor, "send guide", audit.Done, Request{Person: g.Person.Person})
		e.Detail = map[string]string{"to": string(to.ID), "route": string(g.Route)}
		tx.Record(e)
		return nil
	})
}
