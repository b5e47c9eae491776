package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/sim"
	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/store"
	"github.com/passdesk/passdesk/internal/teams"
)

// world is a bot in a simulated Teams: the channel, the connector, the store and
// the desk are real, Entra is a directory made of data, and jobs run when the
// test says so.
type world struct {
	t         testing.TB
	sim       *sim.Sim
	directory *directory
	census    *census
	store     *heldJobs
	post      *Post
	bot       *Bot
	url       string
	log       *lockedWriter

	mu      sync.Mutex
	ahead   time.Duration
	counted []string

	hungUp atomic.Int32 // requests whose client has gone
}

// watched counts the clients that hang up.
func (w *world) watched(h http.Handler) http.Handler {
	return http.HandlerFunc(func(to http.ResponseWriter, r *http.Request) {
		done := context.AfterFunc(r.Context(), func() { w.hungUp.Add(1) })
		defer done()
		h.ServeHTTP(to, r)
	})
}

func newWorld(tb testing.TB, install func(*world, access.ID) error) *world {
	tb.Helper()
	w := &world{t: tb, log: &lockedWriter{}}
	log := slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	w.sim, err = sim.Start(tb.Context(), sim.Options{Calm: true})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, w.sim.Close()) })
	w.directory, w.census = newDirectory(w), &census{}
	kept, err := store.Open(tb.Context(), "sqlite:"+filepath.Join(tb.TempDir(), "passdesk.db"), store.Options{Now: w.now, Log: log})
	require.NoError(tb, err)
	tb.Cleanup(func() { require.NoError(tb, kept.Close()) })
	w.store = &heldJobs{Store: kept}
	w.furnish(log, install)
	server := httptest.NewServer(w.watched(w.bot.Handler()))
	tb.Cleanup(server.Close)
	w.url = server.URL + "/api/messages"
	w.sim.Channel.SetBot(w.url)
	return w
}

func (w *world) furnish(log *slog.Logger, install func(*world, access.ID) error) {
	t, hosts := w.t, []string{strings.TrimSuffix(strings.TrimPrefix(w.sim.Addresses.Channel, "https://"), "/teams/")}
	tenant, app := w.sim.Tenant.ID(), w.sim.Tenant.AppID()
	receiver, err := teams.NewReceiver(teams.Trust{AppID: app, Tenant: tenant, Metadata: w.sim.Addresses.OpenID, ServiceHosts: hosts, HTTP: w.sim.HTTPClient(), Log: log})
	require.NoError(t, err)
	connector, err := teams.NewConnector(teams.Options{Credential: w.credential(), ServiceHosts: hosts, FileHosts: hosts, AppID: app, Tenant: tenant, HTTP: w.sim.HTTPClient(), Log: log})
	require.NoError(t, err)
	options := PostOptions{Store: w.store, Connector: connector, ServiceURL: w.sim.Addresses.Channel, Now: w.now, Log: log}
	if install != nil {
		options.Install = func(_ context.Context, id access.ID) error { return install(w, id) }
	}
	w.post, err = NewPost(options)
	require.NoError(t, err)
	t.Cleanup(w.post.Close)
	desk, err := access.NewDesk(access.Options{
		Directory: w.directory, Census: w.census, Store: w.store, Reach: w.post.Reach, Now: w.now, Log: log,
		Settings: access.Settings{Requesters: []access.ID{"helpdesk"}, Auditors: []access.ID{"auditors"}, Security: []access.ID{"security"}, Policies: relaxable()},
	})
	require.NoError(t, err)
	t.Cleanup(desk.Close)
	w.bot, err = New(Options{
		Desk: desk, Store: w.store, Post: w.post, Receiver: receiver, Router: teams.NewRouter(receiver, connector), Connector: connector,
		Ready: func(context.Context) (any, bool) { return map[string]string{"store": "ok"}, true },
		Count: func(what, why string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.counted = append(w.counted, what+": "+why)
		},
		Now: w.now, Log: log,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, w.bot.Close(context.Background())) })
}

func (w *world) credential() azcore.TokenCredential {
	c, err := azidentity.NewClientSecretCredential(w.sim.Tenant.ID(), w.sim.Tenant.AppID(), w.sim.Tenant.ClientSecret(), &azidentity.ClientSecretCredentialOptions{
		ClientOptions:            azcore.ClientOptions{Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: w.sim.Addresses.Login}, Transport: w.sim.HTTPClient()},
		DisableInstanceDiscovery: true,
	})
	require.NoError(w.t, err)
	return c
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.ahead)
}

func (w *world) advance(by time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ahead += by
}

func (w *world) id(alias string) access.ID {
	p, ok := w.sim.Tenant.Person(alias)
	require.True(w.t, ok, alias)
	return access.NewID(p.ID)
}

// say writes to the bot and returns the messages that came of it.
func (w *world) say(alias, text string) []channel.Message {
	w.t.Helper()
	before := len(w.chat(alias).Messages)
	answer, err := w.sim.Channel.Say(w.t.Context(), string(w.id(alias)), "", text)
	require.NoError(w.t, err)
	require.Equal(w.t, http.StatusOK, answer.Status, "%v", answer.Body)
	return w.chat(alias).Messages[before+1:]
}

