package teams

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// hosts is the list of hosts where answers, and with them the connector's token
// and people's data, may be sent.
type hosts []host

type host struct {
	name string // lower case
	port string // "443" unless said otherwise
	ip   bool   // an address has no subdomains
}

var errNoHosts = errors.New("no service hosts are allowed")

func parseHosts(entries []string) (hosts, error) {
	if len(entries) == 0 {
		return nil, errNoHosts
	}
	all := make(hosts, 0, len(entries))
	for _, entry := range entries {
		u, err := serviceURL("https://" + entry)
		if err != nil || u.Path != "" {
			return nil, fmt.Errorf("service host %q is neither host nor host:port", entry)
		}
		h := asHost(u)
		if !h.ip && !strings.Contains(h.name, ".") && h.name != "localhost" {
			return nil, fmt.Errorf("service host %q would allow a whole top-level domain", entry)
		}
		all = append(all, h)
	}
	return all, nil
}

func asHost(u *url.URL) host {
	h := host{name: u.Hostname(), port: u.Port()}
	if h.port == "" {
		h.port = "443"
	}
	_, err := netip.ParseAddr(h.name)
	h.ip = err == nil
	return h
}

// allowed parses a service URL whose host is on the list.
func (hs hosts) allowed(address string) (*url.URL, error) {
	u, err := serviceURL(address)
	if err != nil {
		return nil, err
	}
	h := asHost(u)
	for _, ok := range hs {
		if h.port != ok.port {
			continue
		}
		if h.name == ok.name || !ok.ip && strings.HasSuffix(h.name, "."+ok.name) {
			return u, nil
		}
	}
	return nil, fmt.Errorf("service host %q is not allowed", u.Host)
}

// serviceURL parses an https address that cannot be read in two ways: no user
// before the host, no query, and a host of plain ASCII, so that a look-alike
// letter or a trailing dot is not mistaken for an allowed name.
func serviceURL(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("service URL cannot be parsed")
	}
	switch {
	case u.Scheme != "https":
		return nil, errors.New("service URL is not https")
	case u.User != nil:
		return nil, errors.New("service URL names a user")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "":
		return nil, errors.New("service URL has a query or a fragment")
	}
	u.Host = strings.ToLower(u.Host)
	if !asciiHost(u.Hostname()) {
		return nil, errors.New("service URL has no plain host name")
	}
	return u, nil
}

func asciiHost(name string) bool {
	if name == "" || strings.HasPrefix(name, ".") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") {
		return false
	}
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '.', c == ':': // the last in an IPv6 address
		default:
			return false
		}
	}
	return true
}
