package graph_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

var (
	passMade  = answer{status: 201, body: passJSON("pass-1", `,"temporaryAccessPass":"`+code+`"`)}
	passShown = passJSON("pass-1", "")
	older     = strings.ReplaceAll(passJSON("pass-0", ""), "T12:00:01", "T11:00:01")
	newer     = strings.ReplaceAll(passJSON("pass-2", ""), "T12:00:01", "T12:00:09")
)

// A read straight after a pass was made may not know of it: that is no proof of
// anything.
func TestPassesStraightAfterTheMaking(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		listed answer
		want   []string // nil: not known yet
	}{
		"shown":              {listOf(passShown), []string{"pass-1"}},
		"not yet":            {listOf(), nil},
		"the one before":     {listOf(older), nil},
		"replaced meanwhile": {listOf(newer), []string{"pass-2"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := ordinary()
			answers[issue], answers["GET "+passesPath] = passMade, tt.listed
			answers[methodsKey] = answer{status: 200, body: strings.ReplaceAll(tt.listed.body, `{"id"`, `{"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethod","id"`)}
			f := newFake(t, answers)
			d := f.directory(t)
			_, _, err := d.IssuePass(t.Context(), joni, access.Terms{Minutes: 60})
			require.NoError(t, err)
			got, err := d.Passes(t.Context(), joni)
			facts, factsErr := d.Facts(t.Context(), access.Question{Person: joni})
			require.NoError(t, factsErr)
			if tt.want == nil {
				require.Equal(t, 10*time.Second, wants(t, err, access.Unavailable).After)
				require.Equal(t, []string{"pass-1"}, ids(facts.Person.Passes), "Graph said that it made it")
			} else {
				require.NoError(t, err)
				require.Equal(t, tt.want, ids(got))
				require.Equal(t, tt.want, ids(facts.Person.Passes))
			}
			others, err := d.Passes(t.Context(), adele)
			require.NoError(t, err)
			require.Empty(t, others)

			f.advance(5 * time.Minute) // by now the list is right
			got, err = d.Passes(t.Context(), joni)
			require.NoError(t, err)
			facts, err = d.Facts(t.Context(), access.Question{Person: joni})
			require.NoError(t, err)
			require.Equal(t, ids(got), ids(facts.Person.Passes))
			require.Len(t, got, strings.Count(tt.listed.body, "createdDateTime"))
		})
	}
}

func ids(passes []access.LivePass) []string {
	var all []string
	for _, p := range passes {
		all = append(all, p.ID)
	}
	return all
}

// A pass that was deleted here does not count any more, whatever is listed for a
// while; but a reading back tells what is listed.
func TestPassesStraightAfterTheDeletion(t *testing.T) {
	t.Parallel()
	answers := ordinary()
	shown := strings.Replace(passShown, "{", `{"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethod",`, 1)
	answers[issue], answers["DELETE "+passesPath+"/pass-1"] = passMade, answer{status: 204}
	answers["GET "+passesPath], answers[methodsKey] = listOf(passShown), listOf(shown)
	f := newFake(t, answers)
	d := f.directory(t)
	see := func() (listed, counted []string) {
		t.Helper()
		passes, err := d.Passes(t.Context(), joni)
		require.NoError(t, err)
		facts, err := d.Facts(t.Context(), access.Question{Person: joni})
		require.NoError(t, err)
		return ids(passes), ids(facts.Person.Passes)
	}
	_, _, err := d.IssuePass(t.Context(), joni, access.Terms{Minutes: 60})
	require.NoError(t, err)
	require.NoError(t, d.DeletePass(t.Context(), joni, "pass-1"))
	listed, counted := see()
	require.Equal(t, []string{"pass-1"}, listed)
	require.Empty(t, counted)
	f.set("GET "+passesPath, listOf())
	listed, counted = see()
	require.Empty(t, listed, "a pass that was deleted is not waited for")
	require.Empty(t, counted)
	f.advance(5 * time.Minute)
	_, counted = see()
	require.Equal(t, []string{"pass-1"}, counted, "it was not deleted after all")
}

// A pass that Entra does not know of yet is not deleted by that.
func TestDeletingWhatIsNotKnownYet(t *testing.T) {
	t.Parallel()
	unknown := refusal(404, "itemNotFound", "The pass was not found.")
	key := "DELETE " + passesPath + "/pass-1"
	tests := map[string]struct {
		answer answer
		want   access.Code
		sent   int
	}{
		"known soon":    {first(unknown, unknown, answer{status: 204}), "", 3},
		"not known yet": {unknown, access.Unavailable, 4},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newUntimed(map[string]answer{issue: passMade, key: tt.answer})
				d := f.directory(t)
				_, _, err := d.IssuePass(t.Context(), joni, access.Terms{Minutes: 60})
				require.NoError(t, err)
				err = d.DeletePass(t.Context(), joni, "pass-1")
				require.Equal(t, tt.want, access.CodeOf(err))
				require.Equal(t, tt.sent, f.of("DELETE", "/"))
				require.NoError(t, d.DeletePass(t.Context(), joni, "another"), "one that was not made here is gone")
				f.advance(15 * time.Second) // from here on unknown means gone
				require.NoError(t, d.DeletePass(t.Context(), joni, "pass-1"))
			})
		})
	}
}
