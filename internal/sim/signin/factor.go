package signin

import (
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Smart lockout (Entra: default threshold and duration).
const (
	lockAfter = 10
	lockFor   = time.Minute
)

// attempts are somebody's wrong passwords in a row.
type attempts struct {
	count int
	until time.Time
}

// firstFactor verifies what the person began with. It returns the code of the
// refusal, or 0.
func (v *visit) firstFactor() int {
	switch v.attempt.Method {
	case Pass:
		return v.usePass()
	case Passkey:
		return v.usePasskey()
	case Hello:
		return v.useHello()
	case Authenticator:
		return v.usePassword("") // the app comes when it is asked for
	}
	return v.usePassword(v.attempt.Code)
}

// usePassword takes an empty one as the right one: the simulation keeps no
// passwords, so that any words typed are wrong ones.
func (v *visit) usePassword(typed string) int {
	now, wrong := v.now(), v.place.wrong[v.person.ID]
	if now.Before(wrong.until) {
		return lockedOut
	}
	if typed != "" {
		wrong.count++
		if wrong.count >= lockAfter {
			wrong = attempts{until: now.Add(lockFor)}
		}
		v.place.wrong[v.person.ID] = wrong
		return wrongPassword
	}
	delete(v.place.wrong, v.person.ID)
	if v.person.PasswordExpired {
		return passwordExpired
	}
	v.shown.combinations = append(v.shown.combinations, "password")
	return 0
}

// usePass takes a Temporary Access Pass. Once it is accepted, a one-time pass is
// used up, whatever the policies say afterwards.
func (v *visit) usePass() int {
	pass, there := v.place.tenant.PassOf(v.person.ID)
	switch {
	case v.person.Guest:
		return passByPolicy
	case !there:
		return passGone
	case pass.Code != v.attempt.Code:
		return passWrong
	}
	used, err := v.place.tenant.UsePass(v.person.ID)
	if err != nil || used.ID != pass.ID {
		return passGone
	}
	if code := passCode(used.Reason); code != 0 {
		return code
	}
	kind := "temporaryAccessPassMultiUse"
	if used.Once {
		kind = "temporaryAccessPassOneTime"
	}
	v.shown.combinations, v.shown.mfa = append(v.shown.combinations, kind), true
	v.pass = used
	return 0
}

// passCode is what the sign-in page says of a pass that is not usable.
func passCode(usability string) int {
	switch usability {
	case entra.EnabledByPolicy:
		return 0
	case entra.Expired:
		return passExpired
	case entra.OneTimeUsed:
		return passUsed
	case entra.NotYetValid:
		return passNotYet
	}
	return passByPolicy
}

// usePasskey takes a passkey: key restrictions hold at sign-in too, attestation
// does not (Entra: passkey key restrictions).
func (v *visit) usePasskey() int {
	keys := v.registered(entra.Passkey)
	if v.attempt.Code != "" {
		keys = slices.DeleteFunc(keys, func(m entra.Method) bool { return !strings.EqualFold(m.ID, v.attempt.Code) })
		if len(keys) == 0 {
			return passkeyOfNobody
		}
	}
	if len(keys) == 0 {
		return passkeyMissing
	}
	admitted := v.admitted(keys)
	if len(admitted) == 0 {
		return passkeyBlocked
	}
	v.shown.combinations, v.shown.mfa = append(v.shown.combinations, "fido2"), true
	v.shown.aaguid = admitted[0].AAGUID
	return 0
}

func (v *visit) admitted(keys []entra.Method) []entra.Method {
	if !v.place.tenant.MayUsePasskeys(v.person.ID) {
		return nil
	}
	allow := v.place.tenant.PasskeyPolicy().Keys
	return slices.DeleteFunc(slices.Clone(keys), func(m entra.Method) bool { return !allow.Admit(m.AAGUID) })
}

func (v *visit) useHello() int {
	if v.attempt.Platform != "windows" || len(v.registered(entra.Hello)) == 0 {
		return helloMissing
	}
	v.shown.combinations, v.shown.mfa = append(v.shown.combinations, "windowsHelloForBusiness"), true
	return 0
}

// registered are the person's methods of a kind. A guest's are at home, and what
// is proved there counts for nothing here.
func (v *visit) registered(kind string) []entra.Method {
	if v.person.Guest {
		return nil
	}
	all := v.place.tenant.Methods(v.person.ID)
	return slices.DeleteFunc(all, func(m entra.Method) bool { return m.Kind != kind })
}

// secondFactors are the methods that could answer a demand for MFA, the
// preferred one first (Entra: system-preferred authentication).
func (v *visit) secondFactors() []string {
	var able []string
	if len(v.admitted(v.registered(entra.Passkey))) > 0 {
		able = append(able, Passkey)
	}
	if len(v.registered(entra.Authenticator)) > 0 {
		able = append(able, Authenticator)
	}
	for _, kind := range []string{entra.Hello, entra.SoftwareOath, entra.Phone} {
		if len(v.registered(kind)) > 0 {
			able = append(able, kind)
		}
	}
	return able
}
