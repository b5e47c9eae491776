package app

import (
	"net/http"

	"github.com/passdesk/passdesk/internal/access"
)

// Settings is the part of the configuration that verdicts depend on.
func (c Config) Settings() access.Settings { return c.settings() }

// NewClient makes the HTTP client that login, Graph, keys and connector share, with
// the extra root of a PEM file, if one is named.
func NewClient(caFile string) (*http.Client, error) { return newClient(caFile) }
