package bot

import "github.com/passdesk/passdesk/internal/access"

// drawConfirm asks the person of a request, in their own language, whether it was
// them who asked. It tells who asked and for what kind of thing, and no more: they
// may not be the one who rang.
func drawConfirm(s Sight, f Face) Card {
	r, w := s.Request, wordingOf(f.Locale)
	id := "confirm." + string(r.Kind)
	c := newCard(w.title(id, about{"By": shortName(r.Asker)}), heading(w.own("confirm.title"), ""),
		paragraph(large(w.run(id, about{"By": shortName(r.Asker)}))))
	c.Lang = w.lang()
	ref := paragraph(faded(theirs(string(r.Ref), nameLength)), faint(" · "), faded(f.at(r.Confirmation.Asked)))
	if r.Awaits(f.Viewer) {
		c = c.add(paragraph(w.run("confirm.hint", nil)), ref)
		return c.with(positive(button(w.title("confirm.yes", nil), verbConfirm, r)), destructive(button(w.title("confirm.no", nil), verbNo, r)))
	}
	return c.add(confirmOutcome(r, w, f)...).add(ref)
}

// confirmOutcome tells what the person has said, or that it is too late.
func confirmOutcome(r access.Request, w wording, f Face) []element {
	switch {
	case !r.Disowned.At.IsZero():
		return []element{paragraph(bold(w.run("confirm.said.no", nil)), ours(" "), faded(f.at(r.Disowned.At))), paragraph(w.run("confirm.alarmed", nil))}
	case r.Confirmation.At.IsZero():
		return []element{paragraph(w.run("confirm.over", nil))}
	}
	return []element{paragraph(bold(w.run("confirm.said.yes", nil)), ours(" "), faded(f.at(r.Confirmation.At))), paragraph(w.run("confirm.wrong", nil))}
}
