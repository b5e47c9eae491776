package app

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/passdesk/passdesk/internal/access"
)

// Cases are examples of what rules should say, in a file of their own: values for
// the rules' variables, and what is expected.
type Cases struct {
	Cases []ExampleCase `yaml:"cases"`
}

// ExampleCase is one example.
type ExampleCase struct {
	Name string `yaml:"name"`
	// Given are values of variables by name; others are empty, zero or no.
	Given map[string]any `yaml:"given"`
	// Unknown names variables that could not be learnt.
	Unknown []string    `yaml:"unknown"`
	Expect  Expectation `yaml:"expect"`
}

// Expectation is what the rules should say; what is left out is not compared.
type Expectation struct {
	Verdict string           `yaml:"verdict"` // ask or refuse
	Rule    string           `yaml:"rule"`
	Approve []ApprovalConfig `yaml:"approve"`
}

// Outcome is how an example came out; Differs is empty when as expected.
type Outcome struct {
	Name    string
	Verdict access.Verdict
	Differs []string
}

// RunCases tries the rules of a configuration on the examples of a file.
func RunCases(c Config, file string) ([]Outcome, error) {
	data, err := os.ReadFile(file) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("reading the example cases: %w", err)
	}
	var all Cases
	if err := yaml.UnmarshalWithOptions(data, &all, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("%s: %s", file, yaml.FormatError(err, false, true))
	}
	if len(all.Cases) == 0 {
		return nil, fmt.Errorf("%s holds no cases", file)
	}
	settings := c.settings()
	outcomes := make([]Outcome, 0, len(all.Cases))
	for i, one := range all.Cases {
		o, err := one.run(settings)
		if err != nil {
			return nil, fmt.Errorf("%s: case %d (%s): %w", file, i+1, one.Name, err)
		}
		outcomes = append(outcomes, o)
	}
	return outcomes, nil
}

func (e ExampleCase) run(s access.Settings) (Outcome, error) {
	if e.Name == "" || (e.Expect.Verdict != "ask" && e.Expect.Verdict != "refuse") {
		return Outcome{}, errors.New("needs a name and expect.verdict: ask or refuse")
	}
	v, err := s.Suppose(e.Given, e.Unknown)
	if err != nil {
		return Outcome{}, errors.New(access.Say(err))
	}
	return Outcome{Name: e.Name, Verdict: v, Differs: e.Expect.differs(v)}, nil
}

// differs tells how a verdict is not what was expected.
func (e Expectation) differs(v access.Verdict) []string {
	var list []string
	verdict := "ask"
	if v.Refused() {
		verdict = "refuse"
	}
	if verdict != e.Verdict {
		list = append(list, fmt.Sprintf("the verdict is %s, not %s", verdict, e.Verdict))
	}
	if e.Rule != "" && v.Rule != e.Rule {
		list = append(list, fmt.Sprintf("the rule is %q, not %q", v.Rule, e.Rule))
	}
	if e.Approve != nil && !slices.EqualFunc(e.Approve, v.Needs, sameNeed) {
		needs := make([]string, len(v.Needs))
		for i, n := range v.Needs {
			needs[i] = n.String()
		}
		list = append(list, "it needs "+strings.Join(needs, ", then "))
	}
	return list
}

func sameNeed(a ApprovalConfig, n access.Need) bool {
	return slices.Equal(sources(a.From), n.From) && max(1, a.Count) == n.Count && access.Proof(a.Caller) == n.Caller
}
