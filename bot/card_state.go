package bot

import (
	"unicode"
	"unicode/utf8"

	"github.com/passdesk/passdesk/internal/access"
)

// stateTitle is the heading of a card in words, and the colour beside them.
func stateTitle(r access.Request) (title ownText, color string) {
	switch r.State {
	case access.Draft:
		return "Not sent yet", ""
	case access.Asked:
		return "Waiting for a decision", "accent"
	case access.Approved:
		return "Approved", "good"
	case access.Denied:
		return "Denied", "attention"
	case access.Withdrawn:
		return "Withdrawn", ""
	case access.Lapsed:
		return "Lapsed", ""
	case access.CarryingOut:
		return "The pass is being made", "accent"
	case access.InForce:
		if r.Replaced {
			return "The pass is gone", "attention"
		}
		return "The pass is in force", "good"
	case access.Failed:
		return "No pass could be given", "attention"
	case access.Ending:
		return "The pass is being deleted", "accent"
	case access.Ended:
		return "Ended", ""
	}
	return "Request", ""
}

// decided tells who decided, when and why; nothing without a decision.
func decided(r access.Request, f Face) []element {
	d := r.Decision
	if d == nil {
		return nil
	}
	verb := ownText(" denied it, ")
	if d.Approve {
		verb = " approved it, "
	}
	rows := []element{row("Decision", bold(who(d.By, f)), ours(verb), f.at(d.At))}
	if d.Reason != "" {
		rows = append(rows, row("Because", theirs(d.Reason, reasonLength)))
	}
	return append(rows, provenRow(d, f)...)
}

// outcome tells where a request stands after the decision, to everybody alike.
func outcome(s Sight, f Face) []element {
	r := s.Request
	switch r.State {
	case access.Approved:
		return []element{row("Now", ours("Not used yet. The approval lapses "), f.until(r.Due), ours("."))}
	case access.CarryingOut:
		return []element{row("Now", ours("Passdesk is making the pass in Entra."))}
	case access.InForce:
		return []element{worksUntil(r, f)}
	case access.Ending:
		return []element{row("Now", ours("Passdesk deletes the pass, and then looks whether it is gone."))}
	case access.Withdrawn, access.Lapsed, access.Failed, access.Ended:
		return came(r, f)
	default:
		return nil
	}
}

// worksUntil tells until when the live pass works, or that it is not ours any
// more.
func worksUntil(r access.Request, f Face) element {
	if r.Replaced {
		return notice("attention", "Gone", ours("Somebody else has replaced or deleted this pass in Entra. Its code no longer works."))
	}
	return row("Works until", bold(f.until(r.Ends)))
}

// came tells how a request came to its end, by whom and when.
func came(r access.Request, f Face) []element {
	var rows []element
	if why := ending(r); why != "" {
		rows = append(rows, row("How", theirs(why, findingLength)))
	}
	rows = append(rows, row("By", who(r.By, f), ours(", "), f.at(r.Changed)))
	if r.State == access.Ended {
		rows = append(rows, row("Now", ours("The pass no longer works.")))
	}
	return rows
}

// ending is why a request came to its end, as a sentence.
func ending(r access.Request) string {
	if r.State == access.Lapsed && r.Asked.IsZero() {
		return "The form was not sent in time."
	}
	return capital(r.Why)
}

// capital is a text with a capital letter at its beginning.
func capital[T ~string](text T) T {
	first, size := utf8.DecodeRuneInString(string(text))
	if size == 0 {
		return ""
	}
	return T(unicode.ToUpper(first)) + text[size:]
}
