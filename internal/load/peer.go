package load

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/passdesk/passdesk/internal/sim"
)

// peerPackages are the peer at the versions that the stated figures are of.
var peerPackages = []string{"@microsoft/agents-hosting@1.8.1", "express@5.1.0"}

//go:embed peer.mjs
var peerProgram []byte

// StartPeer installs Microsoft's SDK for Node in a directory, with npm from its
// registry, and starts a bot on it that answers every button with one card.
func StartPeer(ctx context.Context, dir, address string, t *Tenant, answer string) (*Process, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("the peer needs Node with npm: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	install := exec.CommandContext(ctx, "npm", append([]string{"install", "--no-audit", "--no-fund", "--silent", "--prefix", dir}, peerPackages...)...) //nolint:gosec // fixed packages
	if out, err := install.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("installing the peer: %w: %s", err, out)
	}
	program := filepath.Join(dir, "peer.mjs")
	if err := os.WriteFile(program, peerProgram, 0o600); err != nil {
		return nil, err
	}
	environment := []string{"NODE_ENV=production", "NODE_EXTRA_CA_CERTS=" + filepath.Join(filepath.Dir(t.Config), sim.CAFile)}
	p, err := Start(ctx, address, environment, node, program, address, t.Addresses.OpenID, t.Tenant.AppID(), t.Tenant.ID(), answer)
	if err != nil {
		return nil, err
	}
	_, err = p.Ready(ctx, "/")
	return p, err
}
