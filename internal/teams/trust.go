package teams

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Issuer is who signs the channel's tokens in the public cloud (Bot Framework:
// Connector authentication, "Connector to Bot").
const Issuer = "https://api.botframework.com"

// Trust says whose activities are let in.
type Trust struct {
	// AppID is the bot's application id, the only audience that is accepted.
	AppID string
	// Tenant is the only Entra tenant whose people are served.
	Tenant string
	// Metadata is the address of the channel's OpenID configuration; https only.
	Metadata string
	// Issuer is the exact issuer of tokens; empty means the public cloud's.
	Issuer string
	// ServiceHosts are the hosts where answers may be sent, as host or
	// host:port, subdomains included.
	ServiceHosts []string
	// HTTP fetches metadata and keys; nil means a client with time-outs.
	HTTP *http.Client
	// Now is the clock that tokens are held against; nil means the real one.
	Now func() time.Time
	// Log hears about keys that could not be fetched; nil means silence.
	Log *slog.Logger
	// BodyTime is how long a body may take to arrive; zero means 10 s.
	BodyTime time.Duration
}

// check finds all that is missing or insecure.
func (t Trust) check() error {
	var faults []error
	if !guid(t.AppID) {
		faults = append(faults, fmt.Errorf("app id %q is not a GUID", t.AppID))
	}
	if !guid(t.Tenant) {
		faults = append(faults, fmt.Errorf("tenant %q is not a GUID", t.Tenant))
	}
	if !secure(t.Metadata) {
		faults = append(faults, fmt.Errorf("OpenID metadata %q is not an https address", t.Metadata))
	}
	if t.BodyTime < 0 {
		faults = append(faults, fmt.Errorf("body time %s is negative", t.BodyTime))
	}
	return errors.Join(faults...)
}

// filled returns t with its defaults.
func (t Trust) filled() Trust {
	t.AppID, t.Tenant = strings.ToLower(t.AppID), strings.ToLower(t.Tenant)
	if t.Issuer == "" {
		t.Issuer = Issuer
	}
	if t.Now == nil {
		t.Now = time.Now
	}
	if t.Log == nil {
		t.Log = slog.New(slog.DiscardHandler)
	}
	if t.BodyTime == 0 {
		t.BodyTime = 10 * time.Second
	}
	return t
}

// secure says whether an address is https with a host and nothing odd.
func secure(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil
}

// guid says whether an id has the form 8-4-4-4-12 of hexadecimal digits.
func guid(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		switch i {
		case 8, 13, 18, 23:
			if id[i] != '-' {
				return false
			}
		default:
			if !hexDigit(id[i]) {
				return false
			}
		}
	}
	return true
}

func hexDigit(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f'
}

// closed returns a client that reaches exactly the address it is given: it
// follows no redirect and has a time-out.
func closed(client *http.Client, most time.Duration) *http.Client {
	c := http.Client{}
	if client != nil {
		c = *client
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Jar = nil
	if c.Timeout == 0 || c.Timeout > most {
		c.Timeout = most
	}
	return &c
}
