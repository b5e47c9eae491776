// Package bot is the conversation: what people say and press, and what they see.
// Cards are pure functions from stored state to Adaptive Card JSON, so that each
// can be drawn again at any time, for anybody whom it concerns.
package bot

import (
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// Face is who looks at a card, when, and in which time zone.
type Face struct {
	Viewer access.ID
	Teams  string // the viewer's id in Teams, "29:…"; the approver's card refreshes for it
	Now    time.Time
	Zone   *time.Location // nil: UTC
	Locale string         // as Teams names it, such as "en-GB"; the cards are English so far
}

// Sight is a request with what is needed to draw it.
type Sight = access.Sight

// The verbs of the buttons.
const (
	verbSend     = "send"
	verbApprove  = "approve"
	verbDeny     = "deny"
	verbShow     = "show"
	verbCreate   = "create"
	verbHide     = "hide"
	verbAgain    = "again"
	verbEnd      = "end"
	verbWithdraw = "withdraw"
	verbView     = "view"
	verbExtend   = "extend"
)

// The ids of the inputs. An input comes back in the data of the button.
const (
	inputPerson     = "person"      // an Entra object id, from the people picker
	inputPersonText = "person_text" // the same person in words, for clients without the picker
	inputMinutes    = "minutes"
	inputOnce       = "once" // onceValue or multiValue
	inputDate       = "date" // 2006-01-02, in the viewer's zone
	inputTime       = "time" // 15:04, in the viewer's zone
	inputTicket     = "ticket"
	inputReplace    = "replace" // "true" or "false"
	inputReason     = "reason"
	inputWhy        = "why"  // why a request is denied
	inputCode       = "code" // the caller's code, as the person has said it
	inputHow        = "how"  // how who decides knows the person: one of access.Ways
	inputHowText    = "how_text"
	inputPolicy     = "policy"   // the id of a Conditional Access policy
	inputPlatform   = "platform" // a kind of device, in Graph's words
	inputRegister   = "register" // "true" or "false": it is for registering a passkey
	inputRevoke     = "revoke"   // "true" or "false": sessions are revoked at the end
	inputWord       = "word"     // what somebody says who reviews an emergency
	inputFrom       = "from"     // the verb of the card on which a button stands
)

// The values of the input named once.
const (
	onceValue  = "once"
	multiValue = "multi"
)

// Draw draws the card that is stored in a viewer's chat: the form, the asker's
// card or the approver's. Whom the request does not concern sees its reference,
// kind and state only.
func Draw(s Sight, f Face) Card {
	switch r := s.Request; {
	case r.MayReview(f.Viewer):
		return drawReview(s, f, "")
	case r.TellsOf(f.Viewer):
		return drawTold(s, f)
	case r.Asks(f.Viewer):
		return drawConfirm(s, f)
	case r.Kind == access.Exclusion && r.Concerns(f.Viewer):
		return drawExclusion(s, f)
	case r.Asker.ID == f.Viewer && r.State == access.Draft:
		return drawForm(s, f)
	case r.Asker.ID == f.Viewer:
		return drawAsker(s, f)
	case r.Concerns(f.Viewer):
		return drawApprover(s, f)
	default:
		return drawShared(s)
	}
}

// drawShared draws what anybody may see in a shared place: reference, kind and
// state.
func drawShared(s Sight) Card {
	r := s.Request
	return newCard(
		"Request "+refText(r.Ref)+": "+plainText(stateOf(r)),
		heading("Request "+ownText(refText(r.Ref)), ""),
		row("For", ours(kindName(r.Kind))),
		row("State", ours(stateOf(r))),
		paragraph(faint("Details are shown to the people whom it concerns, in their own chat with Passdesk.")),
	)
}

// summary tells in one line, for a notification or a list of chats, what a
// request is.
func summary(r access.Request) plainText {
	word := plainText("")
	if r.Terms.Emergency {
		word = "Emergency: "
	}
	return word + plain(shortName(r.Asker)) + " asks for " + plainText(kindName(r.Kind)) + " for " + plain(shortName(r.Person)) + " (" + refText(r.Ref) + ")"
}

// refText writes a reference where Markdown is processed: one that has not the
// form of a reference is left out.
func refText(ref access.Ref) plainText {
	if good, ok := access.ParseRef(string(ref)); ok {
		return plainText(good)
	}
	return "PD-"
}

// kindName is what is asked for, with its article.
func kindName(k access.Kind) ownText {
	switch k {
	case access.Pass:
		return "a pass"
	case access.Exclusion:
		return "an exclusion"
	}
	return "a grant"
}

// stateOf tells in words how a request stands. What is approved of a pass waits to
// be used; an exclusion begins by itself.
func stateOf(r access.Request) ownText {
	switch {
	case r.Kind == access.Exclusion && r.State == access.Approved:
		return "approved, not begun yet"
	case r.Kind == access.Exclusion && r.State == access.InForce && r.Replaced:
		return "taken away by somebody else"
	}
	return stateName(r.State)
}

// stateName tells a state in words.
func stateName(s access.State) ownText {
	switch s {
	case access.Draft:
		return "not sent yet"
	case access.Asked:
		return "waiting for a decision"
	case access.Approved:
		return "approved, not used yet"
	case access.Denied:
		return "denied"
	case access.Withdrawn:
		return "withdrawn"
	case access.Lapsed:
		return "lapsed"
	case access.CarryingOut:
		return "being carried out"
	case access.InForce:
		return "in force"
	case access.Failed:
		return "failed"
	case access.Ending:
		return "being ended"
	case access.Ended:
		return "ended"
	}
	return "unknown"
}
