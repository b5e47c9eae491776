package entra

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Audit is one line of the directory's audit log, in the words of Graph's
// directoryAudit.
type Audit struct {
	// Number counts the lines; later ones have higher numbers.
	Number      int
	ID          string
	At          time.Time
	Correlation string
	Category    string
	Activity    string
	Operation   string
	Service     string
	Reason      string
	// By is the person who did it; empty: the bot's application.
	By      Person
	Targets []AuditTarget
}

// AuditTarget is what something was done to.
type AuditTarget struct {
	ID, Name, Type, UPN string
	// Changed are properties with their new values, or their old ones when
	// something was taken away.
	Changed []AuditChange
}

// AuditChange is one property before and after; empty means none. A listed one is
// an attribute of the directory, which the log writes as a list.
type AuditChange struct {
	Name, Old, New string
	Listed         bool
}

// auditsKept is how many lines the log keeps; older ones are forgotten.
const auditsKept = 50_000

// auditLog is part of the tenant's state.
type auditLog struct {
	lines   []Audit
	counted int
}

// Registered and Deleted are what is done to a method.
const (
	Registered = "registered"
	Deleted    = "deleted"
)

// AuditMethod logs that an authentication method of somebody was registered or
// deleted: by an application or an administrator, or by the person themselves
// (Entra: audit activities of Authentication Methods). The method is named in
// the log's words, such as "temporary access pass".
func (t *Tenant) AuditMethod(by Person, owner, done, method string) {
	p, _ := t.Person(owner)
	who, operation := "Admin", map[string]string{Registered: "Add", Deleted: "Delete"}[done]
	if by.ID == p.ID && by.ID != "" {
		who = "User"
	}
	t.logAudit(Audit{
		Category: "UserManagement", Service: "Authentication Methods", Operation: operation, By: by,
		Activity: who + " " + done + " security info", Reason: who + " " + done + " " + method + " method for user",
		Targets: []AuditTarget{userTarget(p)},
	})
}

// AuditUser logs that properties of somebody were changed (Entra: audit activities
// of Core Directory). Those that stayed as they were are left out, and without any
// other there is no line.
func (t *Tenant) AuditUser(by Person, key string, changes ...AuditChange) {
	p, _ := t.Person(key)
	target, names := userTarget(p), []string{}
	for _, c := range changes {
		if c.Old != c.New {
			target.Changed, names = append(target.Changed, c), append(names, c.Name)
		}
	}
	if len(names) == 0 {
		return
	}
	kind := map[bool]string{true: "Guest", false: "Member"}[p.Guest]
	target.Changed = append(target.Changed,
		AuditChange{Name: "Included Updated Properties", New: strings.Join(names, ", ")}, AuditChange{Name: "TargetId.UserType", New: kind})
	t.logAudit(Audit{
		Category: "UserManagement", Service: "Core Directory", Operation: "Update", Activity: "Update user", By: by, Targets: []AuditTarget{target},
	})
}

// AuditManager logs that somebody was given their manager. That one is taken away
// is no activity of the published list, and not logged.
func (t *Tenant) AuditManager(by Person, key string) {
	p, _ := t.Person(key)
	manager, found := t.Person(p.Manager)
	if !found {
		return
	}
	t.logAudit(Audit{
		Category: "UserManagement", Service: "Core Directory", Operation: "Update", Activity: "Set user manager", By: by,
		Targets: []AuditTarget{userTarget(p), userTarget(manager)},
	})
}

// AuditPassword logs that somebody else gave a person a new password.
func (t *Tenant) AuditPassword(by Person, key string) {
	p, _ := t.Person(key)
	t.logAudit(Audit{
		Category: "UserManagement", Service: "Core Directory", Operation: "Update", Activity: "Reset user password", By: by,
		Targets: []AuditTarget{userTarget(p)},
	})
}

// AuditMember logs that somebody was added to a group, or removed from it
// (Entra: audit activities of Core Directory).
func (t *Tenant) AuditMember(by Person, groupKey, member string, added bool) {
	g, _ := t.Group(groupKey)
	target, was := t.memberTarget(member), AuditChange{Name: "Group.ObjectID", Old: g.ID}
	line := Audit{Category: "GroupManagement", Service: "Core Directory", Operation: "Unassign", Activity: "Remove member from group", By: by}
	if added {
		line.Operation, line.Activity, was = "Assign", "Add member to group", AuditChange{Name: "Group.ObjectID", New: g.ID}
	}
	target.Changed = []AuditChange{was}
	line.Targets = []AuditTarget{target, {ID: g.ID, Name: g.Name, Type: "Group"}}
	t.logAudit(line)
}

func (t *Tenant) memberTarget(key string) AuditTarget {
	if p, ok := t.Person(key); ok {
		return userTarget(p)
	}
	g, _ := t.Group(key)
	return AuditTarget{ID: g.ID, Name: g.Name, Type: "Group"}
}

func userTarget(p Person) AuditTarget {
	return AuditTarget{ID: p.ID, Name: p.Name, Type: "User", UPN: p.UPN}
}

// logAudit adds a line, and fills in its id and its time.
func (t *Tenant) logAudit(line Audit) {
	t.write(func() {
		t.audits.counted++
		line.Number, line.At = t.audits.counted, t.now()
		line.Correlation = uuid.NewString()
		line.ID = fmt.Sprintf("%s_%s_%d", strings.ReplaceAll(line.Service, " ", ""), line.Correlation, line.Number)
		t.audits.lines = append(t.audits.lines, line)
		if extra := len(t.audits.lines) - auditsKept; extra > 0 {
			t.audits.lines = slices.Delete(t.audits.lines, 0, extra)
		}
	})
}

// VisibleAudits lists what the log shows by now, the newest line first. It is
// as late as the log of sign-ins.
func (t *Tenant) VisibleAudits(delayed bool) []Audit {
	t.mu.RLock()
	defer t.mu.RUnlock()
	now := t.now()
	var seen []Audit
	for _, line := range slices.Backward(t.audits.lines) {
		if !delayed || !now.Before(line.At.Add(t.logDelay(line.Number))) {
			seen = append(seen, line)
		}
	}
	return seen
}

// What is done to a Conditional Access policy.
const (
	PolicyUpdated = "Update"
	PolicyDeleted = "Delete"
)

// AuditPolicy logs that a Conditional Access policy was changed (Entra: audit
// activities of Conditional Access). Ask before it is deleted.
func (t *Tenant) AuditPolicy(by Person, key, done string) {
	p, _ := t.Policy(key)
	t.logAudit(Audit{
		Category: "Policy", Service: "Conditional Access", Operation: done, By: by,
		Activity: done + " conditional access policy", Targets: []AuditTarget{{ID: p.ID, Name: p.Name, Type: "Policy"}},
	})
}
