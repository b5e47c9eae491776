package graph

import (
	"errors"
	"maps"
	"net/http"
)

// fault is an error as Graph words it.
type fault struct {
	Status        int
	Code, Message string
	// repeated puts the message into innerError too, as some services do.
	repeated bool
	// header is sent along, inner added to innerError.
	header http.Header
	inner  object
}

func (f *fault) Error() string { return f.Code + ": " + f.Message }

// refuse makes the reply of an error (Graph: error responses and resource types).
func (g *Graph) refuse(err error, ids correlation) Reply {
	var f *fault
	if !errors.As(err, &f) {
		f = &fault{Status: http.StatusInternalServerError, Code: "UnknownError", Message: err.Error()}
	}
	inner := object{
		"date":              g.tenant.Now().Format("2006-01-02T15:04:05"),
		"request-id":        ids.request,
		"client-request-id": ids.client,
	}
	if f.repeated {
		inner["message"] = f.Message
	}
	maps.Copy(inner, f.inner)
	reply := Reply{Status: f.Status, Header: f.header, Body: object{"error": object{"code": f.Code, "message": f.Message, "innerError": inner}}}
	if f.Status == http.StatusUnauthorized && len(f.header) == 0 {
		reply.Header = http.Header{"Www-Authenticate": {`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000"`}}
	}
	return reply
}

func unauthenticated(err error) *fault {
	return &fault{Status: http.StatusUnauthorized, Code: "InvalidAuthenticationToken", Message: err.Error()}
}

// badRequest is what the gateway in front of all services answers.
func badRequest(message string) *fault {
	return &fault{Status: http.StatusBadRequest, Code: "BadRequest", Message: message}
}

// badDirectoryRequest is what the directory answers.
func badDirectoryRequest(message string) *fault {
	return &fault{Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: message}
}

// unsupported is a query that is well formed, but not offered.
func unsupported(message string) *fault {
	return &fault{Status: http.StatusBadRequest, Code: "Request_UnsupportedQuery", Message: message}
}

// notFound names what does not exist: an id, or "manager".
func notFound(what string) *fault {
	return &fault{
		Status: http.StatusNotFound, Code: "Request_ResourceNotFound",
		Message: "Resource '" + what + "' does not exist or one of its queried reference-property objects are not present.",
	}
}

func denied() *fault {
	return &fault{Status: http.StatusForbidden, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."}
}

// badMethod is the lower-case code of the authentication methods' service.
func badMethod(message string) *fault {
	return &fault{Status: http.StatusBadRequest, Code: "badRequest", Message: message, repeated: true}
}

func badJSON() *fault {
	return badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
}
