package check

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"
)

// readyLimit is how long a Passdesk that serves may take to say how it is.
const readyLimit = 5 * time.Second

// lookAtEndpoint looks whether the addresses to listen at are free, or taken by a
// Passdesk that serves already.
func (r *run) lookAtEndpoint(ctx context.Context) {
	r.lookAtAddress(ctx, "listen", r.config.Listen, r.served)
	if r.config.Metrics != "" {
		r.lookAtAddress(ctx, "metrics", r.config.Metrics, func(ctx context.Context, address string) {
			r.fine("metrics: somebody serves at " + address + " already, which is right while Passdesk runs.")
		})
	}
}

func (r *run) lookAtAddress(ctx context.Context, key, address string, taken func(context.Context, string)) {
	switch err := free(ctx, address); {
	case err == nil:
		r.fine(key + ": " + address + " is free.")
	case errors.Is(err, syscall.EADDRINUSE):
		taken(ctx, address)
	default:
		r.find(Error, key+": nobody can listen at "+address+": "+err.Error()+".", "Choose an address of this machine, and a port that Passdesk may open.")
	}
}

// served asks who is there whether it is a Passdesk, and well.
func (r *run) served(ctx context.Context, address string) {
	const other = "Stop the other program, or choose another address."
	ready, err := readyAt(ctx, address)
	switch {
	case err != nil:
		r.find(Error, "listen: another program has "+address+".", other)
	case !ready.Ready:
		r.find(Error, "listen: a Passdesk serves at "+address+" and is not ready: "+ready.failing()+".", "See what the other lines here say of it, and its log.")
	case ready.failing() != "":
		r.find(Warning, "listen: a Passdesk serves at "+address+", but not all is well with it: "+ready.failing()+".", "See what the other lines here say of it, and its log.")
	default:
		r.fine("listen: a Passdesk serves at " + address + ", and is ready.")
	}
}

// readiness is the body of GET /readyz.
type readiness struct {
	Ready bool              `json:"ready"`
	Parts map[string]string `json:"parts"`
}

func (r readiness) failing() string {
	var all []string
	for _, part := range slices.Sorted(maps.Keys(r.Parts)) {
		if state := r.Parts[part]; state != "ok" && state != "unknown" {
			all = append(all, part+" "+state)
		}
	}
	return strings.Join(all, ", ")
}

var errNoPassdesk = errors.New("no Passdesk answers there")

func readyAt(ctx context.Context, address string) (readiness, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return readiness{}, err
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", nil)
	if err != nil {
		return readiness{}, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return readiness{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	var ready readiness
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&ready); err != nil || ready.Parts == nil {
		return readiness{}, errors.Join(errNoPassdesk, err)
	}
	return ready, nil
}
