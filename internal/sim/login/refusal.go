package login

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/uuid"
)

// refusal is one of Entra's errors ("Microsoft Entra authentication and
// authorization error codes"), with the OAuth error that it travels under.
type refusal struct {
	status int
	kind   string // error of RFC 6749, section 5.2
	code   int    // the number after AADSTS
	text   string
}

// refuse writes the error document of the token endpoint.
func (l *Login) refuse(w http.ResponseWriter, r *http.Request, f *refusal) {
	trace, correlation := uuid.NewString(), r.Header.Get("client-request-id")
	if uuid.Validate(correlation) != nil {
		correlation = uuid.NewString()
	}
	at := l.now().UTC().Format("2006-01-02 15:04:05Z")
	w.Header().Set("x-ms-request-id", trace)
	answer(w, f.status, map[string]any{
		"error": f.kind,
		"error_description": fmt.Sprintf("AADSTS%d: %s Trace ID: %s Correlation ID: %s Timestamp: %s",
			f.code, f.text, trace, correlation, at),
		"error_codes":    []int{f.code},
		"timestamp":      at,
		"trace_id":       trace,
		"correlation_id": correlation,
		"error_uri":      "https://" + r.Host + "/error?code=" + strconv.Itoa(f.code),
	})
}

func bad(kind string, code int, format string, args ...any) *refusal {
	return &refusal{status: http.StatusBadRequest, kind: kind, code: code, text: fmt.Sprintf(format, args...)}
}

func unauthorized(code int, format string, args ...any) *refusal {
	return &refusal{status: http.StatusUnauthorized, kind: "invalid_client", code: code, text: fmt.Sprintf(format, args...)}
}

func tenantNotFound(tenant string) *refusal {
	return bad("invalid_request", 90002, "Tenant '%s' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. "+
		"Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.", tenant)
}

func noTenant() *refusal {
	return bad("invalid_request", 50059, "No tenant-identifying information found in either the request or implied by any provided credentials.")
}

func missing(parameter string) *refusal {
	return bad("invalid_request", 900144, "The request body must contain the following parameter: '%s'.", parameter)
}

func appNotFound(app, directory string) *refusal {
	return bad("unauthorized_client", 700016, "Application with identifier '%s' was not found in the directory '%s'. "+
		"This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. "+
		"You may have sent your authentication request to the wrong tenant.", app, directory)
}

func wrongSecret(app string) *refusal {
	return unauthorized(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "+
		"not the client secret ID, for a secret added to app '%s'.", app)
}

func secretEnded(app string) *refusal {
	return unauthorized(7000222, "The provided client secret keys for app '%s' are expired. Visit the Azure portal to create new keys for your app: "+
		"https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.", app)
}

func keyNotFound(thumbprint, app string) *refusal {
	return badSignature("The key was not found.", thumbprint, app)
}

func badSignature(reason, thumbprint, app string) *refusal {
	return unauthorized(700027, "The certificate with identifier used to sign the client assertion is not registered on application. "+
		"[Reason - %s, Thumbprint of key used by client: '%s', Please visit the Azure Portal, Graph Explorer or directly use MS Graph "+
		"to see configured keys for app Id '%s'.].", reason, thumbprint, app)
}
