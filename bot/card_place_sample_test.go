package bot

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
)

// placeSituations are the cards of a channel in which a request is decided: what
// everybody sees, and what only who may decide does.
func placeSituations() []situation {
	waiting, given := placed(access.Asked), placed(access.InForce)
	return []situation{
		{"place_asked", drawInPlace(waiting, []string{"29:" + string(megan.ID)})},
		{"place_approved", drawInPlace(placed(access.Approved), nil)},
		{"place_decides", inPlace(Draw(waiting, seenBy(megan)))},
		{"place_decided", inPlace(Draw(given, seenBy(megan)))},
	}
}

func placed(state access.State) Sight {
	return changed(sight(state, "", 0), func(r *access.Request) {
		r.Verdict.Place = "19:c0ffee@thread.tacv2"
		r.Verdict.Needs = []access.Need{{Key: "the channel decides 1", From: []access.Source{"group:owners"}, Count: 1, People: []access.Person{megan}}}
	})
}

func TestWhatEverybodySeesInAPlaceTellsOfNobody(t *testing.T) {
	t.Parallel()
	for _, state := range []access.State{
		access.Asked, access.Approved, access.Denied, access.Withdrawn, access.Lapsed, access.CarryingOut,
		access.InForce, access.Failed, access.Ending, access.Ended,
	} {
		s := placed(state)
		card := string(drawInPlace(s, []string{"29:somebody"}).JSON()) + string(waitsInPlace(s.Request))
		for _, p := range []access.Person{adele, megan, joni} {
			require.NotContains(t, card, string(p.ID), state)
			require.NotContains(t, card, p.Name, state)
			require.NotContains(t, card, p.UPN, state)
		}
		for _, private := range []string{s.Request.Terms.Reason, s.Request.Terms.Ticket, "60 minutes", "denied often"} {
			require.NotContains(t, card, private, state)
		}
	}
}

func TestACardInAPlaceStaysSmall(t *testing.T) {
	t.Parallel()
	var all []string
	for range access.MostInPlace {
		all = append(all, "29:"+strings.Repeat("x", 200))
	}
	require.Less(t, len(drawInPlace(placed(access.Asked), all).JSON()), maxCard)
}
