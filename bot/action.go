package bot

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// The verbs of buttons that are not on a request's own card.
const (
	verbChoose    = "choose"    // which of several people a request is for
	verbHistory   = "history"   // which of several people a history is about
	verbStatus    = "status"    // which of several people is to be shown
	verbPolicy    = "policy"    // which of several policies is to be shown
	verbExclude   = "exclude"   // opens a form for a person and a policy
	verbAskPass   = "askpass"   // opens a form of a pass for a person
	verbGuide     = "guide"     // the steps for a person
	verbSendGuide = "sendguide" // sends the steps to who needs them
	verbRetry     = "retry"     // opens a form like the one that a request came from
	verbShowCode  = "showcode"  // shows the caller's code again
	verbConfirm   = "confirm"   // it was me who asked
	verbNo        = "no"        // it was not me who asked
	// Whether threat mode is switched off, and what somebody says of an emergency.
	verbThreatOff  = "threatoff"
	verbThreatKeep = "threatkeep"
	verbReviewed   = "reviewed"
	verbWhy        = "why" // which of several people's sign-ins are to be explained
)

// press is a button that somebody pressed, or a client that asks for a fresh
// card. Fields and claim come back from a card and are not believed.
type press struct {
	Turn
	verb   string
	manual bool // pressed, and not asked for by a client
	claim  access.Claim
	fields fields
	face   Face
	moment moment
	begun  time.Time // by the machine's clock
}

// shownCard is the card that answers a press. When it shows a code, showing is what
// the desk must hear of once the answer has been written.
type shownCard struct {
	card    Card
	showing *access.Showing
}

// verb is what a button does. A slow one calls Entra or writes, and so is answered
// within the window.
type verb struct {
	slow   bool
	judged bool // it reads its actor's standing by itself, uncached
	do     func(*Bot, context.Context, press) (shownCard, error)
}

// verbs is the table of all buttons; what is not here is refused.
func verbs() map[string]verb {
	return map[string]verb{
		verbView:       {do: (*Bot).view},
		verbShow:       {do: (*Bot).show},
		verbHide:       {slow: true, do: (*Bot).hide},
		verbSend:       {slow: true, judged: true, do: (*Bot).send},
		verbApprove:    {slow: true, judged: true, do: (*Bot).approve},
		verbDeny:       {slow: true, judged: true, do: (*Bot).deny},
		verbWithdraw:   {slow: true, judged: true, do: (*Bot).withdraw},
		verbCreate:     {slow: true, judged: true, do: (*Bot).create},
		verbAgain:      {slow: true, judged: true, do: (*Bot).again},
		verbEnd:        {slow: true, judged: true, do: (*Bot).end},
		verbChoose:     {slow: true, do: (*Bot).choose},
		verbHistory:    {slow: true, do: (*Bot).chooseHistory},
		verbRequests:   {slow: true, do: (*Bot).chooseRequests},
		verbMore:       {slow: true, do: (*Bot).more},
		verbOlder:      {slow: true, do: (*Bot).older},
		verbStatus:     {slow: true, do: (*Bot).chooseStatus},
		verbPolicy:     {slow: true, do: (*Bot).choosePolicy},
		verbExclude:    {slow: true, do: (*Bot).excludeThis},
		verbAskPass:    {slow: true, do: (*Bot).passFor},
		verbWhy:        {slow: true, do: (*Bot).chooseWhy},
		verbGuide:      {slow: true, do: (*Bot).chooseGuide},
		verbSendGuide:  {slow: true, do: (*Bot).sendGuide},
		verbRetry:      {slow: true, do: (*Bot).retry},
		verbNotMe:      {do: (*Bot).notMe},
		verbDisown:     {slow: true, judged: true, do: (*Bot).disown},
		verbUnlock:     {slow: true, do: (*Bot).chooseUnlock},
		verbExtend:     {slow: true, do: (*Bot).extend},
		verbReport:     {slow: true, do: (*Bot).lookAtReport},
		verbAnew:       {slow: true, do: (*Bot).readAnew},
		verbFile:       {slow: true, do: (*Bot).offerFile},
		verbThreatOff:  {slow: true, do: (*Bot).threatOff},
		verbThreatKeep: {slow: true, do: (*Bot).threatKeep},
		verbReviewed:   {slow: true, judged: true, do: (*Bot).review},
		verbShowCode:   {slow: true, judged: true, do: (*Bot).showCode},
		verbConfirm:    {slow: true, judged: true, do: (*Bot).confirm},
		verbNo:         {slow: true, judged: true, do: (*Bot).no},
	}
}

// unreadable answers a button that no card of ours has.
const unreadable = "This button cannot be read. Write requests to see your cards as they are now."

