package bot

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

// handover shows what is open at the desk to whoever takes over.
func (b *Bot) handover(ctx context.Context, t Turn) (answer, error) {
	s, err := b.Desk.Handover(ctx, t.Actor)
	if err != nil {
		return answer{}, err
	}
	return answer{message: asMessage(drawHandover(s, b.face(t)))}, nil
}

// handoverSize is how much of a card each of the four lists may fill, in bytes.
const handoverSize = 6_000

// drawHandover lists what is open, the oldest first. Of colleagues' requests it
// tells who waits for whom, and neither reason nor terms.
func drawHandover(s access.Shift, f Face) Card {
	c := newCard("What is open at the desk. Open it in Teams.", heading("Handover", ""))
	if len(s.Asked)+len(s.Approved)+len(s.InForce)+len(s.Ending) == 0 {
		return c.add(paragraph(ours("Nothing is open.")))
	}
	line := func(r access.Request) element { return handedOver(r, f) }
	c = c.add(listOf("Waits for a decision", s.Asked, handoverSize, line)...)
	c = c.add(listOf("Approved, not used yet", s.Approved, handoverSize, line)...)
	c = c.add(listOf("In force", s.InForce, handoverSize, line)...)
	c = c.add(listOf("Being made or taken away", s.Ending, handoverSize, line)...)
	return c.add(zoneNote(f))
}

// handedOver is one request of a handover: whom it is for, who is waited for and
// until when, and who asked.
func handedOver(r access.Request, f Face) element {
	runs := []textRun{bold(name(r.Person)), ours(": " + kindName(r.Kind))}
	if r.State == access.Asked {
		runs = append(runs, ours(", waits for "))
		runs = append(runs, needed(waitedFor(r))...)
	}
	if until := turns(r); !until.IsZero() {
		word := ownText(", until ")
		if r.State == access.Approved && r.Kind == access.Exclusion {
			word = ", begins "
		}
		runs = append(runs, ours(word), theirs(f.day(until), nameLength))
	}
	if r.Late > 0 {
		runs = append(runs, bold(ours(", overdue")))
	}
	return container{Spacing: "small", Separator: true, Items: []element{
		paragraph(runs...),
		richText{Spacing: "none", Inlines: []textRun{faded(theirs(string(r.Ref), nameLength)), faint(" · asked by "), faded(name(r.Asker))}},
	}}
}
