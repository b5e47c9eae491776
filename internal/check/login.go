package check

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// loginLimit is how long login may take.
const loginLimit = 15 * time.Second

// lookAtLogin asks login about the tenant, as anybody may.
func (r *run) lookAtLogin(ctx context.Context) {
	status, err := r.metadata(ctx)
	switch {
	case err != nil:
		r.find(Error, "Login cannot be reached: "+err.Error()+".", "See that "+r.config.Entra.Authority+" can be reached from here, through the proxy if there is one, and that entra.authority and entra.ca_file are right.")
	case status == http.StatusBadRequest || status == http.StatusNotFound:
		r.find(Error, "Login does not know the tenant "+r.config.Tenant+".", "See that tenant is the directory's id, and entra.authority its cloud.")
	case status != http.StatusOK:
		r.find(Error, fmt.Sprintf("Login answered %d.", status), "Try again in a few minutes; see https://status.cloud.microsoft.")
	default:
		r.fine("Login knows the tenant.")
	}
}

// metadata asks for the tenant's OpenID configuration, and notes login's time.
func (r *run) metadata(ctx context.Context) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, loginLimit)
	defer cancel()
	address := strings.TrimSuffix(r.config.Entra.Authority, "/") + "/" + r.config.Tenant + "/v2.0/.well-known/openid-configuration"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	sent := r.Now()
	resp, err := r.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		r.noteClock("login", at, sent)
	}
	var document struct {
		TokenEndpoint string `json:"token_endpoint"`
	}
	err = json.NewDecoder(io.LimitReader(resp.Body, 1<<18)).Decode(&document)
	if resp.StatusCode == http.StatusOK && (err != nil || document.TokenEndpoint == "") {
		return 0, fmt.Errorf("%s is no OpenID configuration", address)
	}
	return resp.StatusCode, nil
}
