package conditional

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

// fitsClient: no client apps is any, as is "all".
func (s Scene) fitsClient(when entra.Conditions) bool {
	return s.Client == "" || len(when.ClientApps) == 0 || slices.ContainsFunc(when.ClientApps, func(one string) bool {
		return one == "all" || strings.EqualFold(one, s.Client)
	})
}

// fitsPlatform: no platforms is any, as is "all", which takes in those that
// cannot be told.
func (s Scene) fitsPlatform(when entra.Conditions) bool {
	if s.Platform == "" {
		return true
	}
	is := func(one string) bool { return one == "all" || strings.EqualFold(one, s.Platform) }
	if slices.ContainsFunc(when.ExcludePlatforms, is) {
		return false
	}
	return len(when.IncludePlatforms) == 0 || slices.ContainsFunc(when.IncludePlatforms, is)
}

// fitsRisk: no levels is any risk.
func fitsRisk(risk string, levels []string) bool {
	return risk == "" || len(levels) == 0 || slices.ContainsFunc(levels, func(one string) bool { return strings.EqualFold(one, risk) })
}

// fitsPlace: nowhere is a named location or trusted, so that "All" alone means
// something.
func (s Scene) fitsPlace(p entra.Policy) bool {
	var places struct {
		Include []string `json:"includeLocations"`
		Exclude []string `json:"excludeLocations"`
	}
	if !s.Placed || !read(p, "conditions.locations", &places) {
		return true
	}
	return slices.Contains(places.Include, "All") && !slices.Contains(places.Exclude, "All")
}

// fitsDevice: a filter looks at devices that the tenant knows, of which there
// are none. What it lets in is nobody's; what it leaves out leaves all others in.
func (s Scene) fitsDevice(p entra.Policy) bool {
	var devices struct {
		Filter *struct {
			Mode string `json:"mode"`
		} `json:"deviceFilter"`
	}
	if !s.Device || !read(p, "conditions.devices", &devices) || devices.Filter == nil {
		return true
	}
	return devices.Filter.Mode == "exclude"
}

func (s Scene) fitsFlow(p entra.Policy) bool {
	var flows struct {
		Methods string `json:"transferMethods"`
	}
	if !read(p, "conditions.authenticationFlows", &flows) {
		return true
	}
	return fitsWords(s.Flow, flows.Methods)
}

// fitsWords is fitsRisk for levels in one text, as Graph writes flags.
func fitsWords(word, flags string) bool {
	if flags == "" || flags == "none" {
		return true
	}
	return fitsRisk(word, strings.Split(strings.ReplaceAll(flags, " ", ""), ","))
}

func wordsOf(p entra.Policy, path string) string {
	var flags string
	read(p, path, &flags)
	return flags
}

// read reads what a policy keeps at a path, if that is something.
func read(p entra.Policy, path string, into any) bool {
	return says(p, path) && json.Unmarshal(p.Rest[path], into) == nil
}

func says(p entra.Policy, path string) bool {
	raw := p.Rest[path]
	return len(raw) > 0 && string(raw) != "null"
}