// chat is somebody's 1:1 chat as they see it.
func (w *world) chat(alias string) channel.Chat {
	w.t.Helper()
	for _, c := range w.sim.Channel.Chats(string(w.id(alias))) {
		if c.Type == channel.Personal {
			return c
		}
	}
	return channel.Chat{}
}

// text is all that a card or a message says.
func text(m channel.Message) string {
	if m.View == nil {
		return m.Text
	}
	return string(m.View)
}

// last is the newest message of the bot in somebody's chat.
func (w *world) last(alias string) channel.Message {
	w.t.Helper()
	messages := w.chat(alias).Messages
	for i := len(messages) - 1; i >= 0; i-- {
		if messages[i].From == "bot" && !messages[i].Deleted {
			return messages[i]
		}
	}
	require.Fail(w.t, "the bot has said nothing to "+alias)
	return channel.Message{}
}

// button finds the newest button with a title that somebody sees.
func (w *world) button(alias, title string) (messageID string, action json.RawMessage) {
	w.t.Helper()
	messages := w.chat(alias).Messages
	for i := len(messages) - 1; i >= 0; i-- {
		var card any
		if messages[i].View == nil || json.Unmarshal(messages[i].View, &card) != nil {
			continue
		}
		if found := findAction(card, title); found != nil {
			data, err := json.Marshal(found)
			require.NoError(w.t, err)
			return messages[i].ID, data
		}
	}
	require.Fail(w.t, "no button "+title, "%s sees %s", alias, text(w.last(alias)))
	return "", nil
}

func findAction(node any, title string) map[string]any {
	switch n := node.(type) {
	case map[string]any:
		if n["type"] == "Action.Execute" && n["title"] == title {
			return n
		}
		for _, child := range n {
			if found := findAction(child, title); found != nil {
				return found
			}
		}
	case []any:
		for _, child := range n {
			if found := findAction(child, title); found != nil {
				return found
			}
		}
	}
	return nil
}

// press presses a button and returns the card that came, as text.
func (w *world) press(alias, title string, inputs map[string]any) string {
	w.t.Helper()
	message, action := w.button(alias, title)
	answer := w.pressAction(alias, message, action, inputs)
	require.Empty(w.t, answer.Error, "%s", answer.Body)
	return string(answer.Card)
}

func (w *world) pressAction(alias, message string, action json.RawMessage, inputs map[string]any) channel.Answer {
	w.t.Helper()
	answer, err := w.sim.Channel.Press(w.t.Context(), string(w.id(alias)), w.chat(alias).ID, message, action, inputs)
	require.NoError(w.t, err)
	return answer
}

// form is a form well filled in.
func (w *world) form(alias string, change map[string]any) map[string]any {
	filled := map[string]any{
		inputPerson: string(w.id(alias)), inputPersonText: "", inputMinutes: 60, inputOnce: "once",
		inputDate: "", inputTime: "", inputTicket: "INC1", inputReason: "new laptop",
	}
	for k, v := range change {
		filled[k] = v
	}
	return filled
}

// work does the jobs that wait, until none is left but those that snooze, which
// it returns.
func (w *world) work() []access.Job {
	w.t.Helper()
	var asleep []access.Job
	for {
		jobs := w.store.take()
		if len(jobs) == 0 {
			w.store.put(asleep)
			return asleep
		}
		for _, j := range jobs {
			if j.Kind == access.Due || j.Kind == access.ReadBack || j.Kind == access.Watch || j.At.After(w.now()) {
				asleep = append(asleep, j)
				continue
			}
			err := w.run(j)
			if l, ok := err.(interface{ Snooze() (time.Duration, bool) }); ok {
				d, _ := l.Snooze()
				j.At = w.now().Add(d)
				asleep = append(asleep, j)
				continue
			}
			require.NoError(w.t, err)
		}
	}
}

// run does a job, as the app does.
func (w *world) run(j access.Job) error {
	switch j.Kind {
	case access.Undo:
		return w.bot.Desk.Undo(w.t.Context(), j.Ref)
	case access.Sound:
		return w.bot.Desk.Sound(w.t.Context(), j.Ref)
	default:
		return w.post.Run(w.t.Context(), j)
	}
}

// heldJobs is a store whose jobs wait until a test takes them.
type heldJobs struct {
	access.Store
	mu   sync.Mutex
	jobs []access.Job
}

func (h *heldJobs) Update(ctx context.Context, do func(access.Tx) error) error {
	var added []access.Job
	err := h.Store.Update(ctx, func(tx access.Tx) error {
		added = nil
		return do(&holdingTx{tx, &added})
	})
	if err == nil {
		h.put(added)
	}
	return err
}

func (h *heldJobs) put(jobs []access.Job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jobs = append(h.jobs, jobs...)
}

func (h *heldJobs) take() []access.Job {
	h.mu.Lock()
	defer h.mu.Unlock()
	jobs := h.jobs
	h.jobs = nil
	return jobs
}

