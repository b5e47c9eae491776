package signin

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Limits of a session. A pass ends its sessions, too.
const (
	sessionLength = 24 * time.Hour
	sessionsKept  = 10_000
)

// session is somebody signed in on a device.
type session struct {
	attempt Attempt
	person  string // object id
	at      time.Time
	shown   proof
	goodFor string
	// pass is the id of the pass that opened it, which may be once only.
	pass string
	once bool
	// scanned says that a QR code has been scanned in it before.
	scanned bool
}

// open keeps a session and returns its name.
func (s *SignIn) open(opened *session) string {
	name := uuid.NewString()
	s.sessions[name] = opened
	s.order = append(s.order, name)
	if len(s.order) > sessionsKept {
		delete(s.sessions, s.order[0])
		s.order = slices.Delete(s.order, 0, 1)
	}
	return name
}

// alive says whether a session still holds, with the person as they are now, or
// the code of why it has ended. It hears of a revocation when that has got here.
func (s *SignIn) alive(opened *session) (entra.Person, int) {
	p, known := s.tenant.Person(opened.person)
	switch {
	case !known:
		return p, unknownUser
	case !p.Enabled:
		return p, disabled
	case s.tenant.Seen(0).SessionsFrom(p.ID).After(opened.at), s.tenant.Now().Sub(opened.at) > sessionLength:
		return p, strongAuth
	case opened.pass == "":
		return p, 0
	}
	pass, there := s.tenant.PassOf(p.ID)
	switch {
	case !there, !strings.EqualFold(pass.ID, opened.pass):
		return p, passGone
	case !s.tenant.Now().Before(endOf(pass)):
		return p, passExpired
	}
	return p, 0
}

func endOf(pass entra.Pass) time.Time {
	return pass.Start.Add(time.Duration(pass.Minutes) * time.Minute)
}
