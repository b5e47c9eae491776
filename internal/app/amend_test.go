package app_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/goccy/go-yaml"

	"github.com/passdesk/passdesk/internal/sim"
)

// alias stands for an id in a script's configuration.
var alias = regexp.MustCompile(`@[a-z-]+`)

// amended lays the file passdesk.yaml of a script, if it has one, over the
// tenant's configuration.
func amended(scripts string) func(dir string) error {
	return func(dir string) error {
		over, err := os.ReadFile(filepath.Join(scripts, sim.ConfigFile))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		known, unknown := idsOf(dir)
		over = alias.ReplaceAllFunc(over, func(a []byte) []byte {
			if id, ok := known[string(a[1:])]; ok {
				return []byte(id)
			}
			return a // part of a channel's id
		})
		file := filepath.Join(dir, sim.ConfigFile)
		base, unread := os.ReadFile(file)
		var below, above map[string]any
		err = errors.Join(err, unknown, unread, yaml.Unmarshal(base, &below), yaml.Unmarshal(over, &above))
		merged, unwritten := yaml.Marshal(laidOver(below, above))
		return errors.Join(err, unwritten, os.WriteFile(file, merged, 0o600))
	}
}

// idsOf reads the ids of the tenant's people, groups and channels, by alias.
func idsOf(dir string) (map[string]string, error) {
	data, err := os.ReadFile(filepath.Join(dir, "tenant.json"))
	var tenant struct {
		People, Groups, Channels map[string]struct{ ID string }
	}
	err = errors.Join(err, json.Unmarshal(data, &tenant))
	known := map[string]string{}
	for _, list := range []map[string]struct{ ID string }{tenant.People, tenant.Groups, tenant.Channels} {
		for name, one := range list {
			known[name] = one.ID
		}
	}
	return known, err
}

// laidOver is below with what above says; maps are merged.
func laidOver(below, above map[string]any) map[string]any {
	for key, value := range above {
		inner, isMap := value.(map[string]any)
		under, wasMap := below[key].(map[string]any)
		if isMap && wasMap {
			value = laidOver(under, inner)
		}
		below[key] = value
	}
	return below
}
