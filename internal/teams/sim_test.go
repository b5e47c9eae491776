package teams_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/credential"
	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/teams"
)

// echo answers what people say, and buttons with a card.
type echo struct{}

func (echo) Message(_ context.Context, a *teams.Activity) (teams.Message, error) {
	return teams.Message{Text: "you said " + a.Words()}, nil
}

func (echo) ConversationUpdate(context.Context, *teams.Activity) (teams.Message, error) {
	return teams.Message{}, nil
}

// bot is the smallest bot there is.
func bot(r *teams.Receiver, router *teams.Router, heard chan<- *teams.Activity) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		a, err := r.Receive(w, req)
		if err != nil {
			http.Error(w, err.Error(), http.StatusForbidden)
			return
		}
		heard <- a
		if press, err := a.Invoke(); err == nil {
			_ = teams.CardReply(json.RawMessage(`{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"` + press.Verb + `"}]}`)).Write(w)
			return
		}
		if _, err := router.Route(req.Context(), a, echo{}); err != nil && a.Type != teams.TypeInstallationUpdate {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	}
}

// TestSimulatedTenant talks to the simulated Teams and login over TLS, as to the
// real ones.
func TestSimulatedTenant(t *testing.T) {
	var handler http.HandlerFunc
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { handler(w, req) }))
	t.Cleanup(server.Close)
	tenant, err := sim.Start(t.Context(), sim.Options{Bot: server.URL + "/api/messages", Calm: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, tenant.Close()) })

	service, err := url.Parse(tenant.Addresses.Channel)
	require.NoError(t, err)
	t.Setenv("AZURE_CLIENT_SECRET", tenant.Tenant.ClientSecret())
	signIn, err := credential.New(credential.Secret, tenant.Addresses.Login, tenant.Tenant.ID(), tenant.Tenant.AppID(), tenant.HTTPClient())
	require.NoError(t, err)
	receiver, err := teams.NewReceiver(teams.Trust{
		AppID: tenant.Tenant.AppID(), Tenant: tenant.Tenant.ID(), Metadata: tenant.Addresses.OpenID,
		ServiceHosts: []string{service.Host}, HTTP: tenant.HTTPClient(),
	})
	require.NoError(t, err)
	require.NoError(t, receiver.Ready(t.Context()))
	connector, err := teams.NewConnector(teams.Options{
		Credential: signIn, ServiceHosts: []string{service.Host}, AppID: tenant.Tenant.AppID(), Tenant: tenant.Tenant.ID(), HTTP: tenant.HTTPClient(),
	})
	require.NoError(t, err)
	heard := make(chan *teams.Activity, 20)
	handler = bot(receiver, teams.NewRouter(receiver, connector), heard)

	adele, ok := tenant.Tenant.Person("adele")
	require.True(t, ok)
	chat := tenant.Channel.ChatID(adele.ID)
	answer, err := tenant.Channel.Say(t.Context(), adele.ID, chat, "help")
	require.NoError(t, err)
	require.Less(t, answer.Status, 300, "%+v", answer)
	a := <-heard
	require.Equal(t, "help", a.Text)
	require.Equal(t, adele.ID, a.From.ObjectID)
	require.True(t, a.Private())

	member, err := connector.Member(t.Context(), a.Place(), adele.Teams)
	require.NoError(t, err)
	require.Equal(t, adele.ID, member.ObjectID)
	same, err := connector.Create(t.Context(), tenant.Addresses.Channel, adele.ID)
	require.NoError(t, err)
	require.Equal(t, chat, same)

	card := json.RawMessage(`{"type":"AdaptiveCard","version":"1.5","body":[]}`)
	id, err := connector.Send(t.Context(), a.Place(), teams.Message{Card: card, Summary: "A card", Alert: true})
	require.NoError(t, err)
	answer, err = tenant.Channel.Press(t.Context(), adele.ID, chat, id, json.RawMessage(`{"type":"Action.Execute","verb":"approve","data":{"ref":"PD-7K3M"}}`), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, answer.Status)
	pressed := <-heard
	require.Equal(t, id, pressed.ReplyToID)
	require.NoError(t, connector.Update(t.Context(), a.Place(), id, teams.Message{Text: "done"}))
	require.NoError(t, connector.Delete(t.Context(), a.Place(), id))

	joni, ok := tenant.Tenant.Person("joni")
	require.True(t, ok)
	_, err = connector.Create(t.Context(), tenant.Addresses.Channel, joni.Teams)
	var refused *teams.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, teams.Install, refused.Action)

	_, err = tenant.Channel.Rotate(true)
	require.NoError(t, err)
	answer, err = tenant.Channel.Say(t.Context(), adele.ID, chat, "still there?")
	require.NoError(t, err)
	require.Less(t, answer.Status, 300, "%+v", answer)
}
