package page

import (
	"fmt"
	"io"
	"net/http"
	"time"
)

const (
	// pulse keeps an idle stream open, and finds out that a browser has left.
	pulse = 20 * time.Second
	// lull gathers what changes in the tenant within it into one event.
	lull = 150 * time.Millisecond
)

// events is a stream of server-sent events that say only what has changed, the
// chats or the tenant; the page then reads it anew (WHATWG HTML, "Server-sent
// events"). The first event names the run, so that a page knows when it is
// another tenant's.
func (p *Page) events(w http.ResponseWriter, r *http.Request) {
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // a stream outlives the server's limit
	w.Header().Set("Content-Type", "text/event-stream")
	changed, cancel := p.Teams.Subscribe()
	defer cancel()
	tick := time.NewTicker(pulse)
	defer tick.Stop()
	tenant, calls := p.Tenant.Changed(), p.traffic.changed()
	var gathered <-chan time.Time
	gather := func() {
		if gathered == nil {
			gathered = time.After(lull)
		}
	}
	text := fmt.Sprintf("retry: 500\nevent: run\ndata: %q\n\nevent: changed\ndata: {}\n\nevent: tenant\ndata: {}\n\n", p.run)
	for {
		if _, err := io.WriteString(w, text); err != nil || stream.Flush() != nil {
			return
		}
		text = ""
		for text == "" {
			select {
			case <-changed:
				text = "event: changed\ndata: {}\n\n"
			case <-tenant:
				tenant = p.Tenant.Changed()
				gather()
			case <-calls:
				calls = p.traffic.changed()
				gather()
			case <-gathered:
				gathered, text = nil, "event: tenant\ndata: {}\n\n"
			case <-tick.C:
				text = ": still here\n\n"
			case <-r.Context().Done():
				return
			case <-p.done:
				return
			}
		}
	}
}
