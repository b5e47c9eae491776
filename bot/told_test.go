package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// given brings a pass for Joni into force.
func (w *world) given() access.Ref {
	w.t.Helper()
	ref := w.approved()
	w.press("adele", "Show pass", nil)
	w.press("adele", "Create and show", nil)
	w.work()
	return ref
}

// reader is somebody in the tests who has a chat with Passdesk.
func (w *world) reader(alias string) {
	w.t.Helper()
	w.say(alias, "help")
}

func TestThePersonIsToldAndSaysThatItWasNotThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.reader("joni")
	ref := w.given()
	told := w.last("joni")
	require.True(t, told.Alert)
	require.Contains(t, told.Summary, "A pass was made for you")
	require.Contains(t, text(told), "Adele Vance")
	require.Contains(t, text(told), "Megan Bowen")
	require.NotContains(t, text(told), "Qx7!", "the code is nobody else's")
	require.NotContains(t, text(w.last("megan")), "This was not me", "she has approved it, and knows")

	require.Contains(t, w.press("joni", "This was not me", nil), "Delete the pass and lock?")
	require.NotEmpty(t, w.directory.passes, "asked first")
	require.Contains(t, w.press("joni", "Back", nil), "A pass was made for you")
	w.press("joni", "This was not me", nil)
	require.Contains(t, w.press("joni", "This was not me", nil), "You said that this was not you")
	require.Empty(t, w.directory.passes)
	w.advance(3 * time.Minute) // the code is gone from Adele's screen
	w.work()
	require.Contains(t, text(w.last("joni")), "The pass was deleted")
	require.Contains(t, w.texts("adele"), "Joni Sherman did not expect what you asked for Joni Sherman ("+string(ref)+")")
	require.Contains(t, w.texts("adele"), "Find out who called you")
	require.Contains(t, w.last("patti").Text, "says “This was not me” of "+string(ref))
	require.True(t, w.last("patti").Alert)

	w.say("adele", "pass joni 60m once for another try")
	form := w.press("adele", "Send request", w.form("joni", nil))
	require.Contains(t, form, "This person is locked until security lifts it")
	require.Contains(t, form, "I cannot do this now")
	require.Contains(t, w.say("adele", "unlock joni")[0].Text, "Only security and the auditors")
	require.Contains(t, w.say("patti", "unlock joni")[0].Text, "Joni Sherman is not locked any more")
	w.work()
	require.Contains(t, w.last("patti").Text, "has unlocked Joni Sherman")
	require.Contains(t, w.press("adele", "Send request", w.form("joni", nil)), "Waiting for a decision")
}

// texts is all that the bot has said to somebody.
func (w *world) texts(alias string) string {
	w.t.Helper()
	var all strings.Builder
	for _, m := range w.chat(alias).Messages {
		if m.From == "bot" {
			all.WriteString(text(m) + "\n")
		}
	}
	return all.String()
}

func TestThePersonIsToldInTheirLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.reader("lee") // whose Teams is French
	w.say("adele", "pass lee 60m once for a new laptop")
	w.press("adele", "Send request", w.form("lee", nil))
	w.work()
	w.press("patti", "Approve", nil)
	w.work()
	w.press("adele", "Show pass", nil)
	w.press("adele", "Create and show", nil)
	w.work()
	require.Contains(t, text(w.last("lee")), "Un passe a été créé pour vous")
	require.Contains(t, w.press("lee", "Ce n'était pas moi", nil), "Supprimer le passe et verrouiller ?")
	require.Contains(t, w.press("lee", "Ce n'était pas moi", nil), "Vous avez dit que ce n'était pas vous")
}

func TestWhoHasNoChatIsNotInstalledForIt(t *testing.T) {
	t.Parallel()
	installed := 0
	w := newWorld(t, func(w *world, id access.ID) error {
		if id == w.id("joni") {
			installed++
		}
		return nil
	})
	ref := w.given()
	require.Zero(t, installed)
	require.Empty(t, w.chat("joni").Messages)
	require.Contains(t, w.logged(), "somebody is not told of what was given")
	r, err := w.store.Request(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, access.InForce, r.State)
}

// I6: the card comes once, however often the job runs.
func TestI6SomebodyIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.reader("joni")
	ref := w.given()
	before := len(w.chat("joni").Messages)
	for range 3 {
		require.NoError(t, w.post.Run(t.Context(), access.Job{Kind: access.Tell, Ref: ref, Person: w.id("joni"), Again: true}))
	}
	require.NoError(t, w.post.Run(t.Context(), access.Job{Kind: access.Tell, Ref: ref, Person: w.id("alex")}))
	require.Len(t, w.chat("joni").Messages, before)
	require.Empty(t, w.chat("alex").Messages)
}

