package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
)

// call makes a plain HTTP call to the bot.
func (w *world) call(method, path, body string) (int, http.Header, string) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, strings.TrimSuffix(w.url, "/api/messages")+path, strings.NewReader(body))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return resp.StatusCode, resp.Header, string(answer)
}

func (w *world) deliver(raw string) channel.Answer {
	w.t.Helper()
	answer, err := w.sim.Channel.Activity(w.t.Context(), json.RawMessage(raw))
	require.NoError(w.t, err)
	return answer
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for name, c := range map[string]struct {
		method, path, body string
		status             int
		want               string
	}{
		"stranger":     {"POST", "/api/messages", `{}`, 401, `{"error":"token missing"}`},
		"get":          {"GET", "/api/messages", "", 405, `{"error":"method"}`},
		"put":          {"PUT", "/api/messages", "", 405, `{"error":"method"}`},
		"another path": {"POST", "/api/messages/", "", 404, `{"error":"not found"}`},
		"health":       {"GET", "/healthz", "", 200, `{"status":"ok"}`},
		"ready":        {"GET", "/readyz", "", 200, `{"store":"ok"}`},
	} {
		status, header, body := w.call(c.method, c.path, c.body)
		require.Equal(t, c.status, status, name)
		require.Equal(t, c.want, body, name)
		if status == http.StatusUnauthorized {
			require.Equal(t, "Bearer", header.Get("WWW-Authenticate"))
		}
	}
	require.Contains(t, w.counted, "activity: token missing")
}

func TestActivitiesThatHaveNoAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for name, c := range map[string]struct {
		raw    string
		status int
	}{
		"unknown invoke":      {`{"from":"adele","type":"invoke","name":"composeExtension/query","value":{}}`, 501},
		"a reaction":          {`{"from":"adele","type":"messageReaction","reactionsAdded":[{"type":"like"}]}`, 200},
		"an unknown type":     {`{"from":"adele","type":"somethingNew"}`, 200},
		"conversation update": {`{"from":"adele","type":"conversationUpdate","membersAdded":[{"id":"29:x"}]}`, 200},
	} {
		answer := w.deliver(c.raw)
		require.Equal(t, c.status, answer.Status, name)
		require.Empty(t, answer.Body, name)
		require.Empty(t, w.chat("adele").Messages, name)
	}
	answer := w.deliver(`{"from":"adele","type":"invoke","name":"adaptiveCard/action","value":{"trigger":"manual"}}`)
	require.Equal(t, http.StatusBadRequest, answer.Status)
}

func TestAPanicShowsNothingOfItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.say("adele", "help")
	w.bot.Store = noWrites{w.store}
	require.Equal(t, http.StatusOK, w.deliver(`{"from":"adele","text":"help"}`).Status)
	require.Contains(t, w.last("adele").Text, "Something went wrong on Passdesk's side", "who wrote is told")
	require.NotContains(t, w.last("adele").Text, "panic")
	answer := w.deliver(`{"from":"adele","type":"installationUpdate","action":"add"}`)
	require.Equal(t, http.StatusInternalServerError, answer.Status)
	body, ok := answer.Body.(json.RawMessage)
	require.True(t, ok)
	require.JSONEq(t, `{"error":"internal"}`, string(body))
	require.Contains(t, w.logged(), "the store was written")
}

func TestACodeIsNotCached(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.approved()
	w.press("adele", "Show pass", nil)
	message, create := w.button("adele", "Create and show")
	answer := w.pressAction("adele", message, create, nil)
	require.Equal(t, "no-store", answer.Headers["Cache-Control"])
	again := w.pressAction("adele", message, create, nil)
	require.Equal(t, string(answer.Card), string(again.Card), "a repeated call gets the same answer")
	require.Equal(t, 1, w.directory.made)
}

// TestACodeThatNeverLeftIsNotCountedAsShown: the client has gone when the pass
// is there.
func TestACodeThatNeverLeftIsNotCountedAsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.approved()
	w.press("adele", "Show pass", nil)
	rev := w.request(ref).Rev
	slow := make(chan struct{})
	w.directory.set(func(d *directory) { d.slow = slow })
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		raw := fmt.Sprintf(`{"from":"adele","type":"invoke","name":"adaptiveCard/action","value":{"trigger":"manual","action":{"verb":"create","data":{"ref":%q,"rev":%d}}}}`, ref, rev)
		_, err := w.sim.Channel.Activity(ctx, json.RawMessage(raw))
		assert.ErrorIs(t, err, context.Canceled)
	}()
	require.Eventually(t, func() bool { return w.directory.waiting.Load() > 0 }, 10*time.Second, time.Millisecond)
	cancel()
	<-gone
	require.Eventually(t, func() bool { return w.hungUp.Load() > 0 }, 10*time.Second, time.Millisecond)
	close(slow)
	require.Eventually(t, func() bool { return strings.Contains(w.logged(), "did not reach its reader") }, 10*time.Second, time.Millisecond)
	shown, err := w.store.Answered(t.Context(), ref)
	require.NoError(t, err)
	require.Zero(t, shown)
	require.Contains(t, w.press("adele", "Create and show", nil), "Qx7! wwz1 Kp", "the next press shows it")
	require.Equal(t, 1, w.directory.made)
}
