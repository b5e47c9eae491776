package store

import (
	"strings"

	"github.com/riverqueue/river"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/crash"
)

// at names the moment before or after a transaction is kept by what it records.
func (t *txn) at(moment string) {
	if !crash.On {
		return
	}
	var names []string
	for _, e := range t.entries {
		names = append(names, e.Action+" "+string(e.Outcome))
	}
	if len(names) == 0 {
		names = []string{"unrecorded"}
	}
	crash.At(moment + " storing " + strings.Join(names, ", "))
}

// working names the moment at which a job is done, and not yet kept as such.
func working(j access.Job) {
	if crash.On {
		crash.At("before completing " + string(j.Kind))
	}
}

// subscriber is a client of jobs, on any driver.
type subscriber interface {
	Subscribe(kinds ...river.EventKind) (<-chan *river.Event, func())
}

// watchJobs names the moments at which jobs are kept as done.
func watchJobs(s subscriber) {
	if !crash.On {
		return
	}
	events, _ := s.Subscribe(river.EventKindJobCompleted)
	go func() {
		for e := range events {
			if o, err := decode[order](e.Job.EncodedArgs); err == nil {
				crash.At("after completing " + string(o.What))
			}
		}
	}()
}
