package check

import (
	"context"
	"errors"
	"fmt"

	"github.com/passdesk/passdesk/internal/app"
	"github.com/passdesk/passdesk/internal/graph"
)

// configure reads the configuration, and makes what the other parts need of it.
func (r *run) configure() {
	c, err := app.Load(r.File, r.Over)
	faults, faulty := errors.AsType[*app.FaultsError](err)
	if err != nil {
		c.Rules = nil // one that is not understood cannot be compiled
	}
	r.config, r.settings = c, c.Settings()
	switch {
	case faulty:
		r.faults = faults.List
		for _, f := range faults.List {
			r.unread = r.unread || f.Key == "syntax"
			r.find(Error, where(r.File, f)+": "+f.Key+" "+f.Say+".", "Correct it; docs/configuration.md explains every key.")
		}
	case err != nil:
		r.unread = true
		r.find(Error, err.Error()+".", "Name the file with --config.")
	default:
		r.fine(r.File + " can be used.")
	}
	r.parts = partsOf(c)
	r.client, err = app.NewClient(c.Entra.CAFile)
	if err != nil && !r.unread && !faulty {
		r.find(Error, err.Error()+".", "entra.ca_file must name a PEM file with a certificate.")
	}
}

// where is the place of a fault.
func where(file string, f app.Fault) string {
	if f.Line == 0 {
		return "flag or variable"
	}
	return fmt.Sprintf("%s:%d:%d", file, f.Line, f.Column)
}

// partsOf are the parts of Passdesk that a configuration switches on.
func partsOf(c app.Config) []graph.Part {
	parts := []graph.Part{graph.Insight}
	if c.Entra.PIM != "absent" {
		parts = append(parts, graph.PIM)
	}
	if len(c.Policies) > 0 {
		parts = append(parts, graph.Relax)
	}
	for _, p := range c.Policies {
		if p.Direct {
			parts = append(parts, graph.Direct)
		} else {
			parts = append(parts, graph.ByGroup)
		}
	}
	if c.Bot.CatalogAppID != "" {
		parts = append(parts, graph.Install)
	}
	return parts
}

// advise tells what may be meant, and is good to know.
func (r *run) advise(context.Context) {
	if !r.config.Grants {
		r.find(Note, "grants is off: nothing new is given, endings go on.", "")
	}
	if len(r.config.Desk.Protected) == 0 {
		r.find(Warning, "Nobody is protected by desk.protected.", "Name the accounts for emergencies there, so that nobody is ever given anything for them.")
	}
	if len(r.config.Desk.Auditors) == 0 {
		r.find(Note, "There are no desk.auditors: nobody may read the whole history, and nobody is told of an exclusion that should have ended.", "Name a group, if somebody should.")
	}
}
