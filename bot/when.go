package bot

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	spanForm  = regexp.MustCompile(`^(?i)(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})(?:m|min|mins)?)?$`)
	partForm  = regexp.MustCompile(`^\d{1,6}$`)
	timeForm  = regexp.MustCompile(`^(?i)(\d{1,2})(?:[:.h](\d{2}))?\s?(am|pm|a\.m\.|p\.m\.)?$`)
	isoForms  = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04Z07:00"}
	hereForms = []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02 15.04"}
)

// lifetime reads a lifetime from the next words ("60m", "1h30", "2 hours",
// "90") and says how many words it took; none when there is no lifetime.
func lifetime(w *words) (minutes, n int) {
	first := w.peek(0)
	if first.whole || first.text == "" {
		return 0, 0
	}
	if partForm.MatchString(first.text) {
		number, _ := strconv.Atoi(first.text)
		if unit := unitMinutes(w.peek(1)); unit > 0 {
			return number * unit, 2
		}
		return number, 1
	}
	m := spanForm.FindStringSubmatch(first.text)
	if m == nil {
		return 0, 0
	}
	days, _ := strconv.Atoi(m[1])
	hours, _ := strconv.Atoi(m[2])
	rest, _ := strconv.Atoi(m[3])
	return days*24*60 + hours*60 + rest, 1
}

func unitMinutes(next word) int {
	if next.whole {
		return 0
	}
	switch strings.ToLower(next.text) {
	case "m", "min", "mins", "minute", "minutes":
		return 1
	case "h", "hour", "hours":
		return 60
	case "d", "day", "days":
		return 24 * 60
	}
	return 0
}

// clockTime reads a time as people write it: with a date, with "today",
// "tomorrow" or a weekday before or after it, or alone, which means its next
// occurrence.
func clockTime(text string, at moment) (time.Time, bool) {
	for _, form := range isoForms {
		if t, err := time.Parse(form, strings.ToUpper(text)); err == nil {
			return t.In(at.zone), true
		}
	}
	for _, form := range hereForms {
		if t, err := time.ParseInLocation(form, strings.ToUpper(text), at.zone); err == nil {
			return t, true
		}
	}
	now := at.now.In(at.zone)
	day, rest, named := dayOf(text, now)
	hour, minute, ok := hourOf(rest)
	if !ok {
		return time.Time{}, false
	}
	t := time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, at.zone)
	if !named && t.Before(now) {
		t = time.Date(day.Year(), day.Month(), day.Day()+1, hour, minute, 0, 0, at.zone)
	}
	return t, true
}

// dayOf takes a day's name from the beginning or the end of text.
func dayOf(text string, now time.Time) (day time.Time, rest string, named bool) {
	parts := strings.Fields(text)
	if len(parts) < 2 {
		return now, text, false
	}
	if ahead, ok := daysAhead(parts[0], now); ok {
		return now.AddDate(0, 0, ahead), strings.Join(parts[1:], " "), true
	}
	if ahead, ok := daysAhead(parts[len(parts)-1], now); ok {
		return now.AddDate(0, 0, ahead), strings.Join(parts[:len(parts)-1], " "), true
	}
	return now, text, false
}

// daysAhead is how far off the day is that a word names; a weekday is the next
// one, never today.
func daysAhead(name string, now time.Time) (int, bool) {
	name = strings.ToLower(strings.TrimRight(name, ","))
	switch name {
	case "today":
		return 0, true
	case "tomorrow":
		return 1, true
	}
	for d := 1; d <= 7; d++ {
		if name == strings.ToLower(now.AddDate(0, 0, d).Weekday().String()) {
			return d, true
		}
	}
	return 0, false
}

// hourOf reads "14:00", "14.00", "14h00", "2pm", "2:30 pm". A bare number is
// not a time: it could be a lifetime.
func hourOf(text string) (hour, minute int, ok bool) {
	m := timeForm.FindStringSubmatch(text)
	if m == nil || (m[2] == "" && m[3] == "") {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(m[1])
	minute, _ = strconv.Atoi(m[2])
	if half := strings.ToLower(m[3]); half != "" {
		if hour < 1 || hour > 12 {
			return 0, 0, false
		}
		hour %= 12
		if half[0] == 'p' {
			hour += 12
		}
	}
	return hour, minute, hour < 24 && minute < 60
}
