package bot

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWaitIsToldAsPeopleWould(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]ownText{
		0: "in a few seconds", 4 * time.Second: "in a few seconds", 5 * time.Second: "in about 10 seconds",
		42 * time.Second: "in about 40 seconds", 90 * time.Second: "in about 90 seconds",
		91 * time.Second: "in about 2 minutes", 10 * time.Minute: "in about 10 minutes",
	} {
		require.Equal(t, want, wait(d).when(), d)
	}
}
