package graph

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	staffPath         = "/users?$select=id,department,accountEnabled,userType&$top=999"
	registrationsPath = "/reports/authenticationMethods/userRegistrationDetails"
)

var _ access.Census = (*Directory)(nil)

// Registrations implements access.Census: the directory first, of which nothing is
// kept but two bytes for each person, then the report. Graph names no department
// in the report, and cannot be asked for a department's people in it.
func (d *Directory) Registrations(ctx context.Context, told func(access.Progress), each func(access.Registration) error) error {
	ctx = Background(ctx)
	s, err := d.staff(ctx, told)
	if err != nil {
		return unavailable(err)
	}
	p := access.Progress{Counted: len(s.people), Of: len(s.people)}
	told(p)
	var refused error
	err = stream(ctx, d.line, registrationsPath, d.line.limits.aside(), func(page []registration) error {
		for _, one := range page {
			if refused = each(s.registered(one)); refused != nil {
				return refused
			}
		}
		p.Read += len(page)
		told(p)
		return nil
	})
	switch {
	case refused != nil:
		return refused
	case statusOf(err) == http.StatusForbidden:
		return access.Fail(access.Refused, notShown).Because(err)
	}
	return unavailable(err)
}

// notShown is why a tenant shows no report (Graph: userRegistrationDetails,
// permissions and licence).
const notShown = "Entra does not show how people can sign in: Passdesk needs the permission AuditLog.Read.All, and the tenant Entra ID P1."

// registration is a line of the report (Graph: userRegistrationDetails).
type registration struct {
	ID      string    `json:"id"`
	Name    string    `json:"userDisplayName"`
	UPN     string    `json:"userPrincipalName"`
	Type    string    `json:"userType"`
	Methods []string  `json:"methodsRegistered"`
	MFA     bool      `json:"isMfaCapable"`
	Updated time.Time `json:"lastUpdatedDateTime"`
}

// staff is who is in the directory: where, and whether they count. A department is
// a number, so that a hundred thousand people take a few megabytes.
type staff struct {
	people      map[uuid.UUID]post
	departments []string
	numbers     map[string]post
}

// post is a department's number, and two flags above it.
type post uint16

const (
	enabled post = 1 << 15
	guest   post = 1 << 14
	// mostDepartments is how many departments have a number; who belongs to one
	// more has none.
	mostDepartments = int(guest)
)

var errStranger = errors.New("user without an object id")

// staff reads the directory.
func (d *Directory) staff(ctx context.Context, told func(access.Progress)) (*staff, error) {
	s := &staff{people: map[uuid.UUID]post{}, departments: []string{""}, numbers: map[string]post{"": 0}}
	err := stream(ctx, d.line, staffPath, 0, func(page []employee) error {
		for _, e := range page {
			id, err := uuid.Parse(e.ID)
			if err != nil {
				return undecodable(0, errStranger)
			}
			s.people[id] = s.post(e)
		}
		told(access.Progress{Counted: len(s.people)})
		return nil
	})
	return s, err
}

// employee is what is read of a user.
type employee struct {
	ID         string `json:"id"`
	Department string `json:"department"`
	Enabled    bool   `json:"accountEnabled"`
	UserType   string `json:"userType"`
}

// post is what is kept of a user. Whoever is not said to be a member counts as a
// guest.
func (s *staff) post(e employee) post {
	p := s.number(strings.TrimSpace(e.Department))
	if e.Enabled {
		p |= enabled
	}
	if !strings.EqualFold(e.UserType, "Member") {
		p |= guest
	}
	return p
}

func (s *staff) number(department string) post {
	n, known := s.numbers[department]
	if !known && len(s.departments) < mostDepartments {
		n = post(len(s.departments)) // below mostDepartments
		s.departments = append(s.departments, department)
		s.numbers[department] = n
	}
	return n
}

// registered joins a line of the report with the directory.
func (s *staff) registered(r registration) access.Registration {
	one := access.Registration{
		Person:  access.Person{ID: access.NewID(r.ID), Name: r.Name, UPN: r.UPN},
		Methods: r.Methods, MFA: r.MFA, Updated: r.Updated,
	}
	id, err := uuid.Parse(r.ID)
	if err != nil {
		return one
	}
	p, listed := s.people[id]
	one.Listed, one.Enabled = listed, p&enabled != 0
	one.Guest = p&guest != 0 || strings.EqualFold(r.Type, "guest")
	one.Department = s.departments[p&(guest-1)]
	return one
}