// A manager who was not the one to decide is told, and may say so, too.
func TestTheManagerIsToldOfAnExclusion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.reader("megan")
	r := w.relaxed()
	require.Contains(t, text(w.last("megan")), "Somebody is excluded from a policy")
	require.Contains(t, text(w.last("megan")), "reports to you")
	w.press("megan", "This was not me", nil)
	require.Contains(t, w.press("megan", "This was not me", nil), "You said that this was not you")
	now, err := w.store.Request(t.Context(), r.Ref)
	require.NoError(t, err)
	require.Equal(t, access.Ending, now.State)
	require.Equal(t, w.id("megan"), now.Disowned.By.ID)
}

// relaxed brings an exclusion of Grady into force.
func (w *world) relaxed() access.Request {
	w.t.Helper()
	w.say("adele", "exclude grady from platforms for 1h because new phone")
	w.press("adele", "Send request", nil)
	w.work()
	w.press("lee", "Approve", nil)
	w.work()
	require.NoError(w.t, w.bot.Desk.Sweep(w.t.Context()))
	w.work()
	list, err := w.store.Requests(w.t.Context(), access.Filter{Person: w.id("grady"), States: []access.State{access.InForce}})
	require.NoError(w.t, err)
	require.Len(w.t, list, 1)
	return list[0]
}

// I5: who presses is who it is about, whatever the card says.
func TestI5NobodyElseMaySayThatItWasNotThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.reader("joni")
	w.reader("alex")
	ref := w.given()
	data := fmt.Sprintf(`{"ref":%q,"rev":1,"person":%q}`, ref, w.id("joni"))
	for _, other := range []string{"alex", "megan", "adele", "bianca", "guest"} {
		answer := w.invoke(other, "manual", verbDisown, data)
		require.NotContains(t, string(answer.Card), "You said", other)
		if other != "adele" && other != "megan" { // who may see it sees it as ever
			require.NotContains(t, string(answer.Card), "Joni", other)
		}
		require.NotEmpty(t, w.directory.passes, other)
	}
	require.Contains(t, string(w.invoke("joni", "manual", verbDisown, data).Card), "You said that this was not you", "the revision does not matter")
	require.Empty(t, w.directory.passes)
}

// A person with no card of a request says of one that gave nothing yet that it was
// not them: it is closed, and they learn nothing of it.
func TestARequestIsClosedByWhomItIsFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.reader("joni")
	ref := w.asked()
	data := fmt.Sprintf(`{"ref":%q,"rev":1}`, ref)
	require.Contains(t, string(w.invoke("joni", "manual", verbNotMe, data).Card), "Close the request?")
	require.Contains(t, string(w.invoke("joni", "manual", verbDisown, data).Card), "Nothing comes of the request")
	require.Contains(t, string(w.invoke("joni", "manual", verbDisown, data).Card), "Nothing comes of the request", "safe twice")
	r, err := w.store.Request(t.Context(), ref)
	require.NoError(t, err)
	require.Equal(t, access.Denied, r.State)
	w.work()
	require.Contains(t, w.last("patti").Text, "Nothing was given, and the request is closed")
}

// Whatever the reason, the caller is told the same.
func TestACallerLearnsNothingFromARefusal(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, f := range []access.Finding{refused, livePass, {Level: access.Refusal, Code: "person.privileged", Text: "privileged"}, {Level: access.Refusal, Code: "person.locked", Text: "locked"}} {
		drawn := formFindings(verdict(f), seenBy(adele))
		last, err := json.Marshal(decode(t, newCard("x", drawn[len(drawn)-1])))
		require.NoError(t, err)
		require.Contains(t, string(last), "I cannot do this now")
		require.NotContains(t, string(last), f.Text)
		said[string(last)] = true
	}
	require.Len(t, said, 1)
	wrong := formFindings(verdict(access.Finding{Level: access.Refusal, Code: "form.minutes", Text: "a number"}), seenBy(adele))
	require.Len(t, wrong, 1, "a field that was filled in wrongly is no refusal")
}

func TestEveryAlarmHasItsWords(t *testing.T) {
	t.Parallel()
	for _, kind := range []access.AlarmKind{access.DeniedOften, access.Disowned, access.Repudiated, access.Unlocked, "of a later version"} {
		a := access.Alarm{Ref: "AL-1", Kind: kind, By: megan, Person: joni, Asker: adele, Request: "PD-7K3MX"}
		for _, f := range []Face{seenBy(alex), french(seenBy(alex))} {
			line := string(alarmLine(a, f))
			require.NotContains(t, line, "<no value>")
			require.NotContains(t, line, "alarm.")
		}
		a.Person.Name, a.By.Name = hostile, hostile
		require.NotContains(t, string(alarmLine(a, seenBy(alex))), "](")
	}
}
