package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

func TestStoryFromTheQuestionToTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)

	form := w.say("adele", "pass joni 60m once for a new laptop")
	require.Len(t, form, 1)
	require.Contains(t, text(form[0]), "Send request")
	require.Contains(t, text(form[0]), "Joni Sherman")
	require.Contains(t, text(form[0]), "a new laptop")

	card := w.press("adele", "Send request", w.form("joni", nil))
	require.Contains(t, card, "Withdraw")
	w.work()
	asked := w.last("megan")
	require.True(t, asked.Alert)
	require.Contains(t, asked.Summary, "Adele Vance asks for a pass for Joni Sherman")
	require.Contains(t, string(asked.Card), "Approve")
	require.Contains(t, string(w.last("adele").Card), "Withdraw", "the form's message became the asker's card")

	require.NotContains(t, w.press("megan", "Approve", nil), `"title":"Approve"`)
	w.work()
	require.Contains(t, w.last("adele").Text, "Megan Bowen approved the pass for Joni Sherman")
	require.True(t, w.last("adele").Alert)

	require.Contains(t, w.press("adele", "Show pass", nil), "Create and show")
	require.Zero(t, w.directory.made)
	card = w.press("adele", "Create and show", nil)
	require.Contains(t, card, "Qx7! wwz1 Kp")
	require.Equal(t, 1, w.directory.made)

	asleep := w.work()
	require.NotEmpty(t, asleep)
	_, hide := w.button("adele", "Hide") // the code is still on the screen
	require.NotNil(t, hide)
	require.Contains(t, string(w.last("megan").Card), "in force", "the approver's card does not wait")

	card = w.press("adele", "Hide", nil)
	require.NotContains(t, card, "Qx7!")
	w.work()
	require.Contains(t, card, "Issue again")

	card = w.press("adele", "End now", nil)
	require.Contains(t, card, "nded")
	w.work()
	require.Empty(t, w.directory.passes)
	require.NotContains(t, w.logged(), "Qx7!wwz1Kp")
	require.NotContains(t, w.logged(), "Qx7! wwz1")
}

func TestCodeLeavesTheScreenAfterTwoMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	ref := w.approved()
	w.press("adele", "Show pass", nil)
	w.press("adele", "Create and show", nil)
	require.Eventually(t, func() bool { // it is noted after the answer has left
		n, err := w.store.Answered(t.Context(), ref)
		return err == nil && n == 1
	}, 20*time.Second, 5*time.Millisecond)
	w.advance(119 * time.Second)
	w.work()
	w.button("adele", "Hide")
	w.advance(2 * time.Second)
	w.work()
	require.NotContains(t, text(w.last("adele")), "Qx7!")
	w.button("adele", "Issue again")
	require.Contains(t, w.press("adele", "Issue again", nil), "Qx7! wwz2 Kp")
}

// approved brings a request for Joni to where Adele may show the pass.
func (w *world) approved() access.Ref {
	w.t.Helper()
	ref := w.asked()
	w.press("megan", "Approve", nil)
	w.work()
	return ref
}

// asked sends a request for Joni.
func (w *world) asked() access.Ref {
	w.t.Helper()
	w.say("adele", "pass joni")
	w.press("adele", "Send request", w.form("joni", nil))
	w.work()
	open, err := w.store.Requests(w.t.Context(), access.Filter{States: []access.State{access.Asked}})
	require.NoError(w.t, err)
	require.Len(w.t, open, 1)
	return open[0].Ref
}

func (w *world) request(ref access.Ref) access.Request {
	w.t.Helper()
	r, err := w.store.Request(w.t.Context(), ref)
	require.NoError(w.t, err)
	return r
}
