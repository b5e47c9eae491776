package graph

import (
	"context"
	"net/http"
	"strings"

	faults "github.com/passdesk/passdesk/internal/sim/fault"
)

// namesOf are the names by which a fault may mean a request.
func namesOf(req Request) []string {
	names := faults.Names(req.URL)
	for _, name := range names {
		names = append(names, version+name)
	}
	return names
}

// befall lets a fault befall a request.
func (g *Graph) befall(ctx context.Context, req Request, f faults.Fault, ids correlation, serve func() Reply) Reply {
	var reply Reply
	if f.AfterCommit {
		reply = serve()
	}
	switch gone := f.Wait(ctx) != nil; {
	case gone || f.Reset:
		return Reply{Reset: true}
	case f.Status != 0:
		return g.refuse(planned(req, f), ids)
	case f.AfterCommit:
		return reply
	}
	return serve()
}

// planned is the error of a fault: what Graph says with that status.
func planned(req Request, f faults.Fault) *fault {
	made := usual(req, f.Status)
	made.Status, made.header = f.Status, f.Header()
	if f.Code != "" {
		made.Code = f.Code
	}
	if f.Message != "" {
		made.Message = f.Message
	}
	return made
}

// usual is the error that a status most often comes with. Gateways answer 502
// and 504 for services that do not, with no more than a code.
func usual(req Request, status int) *fault {
	methods := strings.Contains(req.URL.Path, "/authentication/")
	switch status {
	case http.StatusUnauthorized:
		return &fault{Code: "InvalidAuthenticationToken", Message: "Lifetime validation failed, the token is expired."}
	case http.StatusForbidden:
		if methods {
			return &fault{Code: "accessDenied", Message: "Request Authorization failed", repeated: true}
		}
		return denied()
	case http.StatusNotFound:
		segments := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
		return notFound(segments[min(1, len(segments)-1)])
	case http.StatusConflict:
		return &fault{Code: "Directory_ConcurrencyViolation", Message: "An item with the same id is being changed by another request. Please retry the request."}
	case http.StatusTooManyRequests:
		return tooMany(nil)
	case http.StatusServiceUnavailable:
		return &fault{Code: "serviceNotAvailable", Message: "Service unavailable"}
	case http.StatusInternalServerError:
		return &fault{Code: "generalException", Message: "An unspecified error has occurred."}
	}
	if status < http.StatusInternalServerError {
		return badRequest("Invalid request.")
	}
	return &fault{Code: "UnknownError"}
}
