package app

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// checkEvery is how old the state of what is outside may be in a report.
const checkEvery = 30 * time.Second

// health tells whether people can be answered. What is outside is looked at in
// the background: it is told, but takes no replica out of service, since people
// must be able to read that Entra is down.
type health struct {
	app  *App
	cred azcore.TokenCredential
	// leaving takes the replica out of service while it finishes its work.
	leaving atomic.Bool

	mu      sync.Mutex
	outside map[string]string
}

func newHealth(a *App, cred azcore.TokenCredential) *health {
	return &health{app: a, cred: cred, outside: map[string]string{"login": "unknown", "graph": "unknown", "connector": "unknown"}}
}

// report is the body of GET /readyz.
func (h *health) report(ctx context.Context) (any, bool) {
	parts, ok := h.parts(ctx)
	return map[string]any{"ready": ok, "parts": parts}, ok
}

// parts tells how each part is, and whether people can be answered.
func (h *health) parts(ctx context.Context) (map[string]string, bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	inside := map[string]string{
		"configuration": wellWord,
		"database":      word(h.app.store.Ready(ctx)),
		"channel keys":  word(h.app.receiver.Ready(ctx)),
		"rules":         h.app.replica.word(), // a warning: people can be answered
	}
	ok := inside["database"] == wellWord && inside["channel keys"] == wellWord && !h.leaving.Load()
	if h.app.stream != nil {
		inside["audit stream"] = h.app.stream.word() // what is not sent is kept: people can be answered
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, state := range h.outside {
		inside[name] = state
	}
	return inside, ok
}

// watch looks at login, Graph and the connector's token again and again.
func (h *health) watch(ctx context.Context) {
	ticks := time.NewTicker(checkEvery)
	defer ticks.Stop()
	for {
		h.look(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
	}
}

func (h *health) look(ctx context.Context) {
	connector := within(ctx, func(ctx context.Context) error {
		_, err := h.cred.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{h.app.config.Bot.Scope}})
		return err
	})
	graph := within(ctx, h.app.directory.Ready)
	if ctx.Err() != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.outside = map[string]string{"login": word(connector), "graph": word(graph), "connector": word(connector)}
	for name, err := range map[string]error{"login": connector, "graph": graph} {
		if err != nil {
			h.app.options.Log.WarnContext(ctx, "not well", "part", name, "error", err)
		}
	}
}

// within bounds one look: what does not answer in time is not well.
func within(ctx context.Context, look func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, checkEvery/3)
	defer cancel()
	return look(ctx)
}

// How a part is.
const (
	wellWord    = "ok"
	failingWord = "failing"
)

// word tells a state without the words of a library.
func word(err error) string {
	if err != nil {
		return failingWord
	}
	return wellWord
}