// maxFields bounds what comes back from a card: the form has nine inputs.
const maxFields = 64

// readPress reads what a button says; false for one that no card of ours has.
func readPress(a teams.CardAction) (press, bool) {
	data, ok := a.Fields()
	if !ok || len(data) > maxFields {
		return press{}, false
	}
	p := press{verb: a.Verb, fields: data, manual: !a.Automatic()}
	if a.Automatic() {
		p.verb = verbView // whatever it says: a client that refreshes changes nothing
	}
	if unbound(p.verb) {
		return p, true
	}
	ref, ok := access.ParseRef(p.fields.text("ref"))
	rev, err := strconv.ParseUint(p.fields.text("rev"), 10, 31)
	p.claim = access.Claim{Ref: ref, Rev: int(rev)}
	return p, ok && err == nil
}

// unbound tells whether a verb's buttons belong to no request.
func unbound(verb string) bool {
	switch verb {
	case verbHistory, verbOlder, verbRequests, verbMore, verbStatus, verbPolicy, verbExclude, verbAskPass, verbGuide, verbSendGuide, verbWhy, verbReport, verbAnew, verbFile, verbUnlock, verbThreatOff, verbThreatKeep:
		return true
	}
	return false
}

// invoke answers a button. The error is a *teams.Refusal, for an invoke that is
// no button of a card.
func (b *Bot) invoke(ctx context.Context, a *teams.Activity) (teams.Reply, *access.Showing, error) {
	action, err := a.Invoke()
	if err != nil {
		return teams.Reply{}, nil, err
	}
	p, readable := readPress(action)
	do, known := b.verbs[p.verb]
	if !readable || !known {
		b.Count("invoke", "unreadable")
		return teams.ErrorReply(http.StatusBadRequest, "BadRequest", unreadable), nil, nil
	}
	p.begun = time.Now()
	ctx = access.WithAbout(ctx, access.About{Request: p.claim.Ref})
	p.Turn, err = b.clicker(ctx, a, p, do)
	if errors.Is(err, errPending) || errors.Is(err, errBusy) {
		return teams.DrawnReply(cardSize, drawUnmet(p, b.busy()).append), nil, nil
	}
	if err != nil {
		b.fault(ctx, "looking up who presses", Turn{Actor: access.NewID(a.From.ObjectID)}, err)
		return refuse(err), nil, nil
	}
	p.face, p.moment = b.face(p.Turn), b.moment(p.Turn)
	c, err := b.pressed(ctx, p, do)
	if err != nil {
		return refuse(err), nil, nil
	}
	b.learnCard(ctx, p)
	return teams.DrawnReply(cardSize, c.card.append), c.showing, nil
}

// stillSending keeps the form on the screen, filled in as it was: pressing it
// again is the same click.
func stillSending(w wait) string {
	return string(w.why() + " Press Send request again " + w.when() + " to see the result; nothing is done twice.")
}

// refuse answers somebody who gets no card at all.
func refuse(err error) teams.Reply {
	if access.CodeOf(err) == access.Forbidden {
		return teams.ErrorReply(http.StatusForbidden, "Forbidden", access.Say(err))
	}
	return teams.ErrorReply(http.StatusInternalServerError, "Unavailable", access.Say(err))
}

// pressed does what the button does and returns the card that follows. It is an
// error only for somebody who turned out not to be an enabled member: they get
// no card at all.
func (b *Bot) pressed(ctx context.Context, p press, v verb) (shownCard, error) {
	if b.inItsPlace(ctx, p) {
		return b.pressedInPlace(ctx, p, v)
	}
	if !p.Personal && p.verb != verbView {
		return shownCard{card: drawSorry("See our chat", pressInChat, nil, p.face)}, nil
	}
	var c shownCard
	var err error
	switch {
	case v.slow && unbound(p.verb):
		c, err = b.answers(ctx, p, v)
	case v.slow:
		c, err = b.window.do(ctx, b.patience-time.Since(p.begun), p.click(), func(ctx context.Context) (shownCard, error) { return v.do(b, ctx, p) })
	default:
		c, err = v.do(b, ctx, p)
	}
	switch {
	case err == nil:
		return c, nil
	case !p.Member.Found && access.CodeOf(err) == access.Forbidden:
		return c, err
	}
	return shownCard{card: b.instead(ctx, p, err)}, nil
}

// click is what makes two presses the same.
func (p press) click() access.Click {
	c := access.Click{Actor: p.Actor, Ref: p.claim.Ref, Rev: p.claim.Rev, Verb: p.verb}
	if p.verb == verbChoose || unbound(p.verb) {
		for _, input := range carried {
			c.Verb += " " + clip(p.fields.text(input), 64)
		}
	}
	return c
}