type holdingTx struct {
	access.Tx
	added *[]access.Job
}

func (t *holdingTx) Enqueue(_ context.Context, j access.Job) error {
	*t.added = append(*t.added, j)
	return nil
}

type lockedWriter struct {
	mu sync.Mutex
	to strings.Builder
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(b)
}

// logged is all that was logged so far.
func (w *world) logged() string {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	return w.log.to.String()
}

// directory is Entra as data.
type directory struct {
	world *world
	mu    sync.Mutex
	// members and managers are by object id.
	members  map[access.ID]access.Member
	managers map[access.ID]access.ID
	passes   map[access.ID]access.LivePass
	exempted exempted
	signIns  map[access.ID]access.SignInLog
	made     int
	fails    error         // of every call, while it is set
	slow     chan struct{} // every call waits until it is closed
	waiting  atomic.Int32  // calls that do
}

func newDirectory(w *world) *directory {
	d := &directory{world: w, members: map[access.ID]access.Member{}, managers: map[access.ID]access.ID{}, passes: map[access.ID]access.LivePass{}, exempted: exempted{}}
	for _, p := range w.sim.Tenant.People() {
		id := access.NewID(p.ID)
		m := access.Member{Person: access.Person{ID: id, Name: p.Name, UPN: p.UPN}, Found: true, Enabled: p.Enabled, Guest: p.Guest}
		switch p.Alias {
		case "adele", "bianca":
			m.Groups = []access.ID{"helpdesk"}
		case "lee":
			m.Groups = []access.ID{"auditors", "owners"}
		case "patti":
			m.Groups = []access.ID{"security"}
		}
		d.members[id] = m
		if p.Manager != "" {
			d.managers[id] = access.NewID(p.Manager)
		}
	}
	return d
}

func (d *directory) wait(ctx context.Context) error {
	d.mu.Lock()
	slow, fails := d.slow, d.fails
	d.mu.Unlock()
	if slow != nil {
		d.waiting.Add(1)
		defer d.waiting.Add(-1)
		select {
		case <-slow:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return fails
}

func (d *directory) change(alias string, change func(*access.Member)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m := d.members[d.world.id(alias)]
	change(&m)
	d.members[m.ID] = m
}

func (d *directory) set(change func(*directory)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change(d)
}

func (d *directory) Find(ctx context.Context, words string) ([]access.Person, error) {
	if err := d.wait(ctx); err != nil {
		return nil, err
	}
	words = strings.ToLower(words)
	var found []access.Person
	for _, p := range d.world.sim.Tenant.People() {
		m := d.members[access.NewID(p.ID)]
		if string(m.ID) == words || strings.ToLower(m.UPN) == words || strings.HasPrefix(strings.ToLower(m.Name), words) {
			found = append(found, m.Person)
		}
	}
	return found, nil
}

func (d *directory) Facts(ctx context.Context, q access.Question) (access.Facts, error) {
	if err := d.wait(ctx); err != nil {
		return access.Facts{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	f := access.Facts{At: d.world.now(), Asker: d.members[q.Asker], Actor: d.members[q.Actor], Person: access.Subject{Member: d.members[q.Person]}}
	if id, ok := d.managers[q.Person]; ok {
		m := d.members[id]
		f.Person.Manager = &m
	}
	if p, ok := d.passes[q.Person]; ok {
		f.Person.Passes = []access.LivePass{p}
	}
	if q.Policy != nil {
		f.Policy = d.policyFacts(*q.Policy, q.Person)
	}
	f.PassPolicy = access.PassPolicy{Known: true, Enabled: true, MinMinutes: 10, MaxMinutes: 480, IncludeAll: true}
	return f, nil
}

func (d *directory) IssuePass(ctx context.Context, person access.ID, t access.Terms) (access.LivePass, access.Secret, error) {
	if err := d.wait(ctx); err != nil {
		return access.LivePass{}, access.Secret{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.made++
	now := d.world.now()
	p := access.LivePass{ID: fmt.Sprintf("tap-%d", d.made), Created: now, Start: now, Minutes: t.Minutes, Once: t.Once, Usable: true}
	d.passes[person] = p
	return p, access.NewSecret(fmt.Sprintf("Qx7!wwz%dKp", d.made)), nil
}

func (d *directory) Passes(ctx context.Context, person access.ID) ([]access.LivePass, error) {
	if err := d.wait(ctx); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if p, ok := d.passes[person]; ok {
		return []access.LivePass{p}, nil
	}
	return nil, nil
}

func (d *directory) DeletePass(ctx context.Context, person access.ID, pass string) error {
	if err := d.wait(ctx); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.passes[person].ID == pass {
		delete(d.passes, person)
	}
	return nil
}

// noWrites is a store that must not be written.
type noWrites struct{ access.Store }

func (noWrites) Update(context.Context, func(access.Tx) error) error {
	panic("the store was written")
}

// waiting counts the jobs of one kind that wait.
func (h *heldJobs) waiting(kind access.JobKind) []access.Job {
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []access.Job
	for _, j := range h.jobs {
		if j.Kind == kind {
			found = append(found, j)
		}
	}
	return found
}
