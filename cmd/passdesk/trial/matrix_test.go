package trial_test

import "fmt"

// row is a point at which passdesk is killed, and the story that comes to it.
type row struct {
	story story
	point string
}

// half is the representative half: what a decision, a reveal, an ending and a
// card can lose. What claims a reveal is the record of its intent: they are one
// transaction.
func half() []row {
	return join(
		points(ended,
			"after storing ask done",
			"before storing approve done", "after storing approve done",
			"before storing issue pass intent", "after storing issue pass intent",
			"before graph POST temporaryAccessPassMethods", "after graph POST temporaryAccessPassMethods",
			"before storing issue pass done", "after storing issue pass done",
			"before storing show pass done", "after storing show pass done",
			"after storing end intent",
			"after graph DELETE temporaryAccessPassMethods",
			"after storing end done",
			"after teams send", "after storing a card's id",
			"after teams update",
			"before completing announce", "after completing redraw",
		),
		points(expires,
			"after storing end intent",
			"after graph DELETE temporaryAccessPassMethods",
		),
		points(abandoned,
			"after storing issue pass intent",
			"after graph POST temporaryAccessPassMethods",
			"after storing issue pass done",
		),
		points(relaxed,
			"after storing approve done",
			"after storing exclude intent",
			"after graph POST members",
			"after storing exclude done",
			"after graph DELETE members",
			"before storing end done",
		),
		points(relaxedOver, "after graph DELETE members"),
	)
}

// rest is the other half.
func rest() []row {
	return join(
		points(ended,
			"before teams reply", "after teams reply", "before storing an answer's id",
			"before storing ask done",
			"before teams create", "after teams create",
			"before teams send", "before teams send#2", "after teams send#2",
			"before teams update", "before storing a card's revision",
			"before teams update#2", "after teams update#2", "before storing a card's revision#2",
			"before teams update#5", "after teams update#5", "before storing a card's revision#5",
			"before storing end intent",
			"before graph DELETE temporaryAccessPassMethods",
			"before storing end done",
			"after completing announce",
			"before completing redraw", "before completing redraw#2", "after completing redraw#2",
			"before completing notify", "after completing notify",
			"before completing read back", "after completing read back",
			"before completing due", "after completing due",
		),
		points(ended, numbered("before storing unrecorded", 8)...),
		points(ended, numbered("after storing unrecorded", 8)...),
		points(expires,
			"before storing end intent",
			"before graph DELETE temporaryAccessPassMethods",
			"before storing end done", "after storing end done",
			"before completing due", "after completing due",
			"before completing read back", "after completing read back",
		),
		points(abandoned,
			"before storing issue pass intent",
			"before graph POST temporaryAccessPassMethods",
			"before storing issue pass done",
			"before storing show pass done", "after storing show pass done",
		),
		points(relaxed,
			"before storing approve done",
			"before storing exclude intent",
			"before graph POST members",
			"before storing exclude done",
			"before storing end intent", "after storing end intent",
			"before graph DELETE members",
			"before graph POST revokeSignInSessions", "after graph POST revokeSignInSessions",
			"after storing end done",
			"before completing due", "after completing due",
			"before completing read back", "after completing read back",
		),
		points(relaxed, numbered("after storing unrecorded", 8)...),
		points(relaxedOver,
			"before storing end intent", "after storing end intent",
			"before graph DELETE members",
			"before storing end done", "after storing end done",
		),
	)
}

// matrix is what is tried.
func matrix() []row {
	if soak {
		return join(half(), rest())
	}
	return half()
}

func points(s story, names ...string) []row {
	rows := make([]row, 0, len(names))
	for _, name := range names {
		rows = append(rows, row{s, name})
	}
	return rows
}

func numbered(name string, last int) []string {
	names := make([]string, 0, last)
	for i := range last {
		names = append(names, fmt.Sprintf("%s#%d", name, i+1))
	}
	return names
}

func join(lists ...[]row) []row {
	var all []row
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}
