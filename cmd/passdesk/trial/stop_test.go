package trial_test

import (
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestStopsInOrder: a passdesk that is told to stop says so at once, answers who
// waits for it, and leaves nothing half done.
func TestStopsInOrder(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			s := &stage{desk: newDesk(t, e, 0, "")}
			s.start()
			s.asks()
			s.approves()
			s.until(func() bool { return s.sees("adele", "<Create and show>") }, "adele", "Show pass")
			s.quiet()
			answer := make(chan string, 1)
			s.slow("temporaryAccessPassMethods$", http.MethodPost, 2*time.Second)
			go func() { answer <- s.presses("adele", "Create and show") }()
			s.met(1)
			began := time.Now()
			require.NoError(t, s.process.cmd.Process.Signal(syscall.SIGTERM))
			until(t, func() bool { return s.status("/readyz") == http.StatusServiceUnavailable || s.process.ended() }, s.process.said)
			require.False(t, s.process.ended(), "gone before anybody could be told: %s", s.process.said())
			got := <-answer
			require.True(t, strings.Contains(got, "Read this pass out") || strings.Contains(got, "Still working"), got)
			<-s.process.done
			require.Zero(t, s.process.cmd.ProcessState.ExitCode(), s.process.said())
			require.Less(t, time.Since(began), 30*time.Second) // it has 10
			require.Zero(t, e.running(t, s.data), "jobs are left running")
			require.Len(t, s.passes(), 1)
		})
	}
}

// TestGivesBackItsJobs: a job that does not end in time is not lost, and nobody
// waits until it counts as abandoned.
func TestGivesBackItsJobs(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			s := &stage{desk: newDesk(t, e, 0, "")}
			s.start()
			s.asks()
			s.quiet()
			s.slow("/activities/", http.MethodPut, time.Minute)
			s.until(func() bool { return s.sees("megan", "approved") }, "megan", "Approve")
			s.met(1)
			s.stop()
			require.Zero(t, e.running(t, s.data), "jobs are left running")
			s.call(http.MethodDelete, "/faults", nil)
			s.start()
			s.quiet()
			s.holds()
		})
	}
}

// slow delays one call.
func (s *stage) slow(path, method string, by time.Duration) {
	s.t.Helper()
	status, got := s.call(http.MethodPost, "/faults", map[string]any{"path": path, "method": method, "delayMs": by.Milliseconds(), "count": 1})
	require.Equal(s.t, http.StatusOK, status, "%s", got)
}

// met waits until the fault has met its call.
func (s *stage) met(times int) {
	s.t.Helper()
	until(s.t, func() bool {
		var faults []struct {
			Met int `json:"met"`
		}
		s.read("/faults", &faults)
		return len(faults) == 1 && faults[0].Met >= times
	}, s.process.said)
}

// status is what passdesk answers to a question; 0 when nobody listens.
func (s *stage) status(path string) int {
	resp, err := http.Get("http://" + s.address + path)
	if err != nil {
		return 0
	}
	defer resp.Body.Close() //nolint:errcheck // nothing is read
	return resp.StatusCode
}
