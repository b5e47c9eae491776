package page

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// policy allows what the page is made of and nothing else: no inline script or
// style, no other host, not even for a picture on a card. HTML is written
// through the named doors of the card renderer and of the Markdown writer alone.
const policy = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types adaptivecards#markdownPassthroughPolicy " +
	"adaptivecards#restoreContentsPolicy adaptivecards#deprecatedExportedFunctionPolicy passdesk#markdown"

// guard lets in requests for a loopback name that come from the page itself,
// or from a program that is no browser.
func guard(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !loopback(r.Host) || foreign(r) {
			fail(w, http.StatusForbidden, "This page is for this machine alone: open it as localhost.")
			return
		}
		sameOrigin.ServeHTTP(w, r)
	})
}

// foreign says whether a page of another origin asks. Go's own protection is
// for requests that change something; here nothing may be read either.
func foreign(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" || site == "same-site" {
		return r.URL.Path != "/" || r.Header.Get("Sec-Fetch-Mode") != "navigate" // a link to the page is fine
	}
	origin := r.Header.Get("Origin")
	return origin != "" && origin != "http://"+r.Host
}

// loopback says whether a Host header names this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
