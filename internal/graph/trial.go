package graph

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// Answer is what a harmless call has shown of a permission.
type Answer string

// The answers.
const (
	Allowed    Answer = "allowed"
	Denied     Answer = "denied"     // a permission is missing
	Unlicensed Answer = "unlicensed" // the tenant has no licence for it
	Untold     Answer = "untold"     // Graph did not say, for another reason
)

// Trial is a harmless call and its answer.
type Trial struct {
	Call   Call
	Answer Answer
	Err    error // for the log, and for Untold
}

// Samples are whom and what harmless calls ask about; nobody where one is empty.
type Samples struct {
	Person, Group, Policy access.ID
}

// nobody is an id that no object has: that it is not found is an answer, too.
const nobody access.ID = "00000000-0000-4000-8000-000000000000"

// noPremium is Graph's code where the tenant has no eligible roles.
const noPremium = "AadPremiumLicenseRequired"

// Try makes every read on the list that the parts need, and Always, once, and tells
// what each has shown. Nothing is changed: what writes is not tried. Unavailable
// when nothing could be asked at all.
func (d *Directory) Try(ctx context.Context, s Samples, parts ...Part) ([]Trial, error) {
	var steps []step
	asked := map[string]Call{}
	for _, c := range calls {
		path, harmless := s.path(c)
		if harmless && (c.Part == Always || slices.Contains(parts, c.Part)) {
			steps = append(steps, read(c.Path, path))
			asked[c.Path] = c
		}
	}
	got, err := d.inBatches(ctx, steps)
	if err != nil {
		return nil, unavailable(err)
	}
	trials := make([]Trial, 0, len(steps))
	for _, one := range steps {
		trials = append(trials, tried(asked[one.Name], got[one.Name].err))
	}
	if slices.Contains(parts, Insight) {
		_, err := d.WhatIf(ctx, s.person(), access.Scene{Platform: "iOS"})
		call, _ := CallOf(http.MethodPost, whatIfPath)
		trials = append(trials, tried(call, err))
	}
	return trials, nil
}

// tried judges the answer to a call. That something was not found is an answer,
// which nobody gets without permission.
func tried(c Call, err error) Trial {
	t := Trial{Call: c, Answer: Allowed, Err: err}
	f, failed := errors.AsType[*fault](err)
	switch {
	case err == nil:
	case !failed:
		t.Answer = Untold
	case strings.EqualFold(f.code, noLicence) || strings.EqualFold(f.code, noPremium):
		t.Answer = Unlicensed
	case f.status == http.StatusForbidden:
		t.Answer = Denied
	case f.status != http.StatusNotFound:
		t.Answer = Untold
	}
	return t
}

// briefly are the queries with which a read is answered, and by little.
func (s Samples) briefly(path string) string {
	switch path {
	case "/users":
		return query("$select", "id", "$top", "1")
	case "/users/{id}":
		return query("$select", standing)
	case "/groups":
		return query("$filter", "isAssignableToRole eq true", "$select", "id", "$top", "1")
	case "/groups/{id}":
		return query("$select", fit)
	case "/auditLogs/signIns":
		return query("$filter", "userId eq "+literal(string(s.person())), "$top", "1")
	case "/auditLogs/directoryAudits":
		return query("$top", "1")
	case "/roleManagement/directory/roleAssignments", eligibleRolesPath, eligibleGroupsPath:
		return query("$filter", about(s.person()))
	}
	return ""
}

func (s Samples) person() access.ID { return cmp.Or(s.Person, nobody) }

// path fills a call's path in. False for a call that is no harmless read, or would
// take more than one sample.
func (s Samples) path(c Call) (string, bool) {
	if c.Method != http.MethodGet || c.Part == Checked || c.Part == Install || strings.Count(c.Path, "{id}") > 1 {
		return "", false
	}
	sample := s.person()
	switch {
	case strings.HasPrefix(c.Path, "/groups/"):
		sample = cmp.Or(s.Group, nobody)
	case strings.HasPrefix(c.Path, "/identity/"):
		sample = cmp.Or(s.Policy, nobody)
	}
	return strings.ReplaceAll(c.Path, "{id}", segment(string(sample))) + s.briefly(c.Path), true
}

// Greet makes one harmless call, and tells whether Graph takes the token, whatever
// it allows, and what time it is for Graph, to the second; zero where it did not say.
// Unavailable.
func (d *Directory) Greet(ctx context.Context) (time.Time, error) {
	got, err := d.line.get(ctx, roleGroupsPath)
	at, wrong := http.ParseTime(got.header.Get("Date"))
	if wrong != nil {
		at = time.Time{}
	}
	if statusOf(err) == http.StatusForbidden {
		err = nil
	}
	return at, unavailable(err)
}

// Someone is the id of a person to ask harmless questions about: a member of one
// of groups, or anybody. Empty where nobody can be found.
func (d *Directory) Someone(ctx context.Context, groups []access.ID) access.ID {
	if members, err := d.Members(ctx, groups); err == nil && len(members) > 0 {
		return members[0].ID
	}
	got, err := d.line.get(ctx, "/users"+query("$select", "id", "$top", "1"))
	if err != nil {
		return ""
	}
	all, _, err := entries[object](nil, got.body)
	if err != nil || len(all) == 0 {
		return ""
	}
	return access.NewID(all[0].ID)
}

// Eligible tells whether the tenant's eligible roles can be read: Unlicensed where
// it has none.
func (d *Directory) Eligible(ctx context.Context) (Answer, error) {
	call, _ := CallOf(http.MethodGet, eligibleRolesPath)
	_, err := d.line.get(ctx, eligibleRolesPath+query("$filter", about(nobody)))
	return tried(call, err).Answer, err
}
