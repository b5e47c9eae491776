package fault

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
)

// bodyLimit bounds what is read of a request before it is delayed.
const bodyLimit = 8 << 20

// Refuse writes the error that a service answers with a fault's status. The
// headers of the fault are set already.
type Refuse func(w http.ResponseWriter, r *http.Request, f Fault)

// Layer lets a set's faults befall the requests to a handler.
func Layer(set *Set, refuse Refuse, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, met := set.Meet(r.Method, Names(r.URL)...)
		if !met {
			next.ServeHTTP(w, r)
			return
		}
		befall(w, r, f, refuse, next)
	})
}

func befall(w http.ResponseWriter, r *http.Request, f Fault, refuse Refuse, next http.Handler) {
	// A server hears of a client that has gone only once the body is read.
	body, err := io.ReadAll(io.LimitReader(r.Body, bodyLimit))
	if err != nil {
		panic(http.ErrAbortHandler) // there is nobody left to answer
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	kept := &recorder{header: http.Header{}}
	if f.AfterCommit {
		next.ServeHTTP(kept, r.WithContext(context.WithoutCancel(r.Context())))
	}
	if f.Wait(r.Context()) != nil || f.Reset {
		panic(http.ErrAbortHandler) // net/http drops the connection, or the stream
	}
	switch {
	case f.Status != 0:
		for name, values := range f.Header() {
			w.Header()[name] = values
		}
		refuse(w, r, f)
	case f.AfterCommit:
		kept.replay(w)
	default:
		next.ServeHTTP(w, r)
	}
}

// Names are the names by which a request may be meant: its path, and the path
// with its query, as a person would write them.
func Names(u *url.URL) []string {
	if u.RawQuery == "" {
		return []string{u.Path}
	}
	query, err := url.QueryUnescape(u.RawQuery)
	if err != nil {
		query = u.RawQuery
	}
	return []string{u.Path, u.Path + "?" + query}
}

// recorder keeps an answer.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (k *recorder) Header() http.Header { return k.header }

func (k *recorder) WriteHeader(status int) {
	if k.status == 0 {
		k.status = status
	}
}

func (k *recorder) Write(p []byte) (int, error) {
	k.WriteHeader(http.StatusOK)
	return k.body.Write(p)
}

func (k *recorder) replay(w http.ResponseWriter) {
	for name, values := range k.header {
		w.Header()[name] = values
	}
	k.WriteHeader(http.StatusOK)
	w.WriteHeader(k.status)
	_, _ = w.Write(k.body.Bytes()) // the client has gone; nobody is left to tell
}
