package teams

import (
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	// BodyLimit is the most that the body of an activity may hold, in bytes.
	BodyLimit = 1 << 20
	// HeaderLimit is what an http.Server in front of a [Receiver] should allow
	// as MaxHeaderBytes: room for the token and the headers of two proxies.
	HeaderLimit = 32 << 10
)

// readBody reads the whole body within its bounds of size and time. The error
// is a [*Refusal]: 400, 408, 413 or 415.
func (r *Receiver) readBody(w http.ResponseWriter, req *http.Request) ([]byte, error) {
	if !jsonContent(req.Header) {
		return nil, &Refusal{Status: http.StatusUnsupportedMediaType, Code: "content type", Detail: req.Header.Get("Content-Type")}
	}
	if req.ContentLength > BodyLimit {
		return nil, tooLarge()
	}
	control := http.NewResponseController(w)
	// A server that knows no deadlines has its body in memory already.
	timed := control.SetReadDeadline(time.Now().Add(r.trust.BodyTime)) == nil
	body, err := fill(req)
	if err != nil {
		return nil, err
	}
	if timed {
		// Otherwise the deadline would end the request while it is being served.
		_ = control.SetReadDeadline(time.Time{})
	}
	return body, nil
}

// fill reads the body into one slice of the announced size.
func fill(req *http.Request) ([]byte, error) {
	size := req.ContentLength
	if size < 0 {
		size = 4 << 10
	}
	body := make([]byte, 0, size+1)
	for {
		n, err := req.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		switch {
		case len(body) > BodyLimit:
			return nil, tooLarge()
		case errors.Is(err, io.EOF):
			return body, nil
		case err != nil:
			return nil, brokenBody(err)
		}
		if len(body) == cap(body) {
			body = append(body, make([]byte, len(body))...)[:len(body)]
		}
	}
}

func brokenBody(err error) *Refusal {
	var timeout net.Error
	if errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout() {
		return &Refusal{Status: http.StatusRequestTimeout, Code: "body too slow", Detail: err.Error()}
	}
	return badBody("body broken off", err.Error())
}

func tooLarge() *Refusal {
	return &Refusal{Status: http.StatusRequestEntityTooLarge, Code: "body too large"}
}

// jsonContent says whether the body is announced as plain JSON, in UTF-8 and
// not compressed.
func jsonContent(h http.Header) bool {
	if len(h["Content-Encoding"]) > 0 {
		return false
	}
	switch announced := h.Get("Content-Type"); announced {
	case "application/json", "application/json; charset=utf-8":
		return true
	default:
		kind, parameters, err := mime.ParseMediaType(announced)
		charset := parameters["charset"]
		return err == nil && kind == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8"))
	}
}
