package access

import "strings"

// strengthPrefix begins a control that is an authentication strength.
const strengthPrefix = "require authentication strength"

// controlWords are the controls of the log in words.
var controlWords = map[string]string{
	"mfa":                       "multifactor authentication",
	"requirecompliantdevice":    "a compliant device",
	"requiredomainjoineddevice": "a device that is joined to the organisation",
	"requireapprovedapp":        "an approved app",
	"requirecompliantapp":       "an app under app protection",
	"passwordchange":            "a new password",
	"termsofuse":                "agreement to the terms of use",
}

// Blocks tells whether the policy blocks, so that nothing satisfies it.
func (p AppliedPolicy) Blocks() bool { return p.wants("block") }

func (p AppliedPolicy) wants(controls ...string) bool {
	for _, c := range p.Controls {
		for _, one := range controls {
			if strings.EqualFold(c, one) {
				return true
			}
		}
	}
	return false
}

// Wants are what the policy asks for, in words; a control that Passdesk does not
// know is called as the log calls it. Empty for a policy that blocks.
func (p AppliedPolicy) Wants() []string {
	var all []string
	for _, c := range p.Controls {
		name, strength := strengthOf(c)
		switch words, known := controlWords[strings.ToLower(c)]; {
		case strings.EqualFold(c, "block"):
		case known:
			all = append(all, words)
		case strength && name != "":
			all = append(all, "the authentication strength “"+name+"”")
		case c != "":
			all = append(all, c)
		}
	}
	return all
}

// strengthOf is the name of the authentication strength that a control is.
func strengthOf(control string) (name string, ok bool) {
	if len(control) < len(strengthPrefix) || !strings.EqualFold(control[:len(strengthPrefix)], strengthPrefix) {
		return "", false
	}
	return strings.Trim(control[len(strengthPrefix):], " -:"), true
}

// plainStrength is the built-in strength that any second factor meets, a pass
// among them (Entra: built-in authentication strengths).
const plainStrength = "Multifactor authentication"

// proof tells what the policy wants to be proved: anything more than a password,
// and whether it is more than a pass can prove. The strengths of organisations
// themselves may take passes; the log does not tell.
func (p AppliedPolicy) proof() (wanted, beyondPass bool) {
	wanted = p.wants("mfa")
	for _, c := range p.Controls {
		if name, ok := strengthOf(c); ok {
			wanted = true
			beyondPass = beyondPass || !strings.EqualFold(name, plainStrength)
		}
	}
	return wanted, beyondPass
}
