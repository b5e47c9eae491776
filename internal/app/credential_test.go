package app_test

import (
	"path/filepath"
	"testing"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/sim"
)

// The story without any secret: Passdesk signs in with the token of the workload
// that it is. The variables belong to the whole process, so that nothing runs
// beside it. A machine's identity is not played here: azidentity keeps its token
// for the process, whichever tenant gave it.
func TestSignsInWithoutASecret(t *testing.T) {
	p := newPlay(t, func(c *app.Config) {
		c.Credential = "workload"
		t.Setenv("AZURE_CLIENT_SECRET", "")
		t.Setenv("AZURE_FEDERATED_TOKEN_FILE", filepath.Join(filepath.Dir(c.Entra.CAFile), sim.TokenFile))
	})
	p.revealed()
}
