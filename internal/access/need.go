package access

import (
	"cmp"
	"fmt"
	"slices"
)

// mostApprovers is how many people get a request's card at a time.
const mostApprovers = 25

// Need is one agreement that a request needs.
type Need struct {
	// Key names it for the decisions that meet it: the rule and a number in it.
	Key    string   `json:"key"`
	From   []Source `json:"from"`
	Count  int      `json:"count"` // of different people
	Caller Proof    `json:"caller,omitempty"`
	// People are those who are asked.
	People []Person `json:"people,omitempty"`
	// Own are those of them who are asked in their own chats although the request
	// has a place: they do not agree for a group.
	Own []ID `json:"own,omitempty"`
}

// takes tells whether somebody may meet the need, by the facts of the case. I3:
// who asks and whom it is for never do, whatever a rule says.
func (n Need) takes(c Case, id ID) bool {
	if id == "" || id == c.Facts.Asker.ID || id == c.Facts.Person.ID {
		return false
	}
	return slices.ContainsFunc(n.From, func(s Source) bool { return s.takes(c, id) })
}

func (s Source) takes(c Case, id ID) bool {
	switch s {
	case SourceManager:
		m := c.Facts.Person.Manager
		return m != nil && m.MayAct() && m.ID == id
	case SourceOwners:
		return isOne(c.Facts.Policy.Deciders, id)
	}
	group, ok := s.Group()
	m := c.Facts.standing(id)
	return ok && m.MayAct() && m.In([]ID{group})
}

// standing is what was read of somebody who acts; nothing of others.
func (f Facts) standing(id ID) Member {
	for _, m := range append([]Member{f.Actor}, f.Others...) {
		if m.ID == id {
			return m
		}
	}
	return Member{}
}

// met counts the decisions that meet the need: of different people, each of whom
// may still decide.
func (n Need) met(c Case) int {
	var by []ID
	for _, d := range c.Decisions {
		if d.Approve && d.For == n.Key && !slices.Contains(by, d.By.ID) && n.takes(c, d.By.ID) && d.proves(n.Caller) {
			by = append(by, d.By.ID)
		}
	}
	return len(by)
}

// agreed tells whether every need is met, of those that there are. An approval that
// was stored before needs had keys meets the only one.
func (v Verdict) agreed(c Case) bool {
	if len(v.Needs) == 1 {
		c.Decisions = slices.Clone(c.Decisions)
		for i := range c.Decisions {
			c.Decisions[i].For = cmp.Or(c.Decisions[i].For, v.Needs[0].Key)
		}
	}
	return len(v.Needs) > 0 && !slices.ContainsFunc(v.Needs, func(n Need) bool { return n.met(c) < n.Count })
}

// unagreed says why what was agreed is not enough any more.
func (v Verdict) unagreed() string {
	if len(v.Needs) == 1 && slices.Equal(v.Needs[0].From, []Source{SourceOwners}) {
		return "Who approved this is not an owner of the policy any more."
	}
	return "Not all who have to agree by the rules have agreed, as the rules and the groups are by now."
}

// fill names who is asked, as far as it is known: members of groups only while
// somebody is to be written to. It refuses when nobody could agree.
func (v *Verdict) fill(c Case) {
	var all []Person
	for i := range v.Needs {
		n := &v.Needs[i]
		n.People = n.candidates(c)
		all = append(all, n.People...)
		if v.Place != "" {
			n.Own = n.own(c)
		}
		if most := v.most(); c.Sending && len(n.People) > most {
			n.People = n.People[:most]
			if v.Place == "" { // there, everybody is asked
				v.add(Note, "owner.many", fmt.Sprintf("Many could agree; the first %d are asked.", most))
			}
		}
		if len(n.People) < n.Count && n.counted(c) {
			v.lacks(*n, c)
		}
	}
	v.checkEnough(all, c)
	if n, ok := v.next(c.Decisions); ok {
		v.Approvers = n.People
	}
}

// checkEnough refuses what one person would have to agree to twice.
func (v *Verdict) checkEnough(all []Person, c Case) {
	need := 0
	for _, n := range v.Needs {
		if !n.counted(c) {
			return
		}
		need += n.Count
	}
	slices.SortFunc(all, func(a, b Person) int { return cmp.Compare(a.ID, b.ID) })
	if different := len(slices.CompactFunc(all, func(a, b Person) bool { return a.ID == b.ID })); different < need && !v.Refused() {
		v.add(Refusal, "approver.few", fmt.Sprintf("%d different people have to agree, and only %d could. Tell the people who run Passdesk.", need, different))
	}
}

// counted tells whether all who could meet the need are known.
func (n Need) counted(c Case) bool {
	return c.Members != nil || !slices.ContainsFunc(n.From, func(s Source) bool { _, group := s.Group(); return group })
}

// candidates are those who could meet the need, each once.
func (n Need) candidates(c Case) []Person {
	var list []Person
	add := func(people ...Person) {
		for _, p := range people {
			if p.ID != c.Facts.Asker.ID && p.ID != c.Facts.Person.ID && !isOne(list, p.ID) {
				list = append(list, p)
			}
		}
	}
	for _, s := range n.From {
		group, isGroup := s.Group()
		switch m := c.Facts.Person.Manager; {
		case isGroup:
			add(c.Members[group]...)
		case s == SourceOwners:
			add(c.Facts.Policy.Deciders...)
		case s == SourceManager && m != nil && m.MayAct():
			add(m.Person)
		}
	}
	return list
}

// lacks refuses because not enough people could meet a need, and says why.
func (v *Verdict) lacks(n Need, c Case) {
	switch {
	case slices.Equal(n.From, []Source{SourceManager}) && n.Count == 1:
		v.lacksManager(c.Facts)
	case slices.Equal(n.From, []Source{SourceOwners}) && n.Count == 1:
		v.add(Refusal, "owner.none", "The policy has no owner who could decide about this. Tell the people who run Passdesk.")
	default:
		v.add(Refusal, "approver.few", fmt.Sprintf("%d different people have to agree by the rule “%s”, and only %d could. Tell the people who run Passdesk.", n.Count, v.Rule, len(n.People)))
	}
}

func (v *Verdict) lacksManager(f Facts) {
	m := f.Person.Manager
	switch {
	case m == nil:
		v.add(Refusal, "manager.none", "Entra names no manager for this person, so nobody can agree. Have the manager entered first.")
	case !m.MayAct():
		v.add(Refusal, "manager.standing", "The manager in Entra is disabled or a guest and cannot agree. Have the manager corrected first.")
	case m.ID == f.Asker.ID:
		v.add(Refusal, "manager.asker", "You are this person's manager: who asks cannot also agree. A colleague has to ask.")
	case m.ID == f.Person.ID:
		v.add(Refusal, "manager.person", "Entra names this person as their own manager. Have the manager corrected first.")
	}
}

// next is the first need that is not met by decisions as they are stored.
func (v Verdict) next(decisions []Decision) (Need, bool) {
	for _, n := range v.Needs {
		var by []ID
		for _, d := range decisions {
			if d.Approve && d.For == n.Key && !slices.Contains(by, d.By.ID) {
				by = append(by, d.By.ID)
			}
		}
		if len(by) < n.Count {
			return n, true
		}
	}
	return Need{}, false
}

func isOne(people []Person, id ID) bool {
	return slices.ContainsFunc(people, func(p Person) bool { return p.ID == id })
}
