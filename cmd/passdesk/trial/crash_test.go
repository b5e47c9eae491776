package trial_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// The clock of a trial. It begins in the past, because River takes back a job
// whose process died by the real clock; and it ends when nothing is due any more.
const (
	begins   = -80 * time.Minute
	passOver = 72 * time.Minute // from the beginning: the pass has ended
	allOver  = 130 * time.Minute
)

// TestKilledAnywhere kills passdesk at a point of a story, starts it again, and
// checks that nothing is lost and nothing done twice.
func TestKilledAnywhere(t *testing.T) {
	t.Parallel()
	for _, e := range engines {
		for _, row := range matrix() {
			t.Run(e.name+"/"+row.story.name+"/"+row.point, func(t *testing.T) {
				t.Parallel()
				s := &stage{desk: newDesk(t, e, begins, row.point)}
				s.dies(row.story)
			})
		}
	}
}

func (s *stage) dies(story story) {
	s.t.Helper()
	s.start()
	story.play(s)
	s.quiet()
	sent := s.holds()
	s.orphansAreHarmless(sent)

	s.restart(passOver)
	s.quiet()
	s.holds()
	until(s.t, func() bool { s.revive(); return s.point == "" }, func() string { return "passdesk was never killed: " + s.process.said() })
	s.quiet()

	s.restart(allOver)
	s.quiet()
	for _, r := range s.holds() {
		require.True(s.t, r.State.Closed(), "%s is %s", r.Ref, r.State)
		require.True(s.t, r.State == access.Ended || story.name == abandoned.name, "%s is %s", r.Ref, r.State)
	}
	require.Empty(s.t, s.passes())
	kept := s.open()
	defer func() { require.NoError(s.t, kept.Close()) }()
	left, err := kept.Waiting(s.t.Context(), 10_000)
	require.NoError(s.t, err)
	require.Empty(s.t, left)
}
