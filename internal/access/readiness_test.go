package access

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// open is a policy that lets everybody have any passkey.
func open() PasskeyPolicy {
	return PasskeyPolicy{Known: true, Enabled: true, SelfService: true, Include: []PasskeyTarget{{All: true}}, Profiles: []PasskeyProfile{{}}}
}

func allowing(aaguids ...string) PasskeyPolicy {
	p := open()
	p.Profiles[0].Keys = KeyRestrictions{Enforced: true, AAGUIDs: aaguids}
	return p
}

func having(kinds ...string) Credentials {
	c := Credentials{Known: true, Person: Member{Person: Person{ID: "joni"}, Found: true, Enabled: true}, PasskeyPolicy: open()}
	for _, k := range kinds {
		c.Methods = append(c.Methods, Method{Kind: k})
	}
	return c
}

func keyed(c Credentials, keys ...Passkey) Credentials {
	c.Passkeys = keys
	return c
}

func under(c Credentials, p PasskeyPolicy) Credentials {
	c.PasskeyPolicy = p
	return c
}

var (
	onPhone = Passkey{Name: "My phone", AAGUID: authenticatorIOS, Kind: DeviceBound}
	inCloud = Passkey{AAGUID: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", Kind: Synced}
	hourly  = LivePass{Start: noon, Minutes: 60, Usable: true}
)

func TestReadiness(t *testing.T) {
	t.Parallel()
	guest, external, disabled := having(kindPassword), having(kindPassword), keyed(having(kindPassword), onPhone)
	guest.Person.Guest, external.External, disabled.Person.Enabled = true, true, false
	unread, holding, early, used := having(), having(kindPassword), having(kindPassword), having(kindPassword)
	unread.Known = false
	holding.Passes = []LivePass{hourly}
	early.Passes = []LivePass{{Start: noon.Add(time.Hour), Minutes: 60, Usability: "NotYetValid"}}
	used.Passes = []LivePass{{Start: noon, Minutes: 60, Usability: "OneTimeUsed"}}
	grouped := open()
	grouped.Include = []PasskeyTarget{{ID: "pilots"}}
	pilot := under(having(kindPassword), grouped)
	pilot.Person.Groups = []ID{"pilots"}
	barred, off, byOthers, unknown := open(), open(), open(), open()
	barred.Exclude, off.Enabled, byOthers.SelfService, unknown.Known = []ID{"joni"}, false, false, false
	boundOnly := open()
	boundOnly.Profiles[0].Kinds = []PasskeyKind{DeviceBound}
	twoProfiles := open()
	twoProfiles.Profiles = []PasskeyProfile{{ID: "strict", Keys: KeyRestrictions{Enforced: true}}, {ID: "loose"}}
	twoProfiles.Include[0].Profiles = []string{"strict", "loose"}
	strictOnly := twoProfiles
	strictOnly.Include = []PasskeyTarget{{All: true, Profiles: []string{"strict"}}}
	blocking := open()
	blocking.Profiles[0].Keys = KeyRestrictions{Enforced: true, Block: true, AAGUIDs: []string{authenticatorIOS}}
	attested := open()
	attested.Profiles[0].Attested = true
	for name, c := range map[string]struct {
		who  Credentials
		want Ability
		why  string
	}{
		"nobody":                         {Credentials{}, NotOurs, "nobody like that"},
		"a guest":                        {guest, NotOurs, "guests register"},
		"a guest from elsewhere":         {external, NotOurs, "their own help desk"},
		"disabled, with a passkey":       {disabled, NotOurs, "disabled"},
		"methods not told":               {unread, NotLearned, "did not tell"},
		"policy not told":                {under(having(kindPassword), unknown), NotLearned, "did not tell"},
		"nothing at all":                 {having(), NeedsPass, "Needs a pass"},
		"a password alone":               {having(kindPassword), NeedsPass, "Needs a pass"},
		"an address that only resets":    {having(kindPassword, "email"), NeedsPass, "Needs a pass"},
		"the Authenticator app":          {having(kindPassword, kindAuthenticator), CanAdd, "not a passkey"},
		"a phone":                        {having(kindPassword, kindPhone), CanAdd, "phone number"},
		"somebody else's MFA":            {having(kindPassword, kindExternal), CanAdd, "another organisation"},
		"a live pass":                    {holding, HoldsPass, "a pass to register one with"},
		"a pass that begins later":       {early, HoldsPass, "not valid yet"},
		"a pass that was used":           {used, NeedsPass, "Needs a pass"},
		"a passkey":                      {keyed(having(kindPassword), onPhone), Ready, "“My phone”"},
		"a synced passkey, unnamed":      {keyed(having(kindPassword), inCloud), Ready, "iCloud Keychain"},
		"Windows Hello":                  {having(kindPassword, kindHello), Ready, "one computer only"},
		"a model not allowed":            {under(keyed(having(kindPassword), inCloud), allowing(authenticatorIOS)), Outlawed, "its model is not among those allowed"},
		"one of two allowed":             {under(keyed(having(), inCloud, onPhone), allowing(authenticatorIOS)), Ready, "My phone"},
		"a model that is blocked":        {under(keyed(having(kindPhone), onPhone), blocking), Outlawed, "can register one by a phone number"},
		"synced, and not allowed":        {under(keyed(having(), inCloud), boundOnly), Outlawed, "synced between devices"},
		"by one of two profiles":         {under(keyed(having(), inCloud), twoProfiles), Ready, "iCloud"},
		"by none of the profiles":        {under(keyed(having(), inCloud), strictOnly), Outlawed, "model"},
		"attestation binds newcomers":    {under(keyed(having(), inCloud), attested), Ready, "iCloud"},
		"out of scope":                   {under(having(kindAuthenticator), grouped), CannotAdd, "does not include this person"},
		"out of scope with a passkey":    {under(keyed(having(), onPhone), grouped), CannotAdd, "does not include this person"},
		"in scope by group":              {pilot, NeedsPass, "Needs a pass"},
		"excluded":                       {under(having(kindAuthenticator), barred), CannotAdd, "does not include this person"},
		"switched off":                   {under(having(kindAuthenticator), off), CannotAdd, "switched off"},
		"nobody registers by themselves": {under(having(kindAuthenticator), byOthers), CannotAdd, "by themselves"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.who.Readiness(noon.Add(time.Minute))
			require.Equal(t, c.want, got.Ability, got.Why)
			require.Contains(t, got.Why, c.why)
		})
	}
}

func TestPassesThatCount(t *testing.T) {
	t.Parallel()
	c := having()
	c.Passes = []LivePass{hourly}
	_, holds := c.Pass(noon.Add(59 * time.Minute))
	require.True(t, holds)
	_, holds = c.Pass(noon.Add(time.Hour))
	require.False(t, holds, "over")
}
