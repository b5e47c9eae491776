package entra

import "time"

// State is everything that the tenant holds, secrets included, for tests.
func (t *Tenant) State() any {
	t.mu.RLock()
	defer t.mu.RUnlock()
	s := state{
		Now:      t.now(),
		Users:    make(map[string]userState, len(t.people)),
		Groups:   make(map[string]Group, len(t.groups)),
		Policies: make([]policyState, 0, len(t.policies)),
		Roles:    make([]roleState, 0, len(t.assignments)),
		SignIns:  append([]SignIn{}, t.signIns.lines...),
	}
	for _, p := range t.people {
		s.Users[p.ID] = t.userState(p)
	}
	for _, g := range t.groups {
		shown := g.snapshot()
		shown.Members = append([]string{}, shown.Members...)
		shown.Owners = append([]string{}, shown.Owners...)
		s.Groups[g.ID] = shown
	}
	for _, p := range t.policies {
		s.Policies = append(s.Policies, p.told())
	}
	for _, a := range t.assignments {
		s.Roles = append(s.Roles, roleState(a))
	}
	return s
}

type state struct {
	Now      time.Time            `json:"now"`
	Users    map[string]userState `json:"users"`
	Groups   map[string]Group     `json:"groups"`
	Policies []policyState        `json:"policies"`
	Roles    []roleState          `json:"roleAssignments"`
	SignIns  []SignIn             `json:"signIns"`
}

type userState struct {
	Person
	Units     []Unit        `json:"administrativeUnits"`
	Installed bool          `json:"installed"`
	Methods   []methodState `json:"methods"`
	Passes    []passState   `json:"passes"`
}

type methodState struct {
	Type    string    `json:"@odata.type"`
	Kind    string    `json:"type"`
	ID      string    `json:"id"`
	Name    string    `json:"displayName,omitempty"`
	Created time.Time `json:"createdDateTime"`
	AAGUID  string    `json:"aaGuid,omitempty"`
	Model   string    `json:"model,omitempty"`
	Number  string    `json:"phoneNumber,omitempty"`
}

type passState struct {
	ID      string    `json:"id"`
	Code    string    `json:"code"`
	Created time.Time `json:"createdDateTime"`
	Start   time.Time `json:"startDateTime"`
	Minutes int       `json:"lifetimeInMinutes"`
	Once    bool      `json:"isUsableOnce"`
	Usable  bool      `json:"isUsable"`
	Reason  string    `json:"methodUsabilityReason"`
}

type policyState struct {
	ID             string   `json:"id"`
	Alias          string   `json:"alias,omitempty"`
	Name           string   `json:"displayName"`
	State          string   `json:"state"`
	ExclusionGroup string   `json:"exclusion_group"`
	ExcludeUsers   []string `json:"excludeUsers"`
	ExcludeGroups  []string `json:"excludeGroups"`
	// Modified is left out of a policy that nobody has changed.
	Modified time.Time `json:"modifiedDateTime,omitzero"`
	Beta     bool      `json:"beta,omitempty"`
}

type roleState struct {
	ID        string `json:"id"`
	Principal string `json:"principalId"`
	Role      string `json:"roleDefinitionId"`
	Scope     string `json:"directoryScopeId"`
}

// Told is the policy as the tenant's State tells it.
func (p *Policy) Told() any { return p.told() }

func (p *Policy) told() policyState {
	return policyState{
		ID: p.ID, Alias: p.Alias, Name: p.Name, State: p.State, ExclusionGroup: p.ExclusionGroup, Modified: p.Modified, Beta: p.Beta,
		ExcludeUsers: append([]string{}, p.Conditions.ExcludeUsers...), ExcludeGroups: append([]string{}, p.Conditions.ExcludeGroups...),
	}
}

func (t *Tenant) userState(p *person) userState {
	_, installed := t.installed[p.ID]
	u := userState{Person: p.Person, Units: []Unit{}, Installed: installed, Methods: []methodState{}, Passes: []passState{}}
	for _, unit := range t.units {
		if unit.members.has(p.ID) {
			u.Units = append(u.Units, unit.Unit)
		}
	}
	for _, m := range p.methods {
		u.Methods = append(u.Methods, methodState{
			Type: "#microsoft.graph." + m.Kind + "AuthenticationMethod", Kind: m.Kind, ID: m.ID,
			Name: m.Name, Created: m.Created, AAGUID: m.AAGUID, Model: m.Model, Number: m.Number,
		})
	}
	if p.pass != nil {
		pass := t.judged(p)
		u.Passes = append(u.Passes, passState{
			ID: pass.ID, Code: pass.Code, Created: pass.Created, Start: pass.Start,
			Minutes: pass.Minutes, Once: pass.Once, Usable: pass.Usable(), Reason: pass.Reason,
		})
	}
	return u
}
