package access_test

import (
	"testing"

	"github.com/passdesk/passdesk/internal/access"
)

// BenchmarkJudge is one verdict: all checks, and the rules up to the one that
// decides. A decision judges once or twice.
func BenchmarkJudge(b *testing.B) {
	c := aCase()
	c.Members = groupMembers()
	grown := c
	grown.Facts.Person.Methods = []string{"password"}
	grown.Facts.Person.ChangesKnown = true
	for name, one := range map[string]struct {
		settings access.Settings
		c        access.Case
	}{
		"default rules":    {settings, c},
		"three rules":      {desksRules(b), c},
		"the last of them": {desksRules(b), grown},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if one.settings.Judge(one.c).Refused() {
					b.Fatal("refused")
				}
			}
		})
	}
}

// BenchmarkCondition is the making of a condition, once at the start.
func BenchmarkCondition(b *testing.B) {
	for b.Loop() {
		if _, err := access.NewCondition(`kind == "pass" && size(person.methods) == 0 && minutes <= 480`); err != nil {
			b.Fatal(err)
		}
	}
}
