package access

import "slices"

// RemedyKind is what would help somebody to sign in.
type RemedyKind string

// The kinds of remedies.
const (
	HelpPass      RemedyKind = "pass"      // a pass, to be asked for
	HelpGuide     RemedyKind = "guide"     // the steps of registering
	HelpExclusion RemedyKind = "exclusion" // an exclusion from Policy, to be asked for
	HelpChange    RemedyKind = "change"    // Policy should be another
	HelpElsewhere RemedyKind = "elsewhere" // something that Passdesk does not do
)

// Remedy is something that would help.
type Remedy struct {
	Kind RemedyKind
	// Policy is what the remedy is about, for HelpExclusion and HelpChange.
	Policy PolicyRef
	// Platform is the kind of device that was kept out, in Graph's words; may be
	// empty.
	Platform string
	// Lease is an exclusion from Policy that is open already; empty: there is none.
	Lease Ref
	// Text says why and how, in our own words.
	Text string
}

// Remedies that more than one cause has.
var (
	newPass = Remedy{Kind: HelpPass, Text: "It lets the person in without a password and without a second factor, where no policy blocks that or asks for more."}
	// A pass never meets a strength that resists phishing, and is taken all the same
	// where security information is registered.
	passToRegister = Remedy{Kind: HelpPass, Text: "It is good for registering a passkey, and for nothing else where a policy wants one."}
	steps          = Remedy{Kind: HelpGuide, Text: "Register one; the guide shows the steps."}
	stepsFromDesk  = Remedy{Kind: HelpGuide, Text: "Register it from a computer instead, with the QR code; the guide shows the steps. Both devices need Bluetooth and the internet; where attestation is enforced it does not work."}
	passAtDesk     = Remedy{Kind: HelpPass, Text: "Where nothing is registered yet, it lets the person in on the computer."}
	enrolDevice    = elsewhere("Bring the device under the organisation's management and let it report, or sign in from one that is.")
)

func elsewhere(text string) Remedy { return Remedy{Kind: HelpElsewhere, Text: text} }

// remedies are what helps against each cause, before policies are looked at.
var remedies = map[cause][]Remedy{
	byNothing:  {elsewhere("Sign in again and answer what the page asks.")},
	byEnrol:    {newPass, steps},
	byProof:    {{Kind: HelpPass, Text: "Where the phone or the key is lost, it stands in for it."}},
	byDevice:   {enrolDevice},
	byApp:      {elsewhere("Use the app that the organisation has approved, with its work account, and let app protection be set up.")},
	byFlow:     {elsewhere("Sign in on the device itself, not with a code on another one.")},
	byRisk:     {elsewhere("Let the people who look after security judge the account first. An exclusion would take away what protects it.")},
	byPhone:    {elsewhere("Sign in with a passkey or the password instead, or let the policy for authentication methods allow signing in by phone."), steps},
	byPassUse:  {{Kind: HelpPass, Text: "A new one takes the place of this one."}},
	byPassRule: {elsewhere("See whether the person may have passes, and whether the pass was for several uses where the organisation allows one."), {Kind: HelpPass, Text: "A new one that works once takes the place of one that was used."}},
	byPassTime: {elsewhere("Wait until the pass begins, or take another.")},
	byKey:      {{Kind: HelpPass, Text: "It lets the person in to register a new passkey; the old one can be deleted on the device."}, steps},
	byKeyRule:  {elsewhere("See which passkeys the policy for authentication methods allows: the model of this one may not be among them, or the person is left out."), {Kind: HelpPass, Text: "It lets the person in to register a passkey of a model that is allowed."}, steps},
	byHello:    {{Kind: HelpPass, Text: "It lets the person in to set up Windows Hello again, or to register a passkey."}, steps},

	byDeviceOff: {elsewhere("The device has to be enabled again in Entra, if it is still the person's.")},
	byPassword:  {elsewhere("Reset the password, if it is forgotten."), {Kind: HelpPass, Text: "It signs in without the password."}},
	byLock:      {elsewhere("Wait, and find out who tries: an app with an old password, or a stranger.")},
	byAccount:   {elsewhere("The account itself has to be put right in Entra; nothing here helps.")},
}

// help is what would help with all failures: those of the newest first, each
// once, and one pass for all. What works again needs no help.
func help(all []Failure, may func(ID) bool) []Remedy {
	var list []Remedy
	for _, f := range all {
		if f.Over {
			continue
		}
		for _, r := range f.help(may) {
			if !slices.ContainsFunc(list, r.like) {
				list = append(list, r)
			}
		}
	}
	return list
}

// like tells whether two remedies are one.
func (r Remedy) like(o Remedy) bool {
	return o.Kind == r.Kind && o.Policy.ID == r.Policy.ID && (o.Text == r.Text || r.Kind == HelpPass || r.Kind == HelpExclusion)
}

// help is what would help with one failure. may tells which policies Passdesk may
// relax.
func (f Failure) help(may func(ID) bool) []Remedy {
	list := slices.Clone(remedies[f.by()])
	switch f.by() {
	case byUnknown:
		if len(f.Unmet) == 0 {
			return []Remedy{elsewhere("Microsoft tells what a number means at login.microsoftonline.com/error.")}
		}
	case byEnrol:
		return slices.Concat(list, f.loops())
	case byProof:
		if more := f.stronger(); len(more) > 0 {
			list = more
		}
		return slices.Concat(list, f.loops())
	case byPolicy:
	case byDevice, byApp, byFlow:
	default:
		return list // an exclusion would not help, or would do harm
	}
	return slices.Concat(list, f.stronger(), f.exclusions(may), f.loops())
}

// stronger is what helps where a policy wants more than was shown.
func (f Failure) stronger() []Remedy {
	wanted, beyond := false, false
	for _, p := range f.Unmet {
		if p.Blocks() { // whatever is shown
			return f.blocked()
		}
		w, b := p.proof()
		wanted, beyond = wanted || w, beyond || b
	}
	switch {
	case beyond:
		return []Remedy{passToRegister, steps}
	case wanted && f.by() != byProof: // there the cause tells it
		return []Remedy{newPass, steps}
	}
	return nil
}

// blocked is what helps on a phone that is blocked while registering: a computer.
func (f Failure) blocked() []Remedy {
	if f.OnPhone() && f.registers() {
		return []Remedy{stepsFromDesk, passAtDesk}
	}
	return nil
}
