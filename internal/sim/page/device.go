package page

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/signin"
)

// Devices are the laptops and phones of the tenant's people, which sign in and
// register passkeys as Entra's own pages do; *signin.SignIn is one.
type Devices interface {
	SignIn(signin.Attempt) signin.Outcome
	Register(signin.Registration) signin.Result
	// Use goes on with a session that a sign-in has opened.
	Use(session string) signin.Usage
}

// signIn tries to sign somebody in.
func (p *Page) signIn(w http.ResponseWriter, r *http.Request) {
	var a signin.Attempt
	if !decode(w, r, &a) {
		return
	}
	if p.Devices == nil {
		fail(w, http.StatusBadRequest, "Nobody has a device here.")
		return
	}
	answer(w, p.Devices.SignIn(a))
}

// useSession goes on with what an earlier sign-in has opened: {"session"}.
func (p *Page) useSession(w http.ResponseWriter, r *http.Request) {
	var on struct {
		Session string `json:"session"`
	}
	if !decode(w, r, &on) {
		return
	}
	if p.Devices == nil {
		fail(w, http.StatusBadRequest, "Nobody has a device here.")
		return
	}
	answer(w, p.Devices.Use(on.Session))
}

// register tries to register a passkey.
func (p *Page) register(w http.ResponseWriter, r *http.Request) {
	var a signin.Registration
	if !decode(w, r, &a) {
		return
	}
	if p.Devices == nil {
		fail(w, http.StatusBadRequest, "Nobody has a device here.")
		return
	}
	answer(w, p.Devices.Register(a))
}

// signInView is one try to sign in: the lines of the log with one correlation
// id, of which the last one tells how it ended.
type signInView struct {
	ID         string    `json:"id"` // the correlation
	At         time.Time `json:"at"`
	Person     string    `json:"person"`
	Device     string    `json:"device"`
	Code       int       `json:"code"`
	Reason     string    `json:"reason"`
	Interrupts []int     `json:"interrupts"` // codes before that, in order
	Failed     []string  `json:"failed"`     // the policies that were not met
}

// newest is how many lines of the log are looked at.
const newest = 80

// signIns are the log as it happened, the newest first. The bot sees a line some
// minutes later.
func (p *Page) signIns() []signInView {
	shown := []signInView{}
	log := p.Tenant.SignIns()
	for _, line := range slices.Backward(log[max(0, len(log)-newest):]) {
		if last := len(shown) - 1; last >= 0 && shown[last].ID == line.Correlation {
			shown[last].Interrupts = slices.Insert(shown[last].Interrupts, 0, line.Status.Code)
			continue
		}
		shown = append(shown, ended(line))
	}
	return shown
}

func ended(line entra.SignIn) signInView {
	v := signInView{
		ID: line.Correlation, At: line.Created, Person: cmp.Or(line.UserName, line.UPN), Device: device(line.Device.System),
		Code: line.Status.Code, Reason: line.Status.Reason, Interrupts: []int{}, Failed: []string{},
	}
	for _, policy := range line.Policies {
		if policy.Result == "failure" {
			v.Failed = append(v.Failed, policy.Name)
		}
	}
	return v
}

// device is a system as people call it: the log writes Apple's in its own way.
func device(system string) string {
	return strings.NewReplacer("Ios", "iOS", "MacOs", "macOS").Replace(system)
}
