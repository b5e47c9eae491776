package trial_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/entra"
)

// pair is two people who want something for a third: a pass, or an exclusion. They
// press twice, and sometimes what they have pressed long ago arrives again.
type pair struct {
	tenant                  *sim.Sim
	asker, approver, person entra.Person
	relaxes                 bool // they want an exclusion, and the approver owns the policy
	chance                  *rand.Rand
	late                    sync.WaitGroup // deliveries that are still under way
	pressed                 []click
	form                    string // the message on which the request began

	mu    sync.Mutex
	codes map[string]int // how often each code was shown
	count map[string]int // how often each step was done
}

type click struct {
	who    string
	action json.RawMessage
}

// relaxing is how many pairs there are to one that wants exclusions.
const relaxing = 8

// pairs makes people up who may ask, and decide.
func (s *stage) pairs(n int) []*pair {
	s.t.Helper()
	add := func(name string, i int, manager string) entra.Person {
		p, err := s.tenant.Tenant.AddPerson(entra.Person{
			Name: fmt.Sprintf("%s %d", name, i), GivenName: name, Surname: strconv.Itoa(i), Manager: manager, Enabled: true,
			UPN: fmt.Sprintf("%s.%d@%s", strings.ToLower(name), i, entra.Domain), Locale: "en-GB", Zone: "Europe/Oslo",
		})
		require.NoError(s.t, err)
		return p
	}
	all := make([]*pair, n)
	for i := range all {
		p := &pair{tenant: s.tenant, chance: rand.New(rand.NewPCG(1, uint64(i))), codes: map[string]int{}, count: map[string]int{}}
		p.asker, p.approver = add("Asker", i, ""), add("Approver", i, "")
		p.person = add("Person", i, p.approver.ID)
		require.NoError(s.t, s.tenant.Tenant.AddMember("helpdesk", p.asker.ID))
		s.tenant.Tenant.Install(p.approver.ID)
		if p.relaxes = i%relaxing == relaxing-1; p.relaxes {
			owner, ok := s.tenant.Tenant.Person("lee")
			require.True(s.t, ok)
			p.approver = owner
		}
		all[i] = p
	}
	return all
}

// live lets them ask, agree, read and end, as often as there is time for.
func (p *pair) live(ctx context.Context, rounds int) {
	defer p.late.Wait()
	for range rounds {
		if !p.once(ctx) {
			return
		}
	}
}

var reference = regexp.MustCompile(`PD-[0-9A-Z]{4,}`)

func (p *pair) once(ctx context.Context) bool {
	if p.relaxes {
		return p.onceRelaxed(ctx)
	}
	read := len(p.codes)
	ref, ok := p.agree(ctx, "pass "+p.person.UPN+" 60m once for a trial", "<Show pass>")
	return ok &&
		p.until(ctx, "read", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return len(p.codes) > read },
			p.presses(ctx, p.asker, "Create and show", "Show pass", "Issue again")) &&
		p.until(ctx, "hidden", func() bool { return !strings.Contains(p.card(p.form), "<Hide>") }, p.presses(ctx, p.asker, "Hide")) &&
		p.until(ctx, "ended", p.shows("Ended"), p.presses(ctx, p.approver, "End now", ref))
}

// onceRelaxed has somebody excluded and taken back.
func (p *pair) onceRelaxed(ctx context.Context) bool {
	ref, ok := p.agree(ctx, "exclude "+p.person.UPN+" from platforms for 1h because of a trial", "<Extend>")
	return ok && p.until(ctx, "taken back", p.shows("Ended"), p.presses(ctx, p.approver, "End now", ref))
}

// agree brings a request to what follows its approval.
func (p *pair) agree(ctx context.Context, words, then string) (ref string, ok bool) {
	p.pressed, p.form = nil, ""
	old := p.newest("<Send request>")
	ok = p.until(ctx, "form", func() bool { p.form = p.newest("<Send request>"); return p.form != old }, func() {
		_, _ = p.tenant.Channel.Say(ctx, p.asker.ID, "", words)
	}) && p.until(ctx, "asked", p.shows("Waiting for a decision"), p.presses(ctx, p.asker, "Send request")) &&
		p.until(ctx, "approved", p.shows(then), func() {
			ref = reference.FindString(p.card(p.form))
			p.presses(ctx, p.approver, "Approve", ref)()
		})
	return ref, ok
}

// shows tells whether the asker's card shows something.
func (p *pair) shows(pattern string) func() bool {
	return func() bool { return strings.Contains(p.card(p.form), pattern) }
}

// until does something now and every other second, until it has come to what
// was to come. False when there is no more time.
func (p *pair) until(ctx context.Context, step string, come func() bool, do func()) bool {
	ticks := time.NewTicker(400 * time.Millisecond)
	defer ticks.Stop()
	for next := time.Now(); !come(); {
		if time.Now().After(next) {
			do()
			next = time.Now().Add(2 * time.Second)
			continue
		}
		select {
		case <-ctx.Done():
			return false
		case <-ticks.C:
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count[step]++
	return true
}
