package access

// exclusions are what helps against the policies that failed: an exclusion from
// those that Passdesk may relax, a change of the others.
func (f Failure) exclusions(may func(ID) bool) []Remedy {
	var list []Remedy
	for _, p := range f.Unmet {
		r := Remedy{Kind: HelpExclusion, Policy: p.Policy, Platform: f.Platform(), Text: "for some hours, agreed by an owner of the policy."}
		if !may(p.Policy.ID) {
			r = Remedy{Kind: HelpChange, Policy: p.Policy, Text: "Passdesk may not relax this policy. Who looks after it can leave the person, the app or the kind of device out of it."}
		}
		list = append(list, r)
	}
	if len(f.Unmet) > 1 {
		list = append(list, elsewhere("More than one policy stood in the way, and each has to be satisfied: an exclusion from one alone may not be enough."))
	}
	return list
}

// What to do about policies that keep a passkey from being registered on a phone.
const (
	loopOfStrength = "If this policy is for all resources, it stops registering a passkey in Microsoft Authenticator on a phone, since it asks for what is about to be registered. " +
		"Split it by platform: on phones a strength that takes a pass or a passkey, on computers a passkey. " +
		"Or leave out the app “Microsoft Authenticator Credential Registration” (" + CredentialRegistration + "). " +
		"Or register from a computer with the QR code."
	loopOfApp = "On a phone this policy also stops registering a passkey in Microsoft Authenticator, which is no protected app then. " +
		"Leave out the app “Microsoft Authenticator Credential Registration” (" + CredentialRegistration + "), or register from a computer with the QR code."
)

// loops are the changes without which a passkey cannot be registered in
// Authenticator on this phone (Entra: support for passkeys in Authenticator, known
// issues).
func (f Failure) loops() []Remedy {
	if !f.OnPhone() || !f.registers() {
		return nil
	}
	var list []Remedy
	for _, p := range f.Unmet {
		_, beyond := p.proof()
		switch {
		case p.Blocks():
		case beyond:
			list = append(list, Remedy{Kind: HelpChange, Policy: p.Policy, Text: loopOfStrength})
		case p.wants("RequireApprovedApp", "RequireCompliantApp"):
			list = append(list, Remedy{Kind: HelpChange, Policy: p.Policy, Text: loopOfApp})
		}
	}
	return list
}
