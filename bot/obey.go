package bot

import (
	"context"
	"strings"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/teams"
)

// run does what a command says. Its answer is for the actor alone.
func (b *Bot) run(ctx context.Context, t Turn, from teams.Place, s said) (answer, error) {
	switch s.command {
	case "pass":
		return b.askFor(ctx, t, from, access.Pass, s)
	case "exclude":
		return b.exclude(ctx, t, from, s)
	case "emergency":
		return b.emergency(ctx, t, from, s)
	case "threat":
		return b.threat(ctx, t, s)
	case "status":
		return b.status(ctx, t, from, s)
	case "guide":
		return b.guide(ctx, t, from, s)
	case "why":
		return b.why(ctx, t, from, s)
	case "policy":
		return b.policy(ctx, t, s)
	case "report":
		return b.report(ctx, t)
	case "unlock":
		return b.unlock(ctx, t, from, s)
	case "end":
		return b.endNow(ctx, t, s.ref)
	case "requests":
		return b.list(ctx, t, from, s)
	case "handover":
		return b.handover(ctx, t)
	case "history":
		return b.history(ctx, t, from, s)
	default:
		return b.help(t), nil
	}
}

func (b *Bot) help(t Turn) answer {
	return answer{message: asMessage(drawHelp(t.Member, b.can(t), usages(b.can(t)), b.face(t)))}
}

// askFor opens the form, filled in; where a name fits several, it asks first
// which of them is meant.
func (b *Bot) askFor(ctx context.Context, t Turn, from teams.Place, kind access.Kind, s said) (answer, error) {
	if !b.Desk.MayDraft(t.Member, s.terms) { // the desk refuses and records it; nobody is looked up
		_, err := b.Desk.Draft(ctx, t.Actor, kind, access.Person{}, s.terms)
		if err != nil {
			return answer{}, err
		}
	}
	found, words, err := b.find(ctx, t, from, s.person)
	if err != nil {
		return answer{}, err
	}
	if len(found) == 0 {
		return line(nobody(words)), nil
	}
	person := access.Person{}
	if len(found) == 1 {
		person = found[0]
	}
	r, err := b.Desk.Draft(ctx, t.Actor, kind, person, s.terms)
	if err != nil {
		return answer{}, err
	}
	if len(found) > 1 {
		return answer{message: asMessage(drawChoose(words, found, verbChoose, reference(r), b.face(t)))}, nil
	}
	sight := access.Sight{Request: r}
	return showing(Draw(sight, b.face(t)), sight), nil
}

// reference is what a button carries of a request.
func reference(r access.Request) map[string]any { return map[string]any{"ref": r.Ref, "rev": r.Rev} }

func nobody(words string) string {
	return "I found nobody called “" + string(plain(clip(words, nameLength))) + "”. Write the name as it stands in Teams, or the sign-in name, such as name@organisation."
}

// find lists the people whom words can mean. A mention means one person; where
// Teams does not tell whom, its name is looked for.
func (b *Bot) find(ctx context.Context, t Turn, from teams.Place, words string) ([]access.Person, string, error) {
	for _, m := range t.Mentions {
		if m.Text == "" || m.Text != words {
			continue
		}
		words = m.Name
		id := m.ObjectID
		if member, err := b.Connector.Member(ctx, from, m.ID); id == "" && err == nil {
			id = member.ObjectID
		}
		if id != "" {
			found, err := b.lookUp(ctx, id)
			return found, words, err
		}
	}
	words = strings.TrimSpace(stripTags(words))
	found, err := b.lookUp(ctx, words)
	return found, words, err
}

// lookUp finds people by words; without words it finds nobody.
func (b *Bot) lookUp(ctx context.Context, words string) ([]access.Person, error) {
	if words == "" {
		return nil, nil
	}
	return b.Desk.Find(ctx, words)
}

// stripTags leaves the name of a mention that stands for nobody.
func stripTags(words string) string {
	if !strings.HasPrefix(words, "<at") {
		return words
	}
	_, rest, _ := strings.Cut(words, ">")
	return strings.TrimSuffix(rest, "</at>")
}

// endNow ends a request by its reference. The person who types it means it as
// it is now, so that the present revision is theirs.
func (b *Bot) endNow(ctx context.Context, t Turn, ref access.Ref) (answer, error) {
	s, err := b.Desk.See(ctx, t.Actor, ref)
	if access.CodeOf(err) == access.Forbidden { // the desk refuses it, and records that
		_, err = b.Desk.End(ctx, t.Actor, access.Claim{Ref: ref})
	}
	if err != nil {
		return answer{}, err
	}
	if s.Request.State != access.InForce {
		return showing(drawSorry("Nothing to end", "This request is not in force, so there is nothing to end.", &s, b.face(t)), s), nil
	}
	if _, err := b.Desk.End(ctx, t.Actor, access.Claim{Ref: ref, Rev: s.Request.Rev}); err != nil {
		return answer{}, err
	}
	s, err = b.Desk.See(ctx, t.Actor, ref)
	return showing(Draw(s, b.face(t)), s), err
}

func (b *Bot) requests(ctx context.Context, t Turn) (answer, error) {
	waiting, mine, inForce, err := b.Desk.Open(ctx, t.Actor)
	if err != nil {
		return answer{}, err
	}
	return answer{message: asMessage(drawRequests(waiting, mine, inForce, b.face(t)))}, nil
}

// whom finds the one person whom words mean. Where it is not ok, asks says that
// there is none, or asks by buttons with a verb which of several.
func (b *Bot) whom(ctx context.Context, t Turn, from teams.Place, said, verb string) (person access.Person, asks answer, ok bool, err error) {
	found, words, err := b.find(ctx, t, from, said)
	switch {
	case err != nil:
		return person, asks, false, err
	case len(found) == 0:
		return person, line(nobody(words)), false, nil
	case len(found) > 1:
		return person, answer{message: asMessage(drawChoose(words, found, verb, nil, b.face(t)))}, false, nil
	}
	return found[0], asks, true, nil
}
