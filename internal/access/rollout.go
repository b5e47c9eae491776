package access

import (
	"cmp"
	"crypto/rand"
	"slices"
	"strings"
	"time"
)

const (
	// firstLeft is how many of those who are left a rollout names by itself.
	firstLeft = 20
	// mostDepartments is how many departments are told apart; everybody else is in
	// one more. A tenant that writes something else for everybody must not make
	// the tally grow with it.
	mostDepartments = 1000
)

// NoDepartment is where people are counted who have none, OtherDepartments where
// those of too many departments are.
const (
	NoDepartment     = "No department"
	OtherDepartments = "Other departments"
)

// Rollout is how far a tenant has come on its way to sign-ins that cannot be
// phished. It is not changed once it was made.
type Rollout struct {
	ID   string    // of this reading
	Read time.Time // when it was read
	// Updated is when Entra made the report that was read; the oldest part counts.
	Updated time.Time

	People int // enabled members: those who are counted
	Can    int // of these, who can satisfy phishing-resistant MFA
	MFA    int // of the others, who have another second factor
	// Guests and Gone are left out: guests, and accounts that are disabled or
	// deleted.
	Guests, Gone int

	Methods     []Share // of those who can, each person under every method; most first
	Departments []Share // the one with the most people left first
	First       []Left  // the first of those who are left

	// Median is the time from asking to the passkey, Passkeys of how many requests
	// it is; the newest are looked at.
	Median   time.Duration
	Passkeys int

	// FileSize is the size in bytes of the file of everybody who is left; 0 where
	// there was no room for one.
	FileSize int64

	spool *spool // nil: there is no file
}

// Share is a part of the rollout.
type Share struct {
	Name string
	Can  int
	Of   int // of a method: Can
}

// Left is how many are left.
func (s Share) Left() int { return s.Of - s.Can }

// Left is somebody who cannot satisfy phishing-resistant MFA.
type Left struct {
	Person
	Department string
	MFA        bool // has another second factor
	Methods    []string
}

// Left is how many people are left.
func (r *Rollout) Left() int { return r.People - r.Can }

// tally counts registrations as they come, in memory that does not grow with them.
type tally struct {
	Rollout
	methods     []int // by place in resistant
	departments map[string]*Share
	kinds       []int // of the person at hand
}

func newTally(s *spool) *tally {
	return &tally{Rollout: Rollout{ID: rand.Text(), spool: s}, methods: make([]int, len(resistant)), departments: map[string]*Share{}}
}

// add counts one person.
func (t *tally) add(r Registration) {
	switch {
	case r.Guest && r.Listed:
		t.Guests++
	case !r.counts():
		t.Gone++
	default:
		t.count(r)
	}
}

func (t *tally) count(r Registration) {
	if t.Updated.IsZero() || r.Updated.Before(t.Updated) {
		t.Updated = r.Updated
	}
	department := t.department(r.Department)
	t.People++
	department.Of++
	t.kinds = r.kinds(t.kinds[:0])
	if len(t.kinds) == 0 {
		t.leave(r)
		return
	}
	t.Can++
	department.Can++
	for _, kind := range t.kinds {
		t.methods[kind]++
	}
}

// leave notes somebody who is left.
func (t *tally) leave(r Registration) {
	if r.MFA {
		t.MFA++
	}
	l := Left{Person: r.Person, Department: r.Department, MFA: r.MFA, Methods: r.Methods}
	if len(t.First) < firstLeft {
		t.First = append(t.First, l)
	}
	t.spool.add(l)
}

func (t *tally) department(name string) *Share {
	if name = strings.TrimSpace(name); name == "" {
		name = NoDepartment
	}
	if t.departments[name] == nil && len(t.departments) >= mostDepartments {
		name = OtherDepartments
	}
	if t.departments[name] == nil {
		t.departments[name] = &Share{Name: name}
	}
	return t.departments[name]
}

// rollout is what was counted.
func (t *tally) rollout(now time.Time) *Rollout {
	r := t.Rollout
	r.Read = now
	if r.spool != nil {
		r.FileSize = r.spool.size
	}
	for i, n := range t.methods {
		if n > 0 {
			r.Methods = append(r.Methods, Share{Name: resistant[i].name, Can: n, Of: n})
		}
	}
	slices.SortStableFunc(r.Methods, func(a, b Share) int { return b.Can - a.Can })
	for _, d := range t.departments {
		r.Departments = append(r.Departments, *d)
	}
	slices.SortFunc(r.Departments, func(a, b Share) int {
		return cmp.Or(b.Left()-a.Left(), cmp.Compare(a.Name, b.Name))
	})
	return &r
}
