package entra

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// SignIn is one line of the sign-in log, in the words of Graph's signIn.
type SignIn struct {
	// Number counts the lines; later ones have higher numbers.
	Number           int             `json:"-"`
	ID               string          `json:"id"`
	Created          time.Time       `json:"createdDateTime"`
	UserName         string          `json:"userDisplayName"`
	UPN              string          `json:"userPrincipalName"`
	UserID           string          `json:"userId"`
	AppID            string          `json:"appId"`
	AppName          string          `json:"appDisplayName"`
	ResourceID       string          `json:"resourceId"`
	ResourceName     string          `json:"resourceDisplayName"`
	IP               string          `json:"ipAddress"`
	Client           string          `json:"clientAppUsed"`
	Correlation      string          `json:"correlationId"`
	ConditionalState string          `json:"conditionalAccessStatus"`
	Interactive      bool            `json:"isInteractive"`
	Status           SignInStatus    `json:"status"`
	Device           SignInDevice    `json:"deviceDetail"`
	Place            SignInPlace     `json:"location"`
	Policies         []AppliedPolicy `json:"appliedConditionalAccessPolicies"`
}

// SignInStatus is how a sign-in went; code 0 is success.
type SignInStatus struct {
	Code   int    `json:"errorCode"`
	Reason string `json:"failureReason"`
	Detail string `json:"additionalDetails,omitempty"`
}

// SignInDevice is what the device told of itself.
type SignInDevice struct {
	System    string `json:"operatingSystem"`
	Browser   string `json:"browser"`
	Compliant bool   `json:"isCompliant"`
	Managed   bool   `json:"isManaged"`
	Trust     string `json:"trustType"`
}

// SignInPlace is where the address seems to be.
type SignInPlace struct {
	City        string      `json:"city"`
	State       string      `json:"state"`
	Country     string      `json:"countryOrRegion"`
	Coordinates Coordinates `json:"geoCoordinates"`
}

// Coordinates are in degrees.
type Coordinates struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
}

// AppliedPolicy is what became of one policy at a sign-in: success, failure,
// notApplied, notEnabled, or one of these for a policy in report-only mode.
type AppliedPolicy struct {
	ID       string   `json:"id"`
	Name     string   `json:"displayName"`
	Controls []string `json:"enforcedGrantControls"`
	Result   string   `json:"result"`
}

// signInsKept is how many lines the log keeps; older ones are forgotten.
const signInsKept = 50_000

// Bounds of the log's delay (Entra: latency of activity reports).
const (
	logDelayLeast = 2 * time.Minute
	logDelayMost  = 5 * time.Minute
)

// signInLog is part of the tenant's state.
type signInLog struct {
	lines   []SignIn
	counted int
}

// LogSignIns adds lines to the sign-in log, all with one clock reading, and
// fills in their ids.
func (t *Tenant) LogSignIns(lines ...SignIn) {
	t.write(func() {
		for _, line := range lines {
			t.signIns.counted++
			line.Number, line.Created = t.signIns.counted, t.now()
			line.ID = t.id(fmt.Sprintf("sign-in %d %d", line.Number, line.Created.UnixNano()))
			t.signIns.lines = append(t.signIns.lines, line)
		}
		if extra := len(t.signIns.lines) - signInsKept; extra > 0 {
			t.signIns.lines = slices.Delete(t.signIns.lines, 0, extra)
		}
	})
}

// SignIns lists the log as it happened, the oldest line first.
func (t *Tenant) SignIns() []SignIn {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return slices.Clone(t.signIns.lines)
}

// VisibleSignIns lists what the log shows by now, the newest line first. In a
// log that is delayed a line takes two to five minutes to get there.
func (t *Tenant) VisibleSignIns(delayed bool) []SignIn {
	t.mu.RLock()
	defer t.mu.RUnlock()
	now := t.now()
	var seen []SignIn
	for _, line := range slices.Backward(t.signIns.lines) {
		if !delayed || !now.Before(line.Created.Add(t.logDelay(line.Number))) {
			seen = append(seen, line)
		}
	}
	return seen
}

// logDelay is that of the line with the number; it follows from the seed.
func (t *Tenant) logDelay(number int) time.Duration {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s delay %d", t.root, number))
	share := int64(binary.BigEndian.Uint16(sum[:2]))
	return logDelayLeast + time.Duration(int64(logDelayMost-logDelayLeast)*share>>16)
}
