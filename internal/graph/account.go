package graph

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
)

const (
	// named selects what names a person.
	named = "id,displayName,userPrincipalName"
	// standing selects what a Member needs.
	standing = named + ",accountEnabled,userType"
	// everything selects what a Subject needs.
	everything = standing + ",department,externalUserState,isManagementRestricted"
)

// account is a user (Graph: user resource type).
type account struct {
	Type              string   `json:"@odata.type"`
	ID                string   `json:"id"`
	Name              string   `json:"displayName"`
	UPN               string   `json:"userPrincipalName"`
	Enabled           bool     `json:"accountEnabled"`
	UserType          string   `json:"userType"`
	Department        string   `json:"department"`
	ExternalUserState string   `json:"externalUserState"`
	Restricted        bool     `json:"isManagementRestricted"`
	Manager           *account `json:"manager"`
}

var errNoID = errors.New("object without id")

func decodeAccount(body []byte) (account, error) {
	var a account
	if err := json.Unmarshal(body, &a); err != nil {
		return a, undecodable(0, err)
	}
	if a.ID == "" {
		return a, undecodable(0, errNoID)
	}
	return a, nil
}

func (a account) person() access.Person {
	return access.Person{ID: access.NewID(a.ID), Name: a.Name, UPN: a.UPN}
}

// member is the account's standing. Whoever is not said to be a member counts
// as a guest, and an account that is not said to be enabled as disabled.
func (a account) member() access.Member {
	return access.Member{
		Person:  a.person(),
		Found:   true,
		Enabled: a.Enabled,
		Guest:   !strings.EqualFold(a.UserType, "Member"),
	}
}

// external tells whether the person signs in with another organisation: the
// account was made by an invitation, whatever its type is now
// (Entra: properties of a B2B collaboration user).
func (a account) external() bool {
	return a.ExternalUserState != "" || strings.Contains(strings.ToUpper(a.UPN), "#EXT#")
}

// manager is nil where there is none who could act: a contact is nobody of ours.
func (a account) manager() *access.Member {
	m := a.Manager
	if m == nil || m.ID == "" || (m.Type != "" && m.Type != "#microsoft.graph.user") {
		return nil
	}
	found := m.member()
	return &found
}
