package graph

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// logPages bounds how many pages of a log are read. One holds all that is wanted;
// Graph may answer with shorter ones, even empty ones, that go on.
const logPages = 3

// signIn is a line of the sign-in log (Graph: signIn). The SDK's model would make
// the result of a policy that it does not know another one.
type signIn struct {
	Created     string `json:"createdDateTime"`
	Correlation string `json:"correlationId"`
	App         string `json:"appDisplayName"`
	AppID       string `json:"appId"`
	Access      string `json:"conditionalAccessStatus"`
	Status      struct {
		Code   *int   `json:"errorCode"`
		Reason string `json:"failureReason"`
	} `json:"status"`
	Device struct {
		System string `json:"operatingSystem"`
	} `json:"deviceDetail"`
	Place struct {
		City    string `json:"city"`
		Country string `json:"countryOrRegion"`
	} `json:"location"`
	Policies []struct {
		ID       string   `json:"id"`
		Name     string   `json:"displayName"`
		Result   string   `json:"result"`
		Controls []string `json:"enforcedGrantControls"`
	} `json:"appliedConditionalAccessPolicies"`
}

// SignIns implements access.Directory: one call, where Graph fills its page.
func (d *Directory) SignIns(ctx context.Context, person access.ID, since time.Time) (access.SignInLog, error) {
	of := "userId eq " + literal(string(person)) + " and createdDateTime ge " + since.UTC().Format(time.RFC3339)
	path := "/auditLogs/signIns" + query("$filter", of, "$top", strconv.Itoa(access.SignInsShown))
	got, err := d.line.get(ctx, path)
	var lines []signIn
	var next string
	for page := 1; err == nil; page++ {
		if lines, next, err = entries(lines, got.body); err != nil || next == "" || len(lines) >= access.SignInsShown || page == logPages {
			break
		}
		got.body, err = d.line.more(ctx, next)
	}
	if err != nil {
		return access.SignInLog{}, unread(err)
	}
	log := access.SignInLog{More: next != "" || len(lines) > access.SignInsShown}
	for _, l := range lines[:min(len(lines), access.SignInsShown)] {
		log.Lines = append(log.Lines, l.line())
	}
	return log, nil
}

// line is what the desk needs of a line.
func (s signIn) line() access.SignIn {
	l := access.SignIn{
		Correlation: s.Correlation, App: s.App, AppID: s.AppID, System: s.Device.System,
		City: s.Place.City, Country: s.Place.Country, Reason: s.Status.Reason, Access: s.Access,
	}
	l.At, _ = time.Parse(time.RFC3339, s.Created) // without a time it is shown without one
	if s.Status.Code != nil {
		l.Code, l.Coded = *s.Status.Code, true
	}
	for _, p := range s.Policies {
		l.Policies = append(l.Policies, access.AppliedPolicy{
			Policy: access.PolicyRef{ID: access.NewID(p.ID), Name: p.Name}, Result: p.Result, Controls: p.Controls,
		})
	}
	return l
}

// noLicence is Graph's code where the tenant has no sign-in log to read.
const noLicence = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"

// unread says why the log could not be read: what nobody can put right by trying
// again is told as such.
func unread(err error) error {
	f, ok := errors.AsType[*fault](err)
	switch {
	case !ok || f.status != http.StatusForbidden:
		return unavailable(err)
	case strings.EqualFold(f.code, noLicence) || f.says("premium license"):
		return access.Fail(access.Refused, "This organisation has no licence that shows sign-ins: Entra tells them from Entra ID P1 on. Passdesk cannot say why they failed.").Because(err)
	}
	return access.Fail(access.Refused, "Passdesk may not read the sign-in log: it lacks the permission AuditLog.Read.All. Tell the people who run Passdesk.").Because(err)
}
