package channel

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// Page sizes of paged members (Teams: "Get Teams specific context for your bot").
const (
	smallestPage = 50
	defaultPage  = 200
	largestPage  = 500
)

// roster is a member as the connector describes one (TeamsChannelAccount).
type roster struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	ObjectID          string `json:"objectId"`
	AADObjectID       string `json:"aadObjectId"`
	GivenName         string `json:"givenName,omitempty"`
	Surname           string `json:"surname,omitempty"`
	Email             string `json:"email,omitempty"`
	UserPrincipalName string `json:"userPrincipalName"`
	TenantID          string `json:"tenantId"`
	UserRole          string `json:"userRole"`
}

func (c *Channel) describe(p entra.Person) roster {
	role := "user"
	if p.Guest {
		role = "guest"
	}
	return roster{
		ID: p.Teams, Name: p.Name, ObjectID: p.ID, AADObjectID: p.ID, GivenName: p.GivenName, Surname: p.Surname,
		Email: p.Mail, UserPrincipalName: p.UPN, TenantID: c.tenant.ID(), UserRole: role,
	}
}

// members is the unpaged list, which Teams discourages but answers.
func (c *Channel) members(conversation string) ([]roster, *refusal) {
	at, refused := c.writable(conversation)
	if refused != nil {
		return nil, refused
	}
	out := []roster{}
	for _, personID := range at.people {
		if p, ok := c.tenant.Person(personID); ok {
			out = append(out, c.describe(p))
		}
	}
	return out, nil
}

// pagedMembers is one page of the list, with an opaque token to the next.
func (c *Channel) pagedMembers(conversation string, query url.Values) (any, *refusal) {
	all, refused := c.members(conversation)
	if refused != nil {
		return nil, refused
	}
	size, start := defaultPage, 0
	if text := query.Get("pageSize"); text != "" {
		asked, err := strconv.Atoi(text)
		if err != nil || asked < 1 {
			return nil, badArgument("Invalid page size.")
		}
		size = min(max(asked, smallestPage), largestPage)
	}
	if token := query.Get("continuationToken"); token != "" {
		text, err := base64.RawURLEncoding.DecodeString(token)
		if start, _ = strconv.Atoi(string(text)); err != nil || start <= 0 || start > len(all) {
			return nil, badArgument("Invalid continuation token.")
		}
	}
	end := min(start+size, len(all))
	page := map[string]any{"members": all[start:end]}
	if end < len(all) {
		page["continuationToken"] = base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(end)))
	}
	return page, nil
}

// member is one member by 29: id, object id or UPN.
func (c *Channel) member(conversation, key string) (any, *refusal) {
	at, refused := c.writable(conversation)
	if refused != nil {
		return nil, refused
	}
	p, ok := c.tenant.Person(key)
	if !ok || !at.has(p.ID) || strings.EqualFold(key, p.Alias) {
		return nil, noMember()
	}
	return c.describe(p), nil
}
