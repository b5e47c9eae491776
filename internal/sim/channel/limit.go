package channel

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// rate allows a number of calls in any stretch of time of a length.
type rate struct {
	most int
	per  time.Duration
}

// The connector's limits, per bot and conversation, and in all per app and
// tenant (Teams: optimize your bot with rate limiting).
var (
	writeRates  = []rate{{7, time.Second}, {8, 2 * time.Second}, {60, 30 * time.Second}, {1800, time.Hour}}
	memberRates = []rate{{14, time.Second}, {16, 2 * time.Second}, {120, 30 * time.Second}, {3600, time.Hour}}
	wholeRates  = []rate{{50, time.Second}}
)

// meter remembers the calls that were let in, as far back as its rates look.
type meter struct {
	rates []rate
	came  []time.Time // oldest first
}

// wait is how long the next call is too early; 0: it may come in.
func (m *meter) wait(now time.Time) time.Duration {
	var longest time.Duration
	for _, r := range m.rates {
		if len(m.came) >= r.most {
			longest = max(longest, m.came[len(m.came)-r.most].Add(r.per).Sub(now))
		}
	}
	return longest
}

func (m *meter) count(now time.Time) {
	most := m.rates[len(m.rates)-1].most
	if len(m.came) >= 2*most {
		m.came = append(m.came[:0], m.came[len(m.came)-most:]...)
	}
	m.came = append(m.came, now)
}

// traffic is what goes on in the conversations.
type traffic struct {
	mu     sync.Mutex
	whole  meter
	meters map[string]*meter
	busy   map[string]bool // conversations in which a change is under way
}

// admit counts a call of a kind to a conversation, or says how long it is too early.
func (t *traffic) admit(now time.Time, kind, conversation string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.meters == nil {
		t.meters, t.whole.rates = map[string]*meter{}, wholeRates
	}
	own := t.meters[kind+" "+conversation]
	if own == nil {
		own = &meter{rates: writeRates}
		if kind == "members" {
			own.rates = memberRates
		}
		t.meters[kind+" "+conversation] = own
	}
	after := max(own.wait(now), t.whole.wait(now))
	if after <= 0 {
		own.count(now)
		t.whole.count(now)
	}
	return after
}

// enter begins a change in a conversation, if none is under way there.
func (t *traffic) enter(conversation string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.busy == nil {
		t.busy = map[string]bool{}
	}
	if t.busy[conversation] {
		return false
	}
	t.busy[conversation] = true
	return true
}

func (t *traffic) leave(conversation string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.busy, conversation)
}

// limited refuses what is too much for a conversation, or comes while another
// change is under way in it.
func (c *Channel) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kind, conversation := counted(r)
		manners := c.options.Manners.Now()
		if manners.Limits {
			if after := c.traffic.admit(c.tenant.Now(), kind, conversation); after > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(after.Seconds()))))
				(&refusal{http.StatusTooManyRequests, "Throttled", "Too many requests."}).write(w)
				return
			}
		}
		if manners.Conflicts && kind == "change" {
			if !c.traffic.enter(conversation) {
				(&refusal{http.StatusPreconditionFailed, "PreconditionFailed", "Precondition failed, please try again."}).write(w)
				return
			}
			defer c.traffic.leave(conversation)
		}
		next.ServeHTTP(w, r)
	})
}

// counted is what a call counts as, and in which conversation. The creation of a
// conversation counts for whoever, or whatever, it is with.
func counted(r *http.Request) (kind, conversation string) {
	parts, _ := split(r.URL.EscapedPath())
	switch {
	case len(parts) == 0:
		return "create", createdWith(r)
	case r.Method == http.MethodGet:
		kind = "members"
	default:
		kind = "change"
	}
	conversation, _, _ = strings.Cut(parts[0], ";messageid=")
	return kind, conversation
}

// createdWith is the member, or the channel, of a conversation to be created.
// What cannot be read is refused by whoever reads it next.
func createdWith(r *http.Request) string {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 4*maxMessage))
	if r.Body = io.NopCloser(bytes.NewReader(body)); err != nil {
		r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
	}
	var p parameters
	if json.Unmarshal(body, &p) != nil || len(p.Members) == 0 {
		return p.ChannelData.Channel.ID
	}
	return p.Members[0].ID
}

// failing is a reader that has failed already.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
