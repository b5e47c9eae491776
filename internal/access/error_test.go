package access_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// Whom a sentence names, and what somebody typed, is for the person who reads it,
// and not for the log.
func TestAnErrorNamesNobodyInTheLog(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*access.Error{
		"refused: … can ask again, 3 times.":      access.Fail(access.Refused, "%s can ask again, %d times.", "Adele Vance", 3),
		"stale: Request PD-7K3M is in force.":     access.Fail(access.Stale, "Request %s is %s.", access.Ref("PD-7K3M"), access.InForce),
		"forbidden: Who asks cannot also decide.": access.Fail(access.Forbidden, "Who asks cannot also decide."),
		"unavailable: down":                       access.Fail(access.Unavailable, "%s", "Adele Vance").Because(errors.New("down")),
		"unavailable":                             {Code: access.Unavailable, Say: "Adele Vance"},
	} {
		require.Equal(t, want, err.Error())
	}
	require.Equal(t, "Adele Vance can ask again.", access.Fail(access.Refused, "%s can ask again.", "Adele Vance").Say)
}