// carried are the inputs that a button carries which belongs to no request.
var carried = []string{inputAbout, inputOnly, inputSince, inputSkip, inputPerson, inputPolicy, inputPlatform, inputRegister, inputFrom}

// instead is the card that follows a press that did not do what it says.
func (b *Bot) instead(ctx context.Context, p press, err error) Card {
	b.fault(ctx, "pressing "+p.verb, p.Turn, err)
	s, unseen := b.Desk.See(ctx, p.Actor, p.claim.Ref)
	s = p.typed(s)
	switch code := access.CodeOf(err); {
	case access.CodeOf(unseen) == access.Forbidden || access.CodeOf(unseen) == access.NotFound:
		return drawSorry(sorry(err), access.Say(err), nil, p.face)
	case unseen != nil: // the records do not answer
		return drawBlind(p, err)
	case errors.Is(err, errPending) && p.verb == verbChoose:
		return drawSorry("Still working on it", string(b.busy().why())+" The form comes in a moment; if it does not, write the command again.", nil, p.face)
	case errors.Is(err, errPending) && p.verb == verbSend && s.Request.State == access.Draft:
		return headed(Draw(asClaimed(s, p), p.face), "Still working on it", stillSending(b.busy()))
	case errors.Is(err, errPending):
		return drawWorking(asClaimed(s, p), p.verb, b.busy(), p.face)
	case errors.Is(err, errBusy):
		return drawSorry("Too much at once", "Passdesk has too much to do at this moment, and has not begun with this. Press again in a few seconds.", &s, p.face)
	case code == access.Stale:
		return drawStale(s, p.face)
	case p.verb == verbCreate && s.Request.State == access.Approved && s.Request.Asker.ID == p.Actor: // nothing was made: the same button again
		return headed(drawBefore(s, p.face), sorry(err), access.Say(err))
	default:
		return drawSorry(sorry(err), access.Say(err), &s, p.face)
	}
}

// drawUnmet answers a click while Entra has not told yet who pressed: it shows
// nothing but what the button itself said.
func drawUnmet(p press, w wait) Card {
	c := newCard("Passdesk is still working on it.",
		heading("Still working on it", "accent"),
		paragraph(ours(w.why()+" Nothing was done yet. Press again "+w.when()+".")))
	if p.claim.Ref == "" {
		return c
	}
	return c.with(button(verbTitle(p.verb), p.verb, access.Request{Ref: p.claim.Ref, Rev: p.claim.Rev}))
}

// drawBlind answers a click while the records do not tell what it is about: what
// became of it, and the button once more. A form is drawn anew first, so that
// nothing is sent that is not on the screen.
func drawBlind(p press, err error) Card {
	title, say := sorry(err), access.Say(err)
	switch {
	case errors.Is(err, errPending):
		title, say = "Still working on it", "Passdesk's records are slow to answer. Your click was received and goes on. Press again in a minute to see the result; nothing is done twice."
	case errors.Is(err, errBusy):
		title, say = "Too much at once", "Passdesk has too much to do at this moment, and has not begun with this. Press again in a few seconds."
	}
	c, verb := drawSorry(title, say, nil, p.face), p.verb
	switch {
	case p.claim.Ref == "":
		return c
	case verb == verbSend || verb == verbChoose:
		verb = verbView
	}
	return c.with(button(verbTitle(verb), verb, access.Request{Ref: p.claim.Ref, Rev: p.claim.Rev}))
}

// asClaimed draws the button again with the revision that was pressed, although
// the call may have moved the request on: with another one, pressing again would
// be another click.
func asClaimed(s access.Sight, p press) access.Sight {
	s.Request.Rev = p.claim.Rev
	return s
}

// drawStale draws a request as it is now for somebody who pressed a button of
// an older card.
func drawStale(s access.Sight, f Face) Card {
	return headed(Draw(s, f), "Changed meanwhile", "nothing was done. This is how it stands now.")
}

// headed puts a line above a card.
func headed(c Card, word ownText, say string) Card {
	c.Body = append([]element{notice("accent", word, theirs(say, sayLength))}, c.Body...)
	return c
}

// sorry is the title for what went wrong.
func sorry(err error) ownText {
	switch access.CodeOf(err) {
	case access.Invalid:
		return "That cannot be read"
	case access.NotFound, access.Forbidden:
		return "Not for you"
	case access.Refused:
		return "Not possible"
	case access.Unavailable:
		return "Not now"
	case access.Uncertain:
		return "It is not certain what happened"
	default:
		return "Something went wrong"
	}
}
