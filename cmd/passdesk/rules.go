package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/app"
)

// rulesCmd explains what the rules say: of a wish, by the tenant's facts of this
// moment, or of the example cases in a file.
type rulesCmd struct {
	settings
	As     string        `help:"Who would ask." placeholder:"PERSON"`
	For    string        `help:"For whom." placeholder:"PERSON"`
	From   string        `help:"From which policy, of an exclusion: its id or alias." placeholder:"POLICY"`
	On     string        `help:"On which kind of device, of an exclusion." default:"iOS" placeholder:"PLATFORM"`
	Multi  bool          `help:"A pass that can be used several times."`
	Reason string        `help:"Why." placeholder:"TEXT"`
	Cases  string        `help:"File of example cases; without a wish, passdesk.cases.yaml beside the configuration." placeholder:"FILE"`
	Kind   string        `arg:"" optional:"" enum:"pass,exclusion," default:"" help:"pass or exclusion."`
	Length time.Duration `arg:"" optional:"" default:"60m" help:"For how long, such as 60m or 4h."`
}

// Help shows how it is called.
func (rulesCmd) Help() string {
	return "Examples:\n\n  passdesk check rules --as adele --for joni pass 60m\n  passdesk check rules --as adele --for grady --from phones exclusion 4h\n  passdesk check rules --cases passdesk.cases.yaml"
}

// Run explains a wish, or tries the example cases.
func (c *rulesCmd) Run(ctx context.Context) error {
	config, err := app.Load(c.Config, c.Overrides)
	if err != nil {
		return err
	}
	if c.Kind == "" {
		return c.tryCases(config)
	}
	if c.As == "" || c.For == "" {
		return errors.New("say who would ask, and for whom: --as adele --for joni")
	}
	v, err := app.Explain(ctx, config, app.Wish{
		As: c.As, For: c.For, Policy: c.From, Kind: access.Kind(c.Kind),
		Terms: access.Terms{Minutes: int(c.Length / time.Minute), Once: !c.Multi, Platform: c.On, Reason: c.Reason},
	})
	if err != nil {
		return err
	}
	fmt.Println(strings.Join(v.Lines(), "\n"))
	return nil
}

func (c *rulesCmd) tryCases(config app.Config) error {
	file := c.Cases
	if file == "" {
		file = filepath.Join(filepath.Dir(c.Config), "passdesk.cases.yaml")
	}
	outcomes, err := app.RunCases(config, file)
	if err != nil {
		return err
	}
	failed := 0
	for _, o := range outcomes {
		if len(o.Differs) == 0 {
			fmt.Println("as expected:", o.Name)
			continue
		}
		failed++
		fmt.Printf("NOT as expected: %s: %s\n", o.Name, strings.Join(o.Differs, "; "))
		fmt.Println("  " + strings.Join(o.Verdict.Lines(), "\n  "))
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d cases are not as expected", failed, len(outcomes))
	}
	return nil
}
