package graph

import "testing"

// FuzzFilter looks for filters that the parser cannot survive: it reads what
// strangers write.
func FuzzFilter(f *testing.F) {
	for _, seed := range []string{
		"startswith(displayName,'ad') or startswith(userPrincipalName,'ad')", "not (a eq 'O''Brien' and b in ('x','y'))",
		"id eq 8f3b1c52-6c1d-4a0e-9b57-0f6f2f0a1d11", "a ge 2026-02-03T08:00:00Z", "((((", "'", "a in (", "", "not (not (a eq 1))", "c/any(t:t/id eq 'x')", "c/any(t: t/id eq 'x' or not (t/b eq 1))", "c/any(",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseFilter(text)
		if (c == nil) == (err == nil) {
			t.Fatalf("%q: clause %v and error %v", text, c, err)
		}
		if err != nil {
			return
		}
		c.match(func(string) any { return "x" })
		if err := c.each(func(string, string) error { return nil }); err != nil {
			t.Fatal(err)
		}
	})
}
