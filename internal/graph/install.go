package graph

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/passdesk/passdesk/internal/access"
)

var errNotInstalled = errors.New("app is not installed")

// Install installs Passdesk in Teams for a person, which opens the chat with
// them. catalogAppID is the app's id in the tenant's app catalogue. Installed
// already is a success (Graph: Install app for user). Refused when Graph will
// not, Unavailable.
func (d *Directory) Install(ctx context.Context, personID access.ID, catalogAppID string) error {
	body, err := json.Marshal(map[string]string{"teamsApp@odata.bind": d.line.base + "/appCatalogs/teamsApps/" + segment(catalogAppID)})
	if err != nil {
		return access.Fail(access.Internal, "").Because(err)
	}
	_, err = d.line.send(ctx, call{
		info:  d.line.request(abstractions.POST, user(string(personID), "teamwork", "installedApps"), body),
		limit: changeLimit,
	})
	f, failed := errors.AsType[*fault](err)
	switch {
	case failed && f.status == http.StatusConflict:
		return nil
	case failed && f.cause == nil && refuses(f.status):
		return access.Fail(access.Refused, "Teams does not let Passdesk be installed for this person, so they cannot be reached. Tell the people who run Passdesk.").Because(f)
	}
	return unavailable(err)
}

// InstalledChat returns the id of the person's chat with Passdesk. manifestID is
// the id in the app's manifest (Graph: List apps installed for user; Get chat
// between user and teamsApp). NotFound when it is not installed for them,
// Unavailable.
func (d *Directory) InstalledChat(ctx context.Context, personID access.ID, manifestID string) (conversationID string, err error) {
	apps := user(string(personID), "teamwork", "installedApps")
	got, err := d.line.get(ctx, apps+query("$expand", "teamsApp", "$filter", "teamsApp/externalId eq "+literal(manifestID)))
	if err != nil {
		return "", noChat(err)
	}
	installed, _, err := entries[object](nil, got.body)
	if err != nil {
		return "", noChat(err)
	}
	if len(installed) == 0 {
		return "", noChat(errNotInstalled)
	}
	got, err = d.line.get(ctx, apps+"/"+segment(installed[0].ID)+"/chat")
	if err != nil {
		return "", noChat(err)
	}
	var chat object
	if err := json.Unmarshal(got.body, &chat); err != nil || chat.ID == "" {
		return "", noChat(undecodable(got.status, errNoID))
	}
	return chat.ID, nil
}

// object is anything in Graph of which the id is wanted.
type object struct {
	ID string `json:"id"`
}

func noChat(err error) error {
	if errors.Is(err, errNotInstalled) || statusOf(err) == http.StatusNotFound {
		return access.Fail(access.NotFound, "Passdesk is not installed for this person in Teams.").Because(err)
	}
	return unavailable(err)
}
