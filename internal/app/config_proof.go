package app

import (
	"encoding/base64"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// CodeKeyVariable is the environment variable with the key that makes callers'
// codes: 32 bytes or more, in base64 or as text. It is no flag, which others on the
// machine could read.
const CodeKeyVariable = "PASSDESK_CODE_KEY"

// leastCodeKey is how long the key must be, in bytes.
const leastCodeKey = 32

// The bounds of how long a proof of the caller is good for.
const (
	leastProof = 5 * time.Minute
	mostProof  = time.Hour
)

// proofs checks what the proof of the caller needs, and reads the key of the codes.
func (r *reading) proofs(c *Config) {
	lasts := time.Duration(c.Desk.ProofLasts)
	if (lasts < leastProof || lasts > mostProof) && !r.faulty(".desk.proof_lasts") {
		r.fault(".desk.proof_lasts", "must be from 5m to 1h")
	}
	if text := os.Getenv(CodeKeyVariable); text != "" {
		key := codeKey(text)
		if key.IsZero() {
			r.at["."+CodeKeyVariable] = elsewhere
			r.fault("."+CodeKeyVariable, "must be %d bytes or more, in base64 or as text", leastCodeKey)
		}
		c.CodeKey = key
		return
	}
	if !strings.HasPrefix(c.Database, "postgres") {
		return
	}
	const why = "code needs the variable %s where several replicas can share a database: each would make codes that the others do not know"
	if len(c.Desk.Threat) > 0 {
		r.fault(".desk.threat", "asks for the caller's "+why, CodeKeyVariable)
	}
	for i, rule := range c.Rules {
		for j, a := range rule.Approve {
			if a.Caller == string(access.CallerCode) {
				r.fault(fmt.Sprintf(".rules[%d].approve[%d].caller", i, j), why, CodeKeyVariable)
			}
		}
	}
}

// codeKey reads the key; zero for one that is too short.
func codeKey(text string) access.Secret {
	for _, form := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if key, err := form.DecodeString(strings.TrimSpace(text)); err == nil && len(key) >= leastCodeKey {
			return access.NewSecret(string(key))
		}
	}
	if len(text) >= leastCodeKey {
		return access.NewSecret(text)
	}
	return access.Secret{}
}
