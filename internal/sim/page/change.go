package page

import (
	"context"
	"net/http"
	"time"

	"github.com/passdesk/passdesk/internal/sim/manners"
)

// farthest is how far one press may move the clock.
const farthest = 24 * time.Hour

// clock moves the time, for the tenant and for the bot: {"minutes":60}.
func (p *Page) clock(w http.ResponseWriter, r *http.Request) {
	var move struct {
		Minutes int `json:"minutes"`
	}
	if !decode(w, r, &move) {
		return
	}
	by := time.Duration(move.Minutes) * time.Minute
	if p.Advance == nil || by <= 0 || by > farthest {
		fail(w, http.StatusBadRequest, "The clock moves forward, by a day at most.")
		return
	}
	if err := p.Advance(r.Context(), by); err != nil {
		answer(w, outcome{failed, "The clock did not move: " + err.Error() + "."})
		return
	}
	answer(w, outcome{Outcome: done})
}

// behave turns the tenant's inconveniences on and off: {"throttling":false}.
func (p *Page) behave(w http.ResponseWriter, r *http.Request) {
	var turned map[string]bool
	if !decode(w, r, &turned) {
		return
	}
	if p.Manners == nil {
		fail(w, http.StatusBadRequest, "This tenant has no switches.")
		return
	}
	_, err := p.Manners.Change(func(m *manners.Manners) error {
		for name, on := range turned {
			changed, err := m.With(on, name)
			if err != nil {
				return err
			}
			*m = changed
		}
		return nil
	})
	if err != nil {
		fail(w, http.StatusBadRequest, err.Error())
		return
	}
	p.traffic.tell()
	answer(w, outcome{Outcome: done})
}

// behind changes a person, a policy or a group by the control port, as an
// administrator does in Entra's own portal.
func (p *Page) behind(w http.ResponseWriter, r *http.Request) {
	if !isJSON(w, r) {
		return
	}
	if p.Control == nil {
		fail(w, http.StatusBadRequest, "This tenant cannot be changed here.")
		return
	}
	p.Control.ServeHTTP(w, r)
}

// restart begins anew. A browser that leaves meanwhile does not stop it halfway.
func (p *Page) restart(w http.ResponseWriter, r *http.Request) {
	if !decode(w, r, &struct{}{}) {
		return
	}
	if p.Restart == nil {
		fail(w, http.StatusBadRequest, "This page cannot start over.")
		return
	}
	if err := p.Restart(context.WithoutCancel(r.Context())); err != nil {
		answer(w, outcome{failed, "Starting over went wrong: " + err.Error() + "."})
		return
	}
	answer(w, outcome{Outcome: done})
}
