package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim/channel"
)

// census is made of data. With a gate it tells what comes through it, and ends when
// that is closed.
type census struct {
	people []access.Registration
	gate   chan access.Progress
	err    error
}

func (c *census) Registrations(ctx context.Context, told func(access.Progress), each func(access.Registration) error) error {
	told(access.Progress{Of: len(c.people)})
	for open := c.gate != nil; open; {
		select {
		case p, more := <-c.gate:
			if open = more; more {
				told(p)
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, r := range c.people {
		if err := each(r); err != nil {
			return err
		}
	}
	return c.err
}

// rolledOut is a world in which somebody is left and somebody is not.
func rolledOut(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, nil)
	for i, methods := range [][]string{{"passKeyDeviceBoundAuthenticator"}, {"mobilePhone"}, nil} {
		w.census.people = append(w.census.people, access.Registration{
			Person: access.Person{ID: access.ID(fmt.Sprint("p", i)), Name: fmt.Sprint("=Person ", i), UPN: fmt.Sprintf("p%d@x.example", i)},
			Listed: true, Enabled: true, Department: "Crewing", Methods: methods, MFA: methods != nil, Updated: w.now(),
		})
	}
	return w
}

// slow makes reading last until the gate is closed.
func (w *world) slow() {
	w.census.gate = make(chan access.Progress)
	w.bot.glance, w.bot.redraws = time.Millisecond, 5*time.Millisecond
}

// shows waits until the newest message of the bot says something.
func (w *world) shows(alias, want string) {
	w.t.Helper()
	require.Eventually(w.t, func() bool { return strings.Contains(text(w.last(alias)), want) }, 20*time.Second, 5*time.Millisecond, want)
}

// settled waits until nothing goes on in the background: an answer that comes while
// the last one is still being dealt with is the same answer.
func (w *world) settled() {
	w.t.Helper()
	e := w.bot.errands
	require.Eventually(w.t, func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return len(e.running) == 0
	}, 20*time.Second, 5*time.Millisecond)
}

func TestAReportOfASmallTenantComesAtOnce(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	for _, who := range []string{"adele", "lee"} { // who asks, and who audits
		got := w.say(who, "report")
		require.Len(t, got, 1)
		require.Contains(t, text(got[0]), "1 of 3 people (33 %)")
		require.Contains(t, text(got[0]), "Crewing")
		require.Contains(t, text(got[0]), "=Person 1")
	}
	require.Contains(t, w.press("adele", "Read anew", nil), "1 of 3 people")
	w.say("joni", "report")
	require.Contains(t, text(w.last("joni")), "The report is for the help desk and the auditors.")
	w.census.err = access.Fail(access.Unavailable, "Entra does not answer.")
	w.advance(time.Hour)
	require.Contains(t, text(w.say("adele", "rollout")[0]), "Entra does not answer.")
	require.Contains(t, w.press("adele", "Read anew", nil), "Entra does not answer.")
}

// While a large tenant is read, one message says how far that is, and becomes the
// report; whoever asks meanwhile waits for the same reading.
func TestAReportTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	w.slow()
	got := w.say("adele", "report")
	require.Len(t, got, 1)
	w.shows("adele", "0 of 3 people")
	w.census.gate <- access.Progress{Read: 12_000, Of: 100_012}
	w.shows("adele", "12,000 of 100,012 people (12 %)")
	require.Contains(t, w.press("adele", "Look again", nil), "12,000 of 100,012")
	require.Contains(t, text(w.say("lee", "report")[0]), "12,000 of 100,012")
	w.census.gate <- access.Progress{Read: 50_000, Of: 100_012}
	w.shows("adele", "50,000 of")
	w.shows("lee", "50,000 of")
	close(w.census.gate)
	w.shows("adele", "1 of 3 people (33 %)")
	w.shows("lee", "1 of 3 people (33 %)")
	require.Equal(t, got[0].ID, w.last("adele").ID)
}

func TestAReportAskedForInAChannel(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	w.slow()
	_, err := w.sim.Channel.Say(t.Context(), "adele", channel.ChannelAlias, "@Passdesk report")
	require.NoError(t, err)
	w.shows("adele", "0 of 3 people")
	close(w.census.gate)
	w.shows("adele", "1 of 3 people (33 %)")
	for _, m := range w.messages("adele", w.place("adele", channel.Team)) {
		require.NotContains(t, text(m), "people")
	}
}

func TestAReportThatDoesNotCome(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	w.slow()
	w.say("adele", "report")
	w.census.err = access.Fail(access.Unavailable, "Entra does not answer.")
	close(w.census.gate)
	w.shows("adele", "Entra does not answer.")
	w.button("adele", "Read anew")
}

func TestAReportWhileEverythingStops(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	w.slow()
	w.say("adele", "report")
	require.NoError(t, w.bot.Close(t.Context()))
	require.Contains(t, text(w.last("adele")), "was stopped while it read")
}

// offered brings adele to the offer of a file, and is its message.
func (w *world) offered() channel.Message {
	w.t.Helper()
	w.say("adele", "report")
	require.Contains(w.t, w.press("adele", "All as a file", nil), "A file is offered")
	offer := w.last("adele")
	require.Contains(w.t, string(offer.Attachments[0]), "file.consent")
	return offer
}

func (w *world) consents(alias, message string, accept bool) channel.Answer {
	w.t.Helper()
	answer, err := w.sim.Channel.Consent(w.t.Context(), alias, message, accept)
	require.NoError(w.t, err)
	return answer
}

