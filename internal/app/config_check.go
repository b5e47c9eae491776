package app

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/passdesk/passdesk/internal/credential"
)

var guid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// shortestRetention is how long a closed request is needed at least.
const shortestRetention = 7 * 24 * time.Hour

// leastSweep is how often Entra can be asked for its policies without harm.
const leastSweep = time.Minute

// check refuses what is missing, and combinations that would not be safe.
func (r *reading) check(c *Config) {
	r.need("", reflect.ValueOf(c).Elem())
	r.https(".bot.openid_metadata", c.Bot.OpenIDMetadata)
	r.https(".graph.url", c.Graph.URL)
	r.https(".entra.authority", c.Entra.Authority)
	r.https(".bot.scope", c.Bot.Scope)
	r.hosts(".bot.service_hosts", c.Bot.ServiceHosts, "where cards may be sent")
	r.hosts(".bot.file_hosts", c.Bot.FileHosts, "that files may be put to")
	r.domain(".bot.domain", c.Bot.Domain)
	r.developer(c.Developer)
	r.oneOf(".entra.pim", c.Entra.PIM, "required", "absent")
	r.oneOf(".desk.when_registered", c.Desk.WhenRegistered, "end", "offer")
	r.oneOf(".credential", c.Credential, credential.Default, credential.Secret, credential.Certificate,
		credential.Workload, credential.Managed, credential.Federated)
	r.address(".listen", c.Listen, false)
	r.address(".metrics", c.Metrics, true)
	r.database(c.Database)
	if time.Duration(c.Retention) < shortestRetention && !r.faulty(".retention") {
		r.fault(".retention", "must be 7d or longer: people still press the buttons of last week")
	}
	if time.Duration(c.Sweep) < leastSweep && !r.faulty(".sweep") {
		r.fault(".sweep", "must be 1m or longer: Entra lets little be read of its policies")
	}
	r.stream(c.AuditStream.To)
	r.optionalGUIDs(c)
	if c.Entra.CAFile != "" {
		if _, err := os.Stat(c.Entra.CAFile); err != nil {
			r.fault(".entra.ca_file", "cannot be read: %v", err)
		}
	}
	r.rules(c)
	r.proofs(c)
	r.limits(c.Desk.Limits)
}

// need walks the fields that carry a need tag: they have no default.
func (r *reading) need(path string, v reflect.Value) {
	for i := range v.NumField() {
		field, tag := v.Field(i), v.Type().Field(i).Tag
		key := path + "." + tag.Get("yaml")
		switch need := tag.Get("need"); {
		case need == "guid":
			r.guid(key, field.String(), "is missing")
		case need == "guids":
			r.guids(key, field, "is missing: name at least one group")
		case field.Kind() == reflect.Struct:
			r.need(key, field)
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct:
			for j := range field.Len() {
				r.need(fmt.Sprintf("%s[%d]", key, j), field.Index(j))
			}
		}
	}
}

// faulty tells whether a key has a fault already.
func (r *reading) faulty(key string) bool {
	return slices.ContainsFunc(r.faults, func(f Fault) bool { return "."+f.Key == key })
}

func (r *reading) guid(key, text, missing string) {
	if text == "" {
		if missing != "" {
			r.fault(key, "%s", missing)
		}
		return
	}
	if !guid.MatchString(text) || strings.Trim(text, "0-") == "" {
		r.fault(key, "%q is not an object id", text)
	}
}

func (r *reading) guids(key string, list reflect.Value, missing string) {
	if list.Len() == 0 && missing != "" {
		r.fault(key, "%s", missing)
	}
	for i := range list.Len() {
		r.guid(key, list.Index(i).String(), "has an empty entry")
	}
}

func (r *reading) optionalGUIDs(c *Config) {
	r.guid(".bot.catalog_app_id", c.Bot.CatalogAppID, "")
	r.guids(".desk.auditors", reflect.ValueOf(c.Desk.Auditors), "")
	r.guids(".desk.protected", reflect.ValueOf(c.Desk.Protected), "")
	r.guids(".desk.security", reflect.ValueOf(c.Desk.Security), "")
	r.guarded(c)
	called := map[string]bool{}
	for i, p := range c.Policies {
		key := fmt.Sprintf(".policies[%d]", i)
		r.policy(key, p)
		for name, text := range map[string]string{"id": p.ID, "alias": p.Alias} {
			if text = strings.ToLower(text); text != "" && called[text] {
				r.fault(key+"."+name, "is used twice: %q", text)
			}
			called[text] = true
		}
	}
}

