package control

import (
	"net/http"

	"github.com/passdesk/passdesk/internal/sim/fault"
)

// faults lists what was added, used up or not.
func (c *Control) faults(*http.Request) (any, error) { return c.Faults.List(), nil }

// addFault puts a fault in force and answers it with its id.
func (c *Control) addFault(r *http.Request) (any, error) {
	var f fault.Fault
	if err := decode(r, &f); err != nil {
		return nil, err
	}
	return c.Faults.Add(f)
}

func (c *Control) clearFaults(*http.Request) (any, error) {
	return map[string]int{"cleared": c.Faults.Clear()}, nil
}
