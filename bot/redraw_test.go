package bot

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// An older picture of a card may reach Teams after a newer one, whose revision is
// noted by then. Whoever sent it finds out, and so does who takes over from it.
func TestACardThatTwoHaveDrawnIsDrawnAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.asked()
	cards, err := w.store.Cards(t.Context(), ref)
	require.NoError(t, err)
	for _, c := range cards {
		chat, err := w.store.Chat(t.Context(), c.Person)
		require.NoError(t, err)
		before := c
		before.Rev-- // as it was when the older picture was begun
		require.NoError(t, w.bot.Connector.Update(t.Context(), place(chat, c.Conversation), c.Activity, teams.Message{Text: "older"}))
		require.ErrorIs(t, w.post.drew(t.Context(), before, before.Rev), errOvertaken)
		require.NoError(t, w.post.drew(t.Context(), before, c.Rev), "the same picture, twice")
	}
	require.Equal(t, "older", w.last("megan").Text)
	require.NoError(t, w.post.Run(t.Context(), access.Job{Kind: access.Redraw, Ref: ref, Again: true}))
	w.button("megan", "Approve")
}

// failing is a way to Teams on which the first update of one chat fails, and
// something happens before it is tried again.
type failing struct {
	http.RoundTripper
	chat  string
	first func()
}

func (f *failing) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.first == nil || r.Method != http.MethodPut || !strings.Contains(r.URL.Path, f.chat) {
		return f.RoundTripper.RoundTrip(r)
	}
	happens := f.first
	f.first = nil
	happens()
	return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
}

// through is the post on another way to Teams.
func (w *world) through(way http.RoundTripper) *Post {
	w.t.Helper()
	connector, err := teams.NewConnector(teams.Options{
		Credential: w.credential(), AppID: w.sim.Tenant.AppID(), Tenant: w.sim.Tenant.ID(), HTTP: &http.Client{Transport: way},
		ServiceHosts: []string{strings.TrimSuffix(strings.TrimPrefix(w.sim.Addresses.Channel, "https://"), "/teams/")},
	})
	require.NoError(w.t, err)
	p := *w.post
	p.Connector = connector
	return &p
}

// An update that Teams did not take at first must not take the code off the screen
// of an asker who has pressed meanwhile.
func TestI1ARepeatedRedrawLeavesTheCodeOnTheScreen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.approved()
	w.press("adele", "Show pass", nil)
	w.stale(ref)
	pressed := false
	way := &failing{RoundTripper: w.sim.HTTPClient().Transport, chat: w.chat("adele").ID, first: func() {
		pressed = true
		require.Contains(t, w.press("adele", "Create and show", nil), "Qx7! wwz1 Kp")
	}}
	job := access.Job{Kind: access.Redraw, Ref: ref}
	var l later
	require.ErrorAs(t, w.through(way).Run(t.Context(), job), &l)
	require.True(t, pressed)
	w.button("adele", "Hide") // the code is still there

	w.advance(access.ScreenLasts + time.Second)
	require.NoError(t, w.post.Run(t.Context(), job))
	w.button("adele", "Issue again")
}

// A card is not sent that the records do not answer for: it is drawn when they do.
func TestARedrawThatCannotBeCheckedIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	r := w.request(w.asked())
	down := errors.New("the records do not answer")
	p := *w.post
	p.Store = silent{w.store, down}
	require.ErrorIs(t, p.unchanged(r)(t.Context()), down)
	require.NoError(t, w.post.unchanged(r)(t.Context()))
	r.Rev--
	require.ErrorIs(t, w.post.unchanged(r)(t.Context()), errChanged)
}

// silent is a store that does not tell of requests.
type silent struct {
	access.Store
	err error
}

func (s silent) Request(context.Context, access.Ref) (access.Request, error) {
	return access.Request{}, s.err
}