// The bounds of how long an exclusion may last at the longest.
const (
	leastLongest = 10 * time.Minute
	mostLongest  = 30 * 24 * time.Hour
)

func (r *reading) policy(key string, p PolicyConfig) {
	r.guid(key+".exclusion_group", p.ExclusionGroup, "")
	r.guids(key+".group_owners", reflect.ValueOf(p.GroupOwners), "")
	switch {
	case p.ExclusionGroup == "" && !p.Direct:
		r.fault(key, "names no exclusion_group; say direct: true to change the policy itself")
	case p.ExclusionGroup != "" && p.Direct:
		r.fault(key+".direct", "and exclusion_group exclude one another")
	}
	switch longest := time.Duration(p.Longest); {
	case r.faulty(key + ".longest"):
	case longest == 0:
		r.fault(key+".longest", "is missing: how long may an exclusion last?")
	case longest < leastLongest || longest > mostLongest:
		r.fault(key+".longest", "must be from 10m to 30d")
	}
}

// https refuses an address that a token or a key would cross in the open.
func (r *reading) https(key, text string) {
	u, err := url.Parse(text)
	switch {
	case text == "":
		r.fault(key, "is missing")
	case err != nil || u.Host == "":
		r.fault(key, "%q is not an address", text)
	case u.Scheme != "https":
		r.fault(key, "must begin with https://")
	case u.User != nil:
		r.fault(key, "must not hold a user name or a password")
	}
}

func (r *reading) stream(to string) {
	const key = ".audit_stream.to"
	path, isFile := strings.CutPrefix(to, "file:")
	switch {
	case to == "" || to == "stdout" || path != "" && isFile:
	case isFile:
		r.fault(key, "names no file behind file:")
	case strings.HasPrefix(to, "https://"):
		r.https(key, to)
	default:
		r.fault(key, "must be stdout, file: with a path, or https://…")
	}
}

func (r *reading) hosts(key string, hosts []string, what string) {
	if len(hosts) == 0 {
		r.fault(key, "is missing: name the hosts %s", what)
	}
	for _, h := range hosts {
		u, err := url.Parse("https://" + h)
		if err != nil || u.Host != h || u.Hostname() == "" || strings.ContainsAny(h, "*@/ ") {
			r.fault(key, "%q must be host or host:port", h)
		}
	}
}

var hostName = regexp.MustCompile(`^([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9-]*[a-zA-Z]$`)

func (r *reading) domain(key, text string) {
	if text != "" && !hostName.MatchString(text) {
		r.fault(key, "%q must be a host such as passdesk.example.com, without https://, port or path", text)
	}
}

// longestDeveloper is how long a developer's name may be in Teams (schema of the
// app manifest).
const longestDeveloper = 32

func (r *reading) developer(d DeveloperConfig) {
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > longestDeveloper {
		r.fault(".developer.name", "must have from 1 to %d characters", longestDeveloper)
	}
	r.https(".developer.website", d.Website)
	for key, text := range map[string]string{".developer.privacy": d.Privacy, ".developer.terms": d.Terms} {
		if text != "" {
			r.https(key, text)
		}
	}
}

func (r *reading) oneOf(key, text string, allowed ...string) {
	if !slices.Contains(allowed, text) {
		r.fault(key, "must be one of %s", strings.Join(allowed, ", "))
	}
}

func (r *reading) address(key, text string, mayBeEmpty bool) {
	if text == "" && mayBeEmpty {
		return
	}
	if _, _, err := net.SplitHostPort(text); err != nil {
		r.fault(key, "%q must be host:port, or :port", text)
	}
}

func (r *reading) database(text string) {
	if path, ok := strings.CutPrefix(text, "sqlite:"); ok && path != "" {
		return
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") {
		r.fault(".database", "must be sqlite:path or postgres://…")
		return
	}
	if _, has := u.User.Password(); has && r.at[".database"].line > 0 {
		r.fault(".database", "holds a password; give it as PASSDESK_DATABASE or PGPASSWORD instead")
	}
}
