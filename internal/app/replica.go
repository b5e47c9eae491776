package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/passdesk/passdesk/internal/store"
)

const (
	// meetEvery is how often a replica says that it is there.
	meetEvery = store.ReplicaLasts / 4
	// pruneEvery is how often the long past is forgotten.
	pruneEvery = time.Hour
)

// replica is this process among those that serve on the same database.
type replica struct {
	id    string
	rules string // a hash of what its verdicts depend on

	mu     sync.Mutex
	differ bool // another one goes by other rules
}

func newReplica(c Config) *replica {
	host, _ := os.Hostname()
	return &replica{id: host + "-" + strings.ToLower(rand.Text()[:8]), rules: c.rulesHash()}
}

// rulesHash is a short hash of all on which a verdict depends beside facts: two
// replicas that differ in it may decide the same request differently.
func (c Config) rulesHash() string {
	text, err := json.Marshal([]any{c.Tenant, c.Entra.PIM, c.settings(), c.Policies})
	if err != nil {
		panic(err) // it holds nothing but words
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// meet tells the other replicas of this one, and looks whether they go by the
// same rules.
func (a *App) meet(ctx context.Context) error {
	all, err := a.store.Meet(ctx, a.replica.id, a.replica.rules)
	if err != nil {
		return err
	}
	differ := false
	for _, r := range all {
		differ = differ || r.Rules != a.replica.rules
	}
	a.replica.mu.Lock()
	defer a.replica.mu.Unlock()
	if differ && !a.replica.differ {
		a.options.Log.WarnContext(ctx, "another replica goes by other rules", "replicas", len(all), "rules", a.replica.rules)
	}
	a.replica.differ = differ
	return nil
}

// word tells whether all replicas go by the same rules.
func (r *replica) word() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.differ {
		return "differ between replicas"
	}
	return wellWord
}

// prune forgets what is older than the configuration wants it.
func (a *App) prune(ctx context.Context) error {
	return a.store.Prune(ctx, a.options.Now().Add(-time.Duration(a.config.Retention)))
}