func TestWhoIsLeftAsAFile(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	offer := w.offered()
	answer := w.consents("adele", offer.ID, true)
	require.Equal(t, http.StatusOK, answer.Status)
	require.Empty(t, answer.Body)
	require.Eventually(t, func() bool { return len(w.chat("adele").Files) == 1 && len(w.last("adele").Attachments) == 1 }, 20*time.Second, 5*time.Millisecond)
	file := w.chat("adele").Files[0]
	require.Regexp(t, `^passdesk-left-\d{4}-\d\d-\d\d\.csv$`, file.Name)
	require.Equal(t, "\ufeffName,Sign-in name,Department,Other MFA,Methods,Object id\r\n"+
		"'=Person 1,p1@x.example,Crewing,yes,mobilePhone,p1\r\n'=Person 2,p2@x.example,Crewing,no,,p2\r\n", string(file.Content))
	require.Eventually(t, func() bool { return strings.Contains(string(w.last("adele").Attachments[0]), "file.info") }, 20*time.Second, 5*time.Millisecond)
	_, err := w.sim.Channel.Consent(t.Context(), "adele", offer.ID, true)
	require.ErrorIs(t, err, channel.ErrNoMessage, "the offer is gone")
	entries, err := w.store.Entries(t.Context(), "", "", 10)
	require.NoError(t, err)
	require.Equal(t, "report file", entries[0].Action)
}

func TestAFileThatIsDeclined(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	offer := w.offered()
	require.Equal(t, http.StatusOK, w.consents("adele", "", false).Status)
	w.shows("adele", "nothing was put into your OneDrive")
	require.Empty(t, w.chat("adele").Files)
	require.True(t, slices.ContainsFunc(w.chat("adele").Messages, func(m channel.Message) bool { return m.ID == offer.ID && m.Deleted }))
}

// consent is the answer to an offer as somebody could forge it.
func (w *world) consent(from string, offer channel.Message, upload string, change func(map[string]any)) channel.Answer {
	w.t.Helper()
	var card struct {
		Content struct {
			Accept json.RawMessage `json:"acceptContext"`
		} `json:"content"`
	}
	require.NoError(w.t, json.Unmarshal(offer.Attachments[0], &card))
	a := map[string]any{"from": from, "type": "invoke", "name": "fileConsent/invoke", "replyToId": offer.ID, "value": map[string]any{
		"type": "fileUpload", "action": "accept", "context": card.Content.Accept,
		"uploadInfo": map[string]any{"uploadUrl": upload, "contentUrl": upload, "name": "a.csv", "uniqueId": "1", "fileType": "csv"},
	}}
	change(a)
	raw, err := json.Marshal(a)
	require.NoError(w.t, err)
	answer, err := w.sim.Channel.Activity(w.t.Context(), raw)
	require.NoError(w.t, err)
	return answer
}

// A file goes to whom it was offered, who still may have it, at a host that is
// allowed, once.
func TestForgedConsent(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	offer := w.offered()
	as := func(map[string]any) {}
	require.Equal(t, http.StatusForbidden, w.consent("bianca", offer, "https://x.sharepoint.com/up", as).Status, "not hers")
	require.Equal(t, http.StatusForbidden, w.consent("guest", offer, "https://x.sharepoint.com/up", as).Status)
	for _, value := range []any{
		map[string]any{"action": "accept"}, map[string]any{"action": "accept", "context": "x"}, map[string]any{"action": "accept", "context": map[string]any{"for": w.id("adele")}},
	} {
		require.Equal(t, http.StatusForbidden, w.consent("adele", offer, "", func(a map[string]any) { a["value"] = value }).Status, value)
	}
	require.Equal(t, http.StatusBadRequest, w.consent("adele", offer, "", func(a map[string]any) { a["value"] = map[string]any{"action": "steal"} }).Status)
	require.Equal(t, http.StatusNotImplemented, w.consent("adele", offer, "", func(a map[string]any) { a["name"] = "fileConsent/other" }).Status)
	require.Equal(t, http.StatusForbidden, w.consent("adele", offer, "", func(a map[string]any) { a["conversation"] = channel.ChannelAlias }).Status)

	w.say("joni", "help")
	require.Equal(t, http.StatusOK, w.consent("joni", offer, "https://x.sharepoint.com/up", func(a map[string]any) {
		a["value"].(map[string]any)["context"] = map[string]any{"offer": "1", "for": w.id("joni")} //nolint:errcheck,forcetypeassert // made above
	}).Status)
	w.shows("joni", "The report is for the help desk and the auditors.")

	require.Equal(t, http.StatusOK, w.consent("adele", offer, "https://evil.example/up", as).Status)
	w.shows("adele", "could not be put into your OneDrive")
	w.settled()
	require.Equal(t, http.StatusOK, w.consent("adele", offer, "https://evil.example/up", as).Status)
	w.shows("adele", "This file was given already")
	require.Empty(t, w.chat("adele").Files)
}

// Another replica, which has not read the report, reads it before it hands it out.
func TestConsentAtAnotherReplica(t *testing.T) {
	t.Parallel()
	w := rolledOut(t)
	offer := w.offered()
	w.advance(2 * time.Hour) // as if it had been read elsewhere
	desk, err := access.NewDesk(w.bot.Desk.Options)
	require.NoError(t, err)
	t.Cleanup(desk.Close)
	w.bot.Desk = desk
	require.Equal(t, http.StatusOK, w.consents("adele", offer.ID, true).Status)
	require.Eventually(t, func() bool { return len(w.chat("adele").Files) == 1 }, 20*time.Second, 5*time.Millisecond)
}
