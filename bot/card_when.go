package bot

import (
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

func (f Face) zone() *time.Location {
	if f.Zone == nil {
		return time.UTC
	}
	return f.Zone
}

// zoneName is the zone as the card names it. It came from the viewer's client,
// so it is treated as somebody else's text.
func (f Face) zoneName() string {
	if f.zone() == time.Local {
		return "local time"
	}
	return string(clean(f.zone().String(), 40))
}

// at is a moment with its day: "Mon 2 Mar 14:05 (Europe/Oslo)". A stored card
// stays for weeks, where "today" would become a lie.
func (f Face) at(t time.Time) textRun {
	return theirs(f.day(t)+" ("+f.zoneName()+")", 80)
}

// second is at with the second, for what is proved by being so close together.
func (f Face) second(t time.Time) textRun {
	return theirs(f.day(t)+t.In(f.zone()).Format(":05")+" ("+f.zoneName()+")", 80)
}

// until is a moment at which the card will be redrawn. While that is later on
// the same day it can say so: "today 14:05 (Europe/Oslo)".
func (f Face) until(t time.Time) textRun {
	now := f.Now.In(f.zone())
	there := t.In(f.zone())
	if t.After(now) && now.YearDay() == there.YearDay() && now.Year() == there.Year() {
		return theirs("today "+there.Format("15:04")+" ("+f.zoneName()+")", 80)
	}
	return f.at(t)
}

// day is at without the zone.
func (f Face) day(t time.Time) string {
	there := t.In(f.zone())
	if there.Year() != f.Now.In(f.zone()).Year() {
		return there.Format("Mon 2 Jan 2006 15:04")
	}
	return there.Format("Mon 2 Jan 15:04")
}

// lasting tells a number of minutes in the units that people use for them.
func lasting(minutes int) ownText {
	switch hours := minutes / 60; {
	case minutes <= 120:
		return count(minutes, "minute", "minutes")
	case minutes%(24*60) == 0:
		return count(hours/24, "day", "days")
	case minutes%60 == 0:
		return count(hours, "hour", "hours")
	default:
		return count(hours, "hour", "hours") + " " + count(minutes%60, "minute", "minutes")
	}
}

// validity tells how long a pass lasts and how often it can be used.
func validity(t access.Terms) ownText {
	if t.Once {
		return lasting(t.Minutes) + ", once"
	}
	return lasting(t.Minutes) + ", as often as needed"
}

// turns is when the state of a request changes by itself; a pass in force is
// told by its end.
func turns(r access.Request) time.Time {
	if r.State == access.InForce {
		return r.Ends
	}
	return r.Due
}

// date writes a day alone, in the viewer's zone.
func (f Face) date(t time.Time) string { return t.In(f.zone()).Format("2 January 2006") }
