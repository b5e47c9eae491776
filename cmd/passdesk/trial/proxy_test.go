package trial_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// roundRobin gives requests to replicas, one after the other. What could not be
// given to one, because it is down, goes to the next.
type roundRobin struct {
	addresses []string
	next      atomic.Int64
	base      http.Transport
}

// RoundTrip implements http.RoundTripper.
func (r *roundRobin) RoundTrip(req *http.Request) (*http.Response, error) {
	var err error
	for range r.addresses {
		req.URL.Host = r.addresses[int(r.next.Add(1))%len(r.addresses)]
		var resp *http.Response
		if resp, err = r.base.RoundTrip(req); err == nil {
			return resp, nil
		}
		if failed, ok := errors.AsType[*net.OpError](err); !ok || failed.Op != "dial" {
			return nil, err // it may have arrived
		}
	}
	return nil, err
}

// front serves the replicas at one address, until the function that it returns
// is called.
func front(t *testing.T, address string, replicas []string) func() {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", address)
	require.NoError(t, err)
	through := &roundRobin{addresses: replicas, base: http.Transport{MaxIdleConnsPerHost: 64}}
	server := &http.Server{Handler: &httputil.ReverseProxy{
		Transport:    through,
		Rewrite:      func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: address}) },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l)
	}()
	return func() {
		_ = server.Close()
		<-done
		through.base.CloseIdleConnections()
	}
}
