package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/store"
	"github.com/passdesk/passdesk/internal/store/storetest"
)

// BenchmarkSent counts what a limit counts: little of late, however much is past.
func BenchmarkSent(b *testing.B) {
	who := typical("", storetest.Now())
	for _, e := range measured {
		for _, n := range pasts() {
			b.Run(fmt.Sprintf("engine=%s/past=%d", e.name, n), func(b *testing.B) {
				s := open(b, e.withPast(b, n), store.Options{Now: storetest.Now})
				insertOpen(b, s, 0, 50)
				since := storetest.Now().Add(-time.Hour)
				for name, of := range map[string][2]access.ID{
					"agent": {who.Asker.ID, ""}, "person": {"", who.Person.ID}, "tenant": {},
				} {
					b.Run(name, func(b *testing.B) {
						for b.Loop() {
							n, err := s.Sent(b.Context(), of[0], of[1], since)
							if err != nil || n != 50 {
								b.Fatal(n, err)
							}
						}
					})
				}
				b.Run("approver", func(b *testing.B) {
					for b.Loop() {
						_, err := s.Decided(b.Context(), who.Approvers[0].ID, since)
						require.NoError(b, err)
					}
				})
			})
		}
	}
}
