package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// logs puts sign-ins that failed an hour ago into somebody's log.
func (w *world) logs(alias string, lines ...access.SignIn) {
	w.directory.set(func(d *directory) {
		if d.signIns == nil {
			d.signIns = map[access.ID]access.SignInLog{}
		}
		for i := range lines {
			lines[i].At, lines[i].Coded = w.now().Add(-time.Hour), true
		}
		d.signIns[w.id(alias)] = access.SignInLog{Lines: lines}
	})
}

func blockedBy(p access.PolicyRef) access.SignIn {
	return access.SignIn{Code: 53003, System: "Android 16", Access: "failure", Policies: []access.AppliedPolicy{{Policy: p, Result: "failure", Controls: []string{"Block"}}}}
}

// From the card one gets to the forms, filled in, and back.
func TestWhyOpensTheForms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.logs("alex", blockedBy(phones))
	w.say("adele", "why alex")
	require.Contains(t, string(w.last("adele").Card), "Conditional Access blocked it")
	require.Contains(t, w.press("adele", "Exclude", nil), "The form is below")
	form := string(w.last("adele").Card)
	require.Contains(t, form, "Alex Wilber")
	require.Contains(t, form, `"value":"`+string(phones.ID)+`"`)
	require.Contains(t, form, `"value":"android"`)

	w.logs("joni", access.SignIn{Code: 50079})
	w.say("adele", "why joni")
	require.Contains(t, w.press("adele", "Ask for a pass", nil), "The form is below")
	require.Contains(t, string(w.last("adele").Card), "Joni Sherman")
	require.Contains(t, string(w.last("adele").Card), "Ask for a pass")
}

// What comes back from the card beside the person and the policy is one of the
// words that are known, or counts for nothing.
func TestWhyBelievesNoButton(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.logs("alex", blockedBy(phones))
	w.say("adele", "why alex")
	message, action := w.button("adele", "Exclude")
	forged := strings.NewReplacer(`"android"`, `"toaster"`, `"why"`, `"approve"`).Replace(string(action))
	require.Contains(t, forged, "toaster")
	answered := w.pressAction("adele", message, json.RawMessage(forged), nil)
	require.Contains(t, string(answered.Card), `"verb":"status"`)
	require.Contains(t, string(w.last("adele").Card), `"value":"iOS"`)
}

// Whoever neither asks nor audits is told nothing, and whom they mean is not
// looked up; an auditor reads and gets no buttons.
func TestWhyIsForSome(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.logs("alex", blockedBy(phones))
	w.say("megan", "why alex")
	require.Contains(t, text(w.last("megan")), "for the help desk and the auditors")
	w.say("megan", "why nobody-at-all")
	require.Contains(t, text(w.last("megan")), "for the help desk and the auditors")
	w.say("lee", "why alex")
	require.Contains(t, string(w.last("lee").Card), "Conditional Access blocked it")
	require.NotContains(t, string(w.last("lee").Card), "Action.Execute")
}

// Where a name fits several, the card asks whom.
func TestWhyAsksWhom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.logs("alex", blockedBy(phones))
	w.say("adele", "why a")
	require.Contains(t, string(w.last("adele").Card), "Who is meant?")
	require.Contains(t, w.press("adele", "Alex Wilber", nil), "Conditional Access blocked it")
}
