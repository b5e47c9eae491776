package bot

import (
	"context"

	"github.com/passdesk/passdesk/internal/access"
)

// ring tells somebody of security of an alarm, in a line of their own chat.
func (p *Post) ring(ctx context.Context, ref access.Ref, person access.ID) error {
	a, err := p.Store.Alarm(ctx, ref)
	if err != nil {
		return err
	}
	return p.tell(ctx, person, alarmLine(a, p.face(person, p.chats.read(ctx, person))))
}

// alarmLine is an alarm in the words of who reads it.
func alarmLine(a access.Alarm, f Face) plainText {
	id := map[access.AlarmKind]string{
		access.DeniedOften: "alarm.denied", access.Disowned: "alarm.disowned", access.Repudiated: "alarm.repudiated", access.Unlocked: "alarm.unlocked",
		access.Guessed: "alarm.guessed",
	}[a.Kind]
	if id == "" {
		id = "alarm.other"
	}
	return wordingOf(f.Locale).title(id, about{
		"By": shortName(a.By), "Person": shortName(a.Person), "Asker": shortName(a.Asker), "Ref": string(a.Request),
		"UPN": firstText(a.Person.UPN, shortName(a.Person)), "What": string(a.Kind),
	})
}
