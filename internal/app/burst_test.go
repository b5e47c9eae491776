package app_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/playground"
)

// A burst of requests, more than Entra lets Passdesk ask for at once, is slow and
// not failed; people are told about how long it takes.
func TestABurstIsSlowAndNotFailed(t *testing.T) {
	t.Parallel()
	const many = 11
	p := newPlayOf(t, playground.Options{})
	forms := make([]map[string]any, many)
	for i := range forms {
		p.says("adele", "pass joni 60m once for new laptop")
		p.sees("adele", "<Send request>")
		forms[i] = p.button("adele", "Send request")
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	told := 0
	for _, form := range forms {
		all.Go(func() {
			p.until(func() bool {
				begun := time.Now()
				said := p.invoke("adele", "send", form).text()
				if took := time.Since(begun); took > in3s {
					t.Errorf("answered after %s: %s", took, said)
				}
				if strings.Contains(said, "others are before you") {
					mu.Lock()
					told++
					mu.Unlock()
				}
				return strings.Contains(said, "Waiting for a decision")
			}, func() string { return "a request is never sent" })
		})
	}
	all.Wait()
	require.Positive(t, told, "somebody is told how long it takes")
	for _, c := range p.graphCalls() {
		require.NotEqual(t, http.StatusTooManyRequests, c.Status, c.Path)
	}
}
