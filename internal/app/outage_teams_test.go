package app_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// teamsFault is one of the connector's errors, and what becomes of it.
type teamsFault struct {
	status int
	code   string
	// told is what the asker is told about the approver whom it befalls; empty
	// when there is nothing to tell, because it passes.
	told string
	// wakes is what ends it for the approver, after the connector is well again;
	// nil when nobody has to do anything.
	wakes func(p *play)
}

func teamsFaults() map[string]teamsFault {
	writes := func(p *play) { p.says("megan", "help") }
	minute := func(p *play) { p.clock("61s") }
	const blocked = "does not let Passdesk write to Megan Bowen, so REF.*Or withdraw the request"
	const unsent = "card of REF, so Megan Bowen has not got it. Passdesk tries again every minute"
	return map[string]teamsFault{
		"not in the roster": {http.StatusForbidden, "BotNotInConversationRoster", "", nil},
		"blocked by user":   {http.StatusForbidden, "ConversationBlockedByUser", blocked, writes},
		"writes blocked":    {http.StatusForbidden, "MessageWritesBlocked", blocked, writes},
		"disabled by admin": {http.StatusForbidden, "BotDisabledByAdmin", blocked, writes},
		"not installed":     {http.StatusForbidden, "ForbiddenOperationException", "", nil},
		"wrong host":        {http.StatusForbidden, "InvalidBotApiHost", unsent, minute},
		"not permitted":     {http.StatusForbidden, "NotEnoughPermissions", unsent, minute},
		"chat is gone":      {http.StatusNotFound, "ConversationNotFound", "", nil},
		"precondition":      {http.StatusPreconditionFailed, "PreconditionFailed", "", nil},
		"too big":           {http.StatusRequestEntityTooLarge, "MessageSizeTooBig", unsent, minute},
		"throttled":         {http.StatusTooManyRequests, "Throttled", "", nil},
		"bad argument":      {http.StatusBadRequest, "Bad Argument", unsent, minute},
		"not registered":    {http.StatusUnauthorized, "BotNotRegistered", unsent, minute},
		"failing":           {http.StatusInternalServerError, "ServiceError", unsent, minute},
		"bad gateway":       {http.StatusBadGateway, "", "", nil},
		"unavailable":       {http.StatusServiceUnavailable, "", "", nil},
		"gateway timed out": {http.StatusGatewayTimeout, "", "", nil},
	}
}

// toMegan is a fault of all that is sent to her.
func (p *play) toMegan(method string, f teamsFault) map[string]any {
	return map[string]any{
		"path": "^/teams/v3/conversations/" + regexp.QuoteMeta(p.chat("megan").ID) + "/", "method": method,
		"status": f.status, "code": f.code,
	}
}

// What keeps the card of a request from its approver is told to the asker where
// it stays, and when it is over the card comes by itself.
func TestOutageTeamsWhenACardIsSent(t *testing.T) {
	t.Parallel()
	faults := teamsFaults()
	for few := range slices.Chunk(slices.Sorted(maps.Keys(faults)), 4) { // a chat that grows long is slow to read
		t.Run(strings.Join(few, ", "), func(t *testing.T) {
			t.Parallel()
			p := newPlay(t, nil)
			p.says("megan", "help") // she has a chat already
			for _, name := range few {
				p.unsent(name, faults[name])
			}
			p.says("adele", "pass joni 60m once for new laptop")
			p.goesOn(0)
			p.endsWell()
		})
	}
}

// unsent asks for something whose card does not reach its approver, until the
// fault is over.
func (p *play) unsent(name string, f teamsFault) {
	p.t.Helper()
	p.says("adele", "pass joni 60m once for new laptop")
	p.call(http.MethodPost, "/faults", p.toMegan(http.MethodPost, f))
	require.Contains(p.t, p.presses("adele", "Send request", nil).text(), "Waiting for a decision", name)
	ref := p.ref("adele")
	p.met(1)
	if f.told != "" {
		p.sees("adele", strings.ReplaceAll(f.told, "REF", ref))
	}
	require.NotContains(p.t, p.screen("megan"), "<Approve>", name)
	p.over()
	if f.wakes != nil {
		f.wakes(p)
	}
	p.sees("megan", "<Approve>.*"+ref+"|"+ref+".*<Approve>")
	if f.told == "" {
		require.NotRegexp(p.t, "Teams does not.*"+ref, p.screen("adele"), "what passes by itself is not worth a word")
	}
	p.presses("adele", "Withdraw", nil)
	p.until(func() bool { return !strings.Contains(p.screen("megan"), "<Approve>") }, func() string { return p.screen("megan") })
}

// What keeps a card from being redrawn leaves it as it was for that long, and no
// longer: the request itself goes on, and Passdesk says how it stands to whoever
// asks.
func TestOutageTeamsWhenACardIsRedrawn(t *testing.T) {
	t.Parallel()
	p := newPlay(t, nil)
	for name, f := range teamsFaults() {
		if !slices.Contains([]string{"blocked by user", "not installed", "chat is gone", "too big", "failing", "unavailable"}, name) {
			continue // one of each kind: the rest is steered alike
		}
		p.asked()
		ref := p.ref("adele")
		p.call(http.MethodPost, "/faults", p.toMegan(http.MethodPut, f))
		p.presses("adele", "Withdraw", nil)
		p.met(1)
		require.Contains(t, p.screen("megan"), "<Approve>", name)
		a := p.invoke("megan", "approve", map[string]any{"ref": ref, "rev": 2})
		require.Contains(t, a.text(), "Withdrawn", "%s: an old card is not obeyed", name)
		p.over()
		if f.status == http.StatusForbidden { // Passdesk wrote no more, until she does
			p.until(func() bool { return len(p.rows(`SELECT person FROM chats WHERE body LIKE '%"blocked":%'`)) > 0 }, p.tail)
			p.says("megan", "help")
		}
		p.until(func() bool { return p.shows(ref, "Withdrawn") }, func() string { return name + "\n" + p.screen("megan") + p.tail() })
	}
	p.says("adele", "pass joni 60m once for new laptop")
	p.goesOn(0)
	p.endsWell()
}

// shows tells whether every card of a request that Passdesk knows, as Teams keeps
// it, has a title.
func (p *play) shows(ref, title string) bool {
	p.t.Helper()
	kept := p.kept()
	for _, at := range p.rows("SELECT conversation || ' ' || activity FROM cards WHERE ref = '" + ref + "'") {
		if !strings.Contains(kept[at], title) {
			return false
		}
	}
	return true
}

// over ends every fault.
func (p *play) over() { p.call(http.MethodDelete, "/faults", nil) }

// met waits until the first fault has befallen so many calls.
func (p *play) met(calls int) {
	p.t.Helper()
	p.until(func() bool { return p.Sim.Faults.List()[0].Met >= calls }, func() string { return "the fault was not met" })
}
