package channel_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/fault"
	"github.com/passdesk/passdesk/internal/sim/manners"
)

// strict opens an office with some inconveniences and a clock that stands still.
func strict(t *testing.T, faults *fault.Set, names ...string) *office {
	t.Helper()
	m, err := manners.Calm().With(true, names...)
	require.NoError(t, err)
	at := time.Date(2026, 2, 3, 9, 15, 0, 0, time.UTC)
	tenant := entra.New(entra.Options{Seed: 7, Now: func() time.Time { return at }})
	o := open(t, func(options *channel.Options) {
		options.Tenant, options.Manners, options.Faults = tenant, manners.New(m), faults
	})
	o.tenant = tenant
	return o
}

// answered is what came back from the connector.
type answered struct {
	status    int
	code      string
	after     int // seconds
	operation string
	body      map[string]any
}

func (o *office) ask(t *testing.T, method string, body any, parts ...string) answered {
	t.Helper()
	path := []string{o.host.URL + "/teams/v3/conversations"}
	for _, part := range parts {
		path = append(path, url.PathEscape(part))
	}
	encoded, err := json.Marshal(body)
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), method, strings.Join(path, "/"), bytes.NewReader(encoded))
	require.NoError(t, err)
	request.Header.Set("Authorization", "Bearer good")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	a := answered{status: response.StatusCode, operation: response.Header.Get("X-Correlating-OperationId")}
	_ = json.NewDecoder(response.Body).Decode(&a.body)
	a.code = text(dig(a.body, "error", "code"))
	a.after, _ = strconv.Atoi(response.Header.Get("Retry-After"))
	return a
}

func TestLimitsPerConversation(t *testing.T) {
	t.Parallel()
	o := strict(t, nil, "limits")
	adele, megan := o.chat(t, "adele"), o.chat(t, "megan")
	write := func(conversation string) answered {
		return o.ask(t, http.MethodPost, map[string]any{"type": "message", "text": "x"}, conversation, "activities")
	}
	refused := func(after int) {
		t.Helper()
		a := write(adele)
		require.Equal(t, http.StatusTooManyRequests, a.status)
		require.Equal(t, "Throttled", a.code)
		require.Equal(t, after, a.after)
	}
	accepted := func(n int) {
		t.Helper()
		for range n {
			require.Equal(t, http.StatusCreated, write(adele).status)
		}
	}
	accepted(7)
	refused(1)
	require.Equal(t, http.StatusCreated, write(megan).status, "each conversation has limits of its own")
	o.tenant.Advance(time.Second)
	accepted(1)
	refused(1) // 8 in 2 s
	for range 13 {
		o.tenant.Advance(2 * time.Second)
		accepted(4)
	}
	refused(3) // 60 in 30 s: the first 7 came 27 s ago
	o.tenant.Advance(3 * time.Second)
	accepted(7)
}

func TestLimitsPerHour(t *testing.T) {
	t.Parallel()
	o := strict(t, nil, "limits")
	adele := o.chat(t, "adele")
	read := func() answered { return o.ask(t, http.MethodGet, nil, adele, "members") }
	sent := o.ask(t, http.MethodPost, map[string]any{"type": "message", "text": "x"}, adele, "activities")
	id, _ := sent.body["id"].(string)
	write := func() answered {
		return o.ask(t, http.MethodPut, map[string]any{"type": "message", "text": "y"}, adele, "activities", id)
	}
	for range 1799 {
		o.tenant.Advance(time.Second)
		require.Equal(t, http.StatusOK, write().status)
	}
	o.tenant.Advance(time.Second)
	require.Equal(t, 1800, write().after)
	require.Equal(t, http.StatusOK, read().status, "members are counted by themselves")
	for range 13 {
		require.Equal(t, http.StatusOK, read().status)
	}
	require.Equal(t, http.StatusTooManyRequests, read().status)
}

func TestLimitsOfCreations(t *testing.T) {
	t.Parallel()
	o := strict(t, nil, "limits")
	create := func(alias string) answered {
		return o.ask(t, http.MethodPost, o.parameters(o.person(t, alias).Teams))
	}
	for range 7 {
		require.Equal(t, http.StatusCreated, create("adele").status)
	}
	require.Equal(t, http.StatusTooManyRequests, create("adele").status)
	require.Equal(t, http.StatusCreated, create("megan").status)
}

func TestLimitsInAll(t *testing.T) {
	t.Parallel()
	o := strict(t, nil, "limits")
	everybody := []string{"adele", "bianca", "megan", "lee", "patti", "eli", "breakglass"}
	refused := 0
	for _, alias := range everybody {
		for range 7 {
			if o.ask(t, http.MethodPost, o.parameters(o.person(t, alias).Teams)).status != http.StatusCreated {
				refused++
			}
		}
	}
	require.Zero(t, refused)
	conversation := o.ChatID(o.person(t, "adele").ID)
	require.Equal(t, http.StatusOK, o.ask(t, http.MethodGet, nil, conversation, "members").status)
	require.Equal(t, http.StatusTooManyRequests, o.ask(t, http.MethodGet, nil, conversation, "members").status)
	o.tenant.Advance(time.Second)
	require.Equal(t, http.StatusOK, o.ask(t, http.MethodGet, nil, conversation, "members").status)
}

// Of two changes in one conversation at the same time, the second is refused.
func TestConflicts(t *testing.T) {
	t.Parallel()
	faults := &fault.Set{}
	o := strict(t, faults, "conflicts")
	adele, megan := o.chat(t, "adele"), o.chat(t, "megan")
	_, err := faults.Add(fault.Fault{Path: "/activities", DelayMS: 60_000, Count: 1})
	require.NoError(t, err)
	write := func(conversation string) answered {
		return o.ask(t, http.MethodPost, map[string]any{"type": "message", "text": "x"}, conversation, "activities")
	}
	var slow sync.WaitGroup
	slow.Go(func() {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.host.URL+"/teams/v3/conversations/"+url.PathEscape(adele)+"/activities", bytes.NewReader([]byte(`{"type":"message","text":"slow"}`)))
		if err != nil {
			return
		}
		request.Header.Set("Authorization", "Bearer good")
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
		}
	})
	o.until(t, "the slow call is under way", func() bool { return faults.List()[0].Met == 1 })
	refused := write(adele)
	require.Equal(t, http.StatusPreconditionFailed, refused.status)
	require.Equal(t, "PreconditionFailed", refused.code)
	require.Equal(t, http.StatusOK, o.ask(t, http.MethodGet, nil, adele, "members").status)
	require.Equal(t, http.StatusCreated, write(megan).status)
	o.host.CloseClientConnections()
	slow.Wait()
	o.until(t, "the conversation is free again", func() bool { return write(adele).status == http.StatusCreated })
}

// A calm Teams refuses nothing for being too much.
func TestNoLimits(t *testing.T) {
	t.Parallel()
	o := strict(t, nil)
	adele := o.chat(t, "adele")
	for range 80 {
		a := o.ask(t, http.MethodPost, map[string]any{"type": "message", "text": "x"}, adele, "activities")
		require.Equal(t, http.StatusCreated, a.status)
	}
}
