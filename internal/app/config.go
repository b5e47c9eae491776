// Package app wires Passdesk together: configuration, store, Graph, Teams and
// the conversation. It is a type that a test can run as production does.
package app

import (
	"errors"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

// Config is everything that can be set about a Passdesk. The zero value is not
// usable; Defaults is where it begins. Nothing secret is in it: credentials come
// from the AZURE_… variables that azidentity reads.
type Config struct {
	// Listen is the address of the bot's endpoint, "host:port".
	Listen string `yaml:"listen"`
	// Metrics is the address of /metrics; empty is off.
	Metrics string `yaml:"metrics"`
	// Database is "sqlite:path", or a postgres URL without a password.
	Database string `yaml:"database"`
	// Retention is how long closed requests and unused chats are kept. The audit
	// is kept for ever.
	Retention Duration `yaml:"retention"`
	// Tenant is the id of the one tenant that is served.
	Tenant     string      `yaml:"tenant" need:"guid"`
	Bot        BotConfig   `yaml:"bot"`
	Graph      GraphConfig `yaml:"graph"`
	Entra      EntraConfig `yaml:"entra"`
	Credential string      `yaml:"credential"` // how Passdesk signs in; see internal/credential
	// Developer is who answers for the app in Teams.
	Developer DeveloperConfig `yaml:"developer"`
	// Grants off stops everything new; endings go on.
	Grants Switch `yaml:"grants"`
	// Sweep is how often who is excluded is compared with Entra.
	Sweep Duration `yaml:"sweep"`
	// AuditStream sends the audit elsewhere, as it grows.
	AuditStream AuditStreamConfig `yaml:"audit_stream"`
	Desk        DeskConfig        `yaml:"desk"`
	Policies    []PolicyConfig    `yaml:"policies"`
	// Rules say who must agree; without any the person's manager does to a pass, and
	// an owner of the policy to an exclusion.
	Rules []RuleConfig `yaml:"rules"`
	// CodeKey makes callers' codes. It is never in the file: see CodeKeyVariable.
	CodeKey access.Secret
}

// BotConfig is the bot's side of Teams.
type BotConfig struct {
	AppID          string   `yaml:"app_id" need:"guid"`
	OpenIDMetadata string   `yaml:"openid_metadata"` // where the channel's keys are announced; https
	Scope          string   `yaml:"scope"`           // of the token for the connector
	ServiceHosts   []string `yaml:"service_hosts"`   // host or host:port where cards may be sent, subdomains included
	FileHosts      []string `yaml:"file_hosts"`      // host or host:port that files may be put to, subdomains included
	CatalogAppID   string   `yaml:"catalog_app_id"`  // to install Passdesk for an approver; empty: never
	Domain         string   `yaml:"domain"`          // public host of the messaging endpoint, for the app package
}

// DeveloperConfig is who answers for the app, as Teams shows it to everybody.
type DeveloperConfig struct {
	Name    string `yaml:"name"`    // at most 32 characters
	Website string `yaml:"website"` // https
	Privacy string `yaml:"privacy"` // https; empty: the website
	Terms   string `yaml:"terms"`   // https; empty: the website
}

// AuditStreamConfig is where the audit is sent.
type AuditStreamConfig struct {
	To string `yaml:"to"` // stdout, file: with a path, or https://…; empty: nowhere
	// Token goes along as a bearer token, over https. It comes from
	// PASSDESK_AUDIT_TOKEN and cannot be written in the file.
	Token string
}

// GraphConfig is where Microsoft Graph is.
type GraphConfig struct {
	URL string `yaml:"url"` // https, with the version
}

// EntraConfig is the tenant's login and its licences.
type EntraConfig struct {
	Authority string `yaml:"authority"` // https
	CAFile    string `yaml:"ca_file"`   // PEM, an extra root for all clients
	PIM       string `yaml:"pim"`       // required, or absent in a tenant without eligible roles
}

// DeskConfig names the groups whose members have a part, by object id.
type DeskConfig struct {
	Requesters []string `yaml:"requesters" need:"guids"`
	Auditors   []string `yaml:"auditors"`
	Protected  []string `yaml:"protected"`
	// Security is told of alarms, of an end that is long overdue, of emergencies and of
	// threat mode, and agrees and reviews then; empty: the auditors.
	Security []string `yaml:"security"`
	// Threat switches threat mode, Emergency asks and confirms in an emergency; empty:
	// there is no such thing.
	Threat    []string `yaml:"threat"`
	Emergency []string `yaml:"emergency"`
	// Scopes bound who may ask for whom; empty: whoever may ask may do so for anybody.
	Scopes []ScopeConfig `yaml:"scopes"`
	// ProofLasts is how long a proof of the caller is good for.
	ProofLasts Duration     `yaml:"proof_lasts"`
	Limits     LimitsConfig `yaml:"limits"`
	// WhenRegistered says what becomes of an exclusion when the passkey that it was
	// for is there: end, or offer to end it.
	WhenRegistered string `yaml:"when_registered"`
}

// PolicyConfig is a Conditional Access policy that may be relaxed, and how.
type PolicyConfig struct {
	ID             string   `yaml:"id" need:"guid"`
	Alias          string   `yaml:"alias"` // what people may call it beside its name
	ExclusionGroup string   `yaml:"exclusion_group"`
	Direct         bool     `yaml:"direct"`
	GroupOwners    []string `yaml:"group_owners"` // who may own the group beside members of owners
	Owners         []string `yaml:"owners" need:"guids"`
	Longest        Duration `yaml:"longest"`
}

// Defaults is a configuration for Microsoft's public cloud that lacks only what
// nobody but the tenant can know.
func Defaults() Config {
	return Config{
		Listen:   ":3978",
		Database: "sqlite:passdesk.db", Retention: Duration(400 * 24 * time.Hour),
		Bot: BotConfig{
			OpenIDMetadata: "https://login.botframework.com/v1/.well-known/openidconfiguration",
			Scope:          "https://api.botframework.com/.default",
			ServiceHosts:   []string{"smba.trafficmanager.net"},
			FileHosts:      []string{"sharepoint.com"},
		},
		Developer:  DeveloperConfig{Name: "Passdesk", Website: "https://github.com/passdesk/passdesk"},
		Graph:      GraphConfig{URL: "https://graph.microsoft.com/v1.0"},
		Entra:      EntraConfig{Authority: "https://login.microsoftonline.com", PIM: "required"},
		Desk:       DeskConfig{WhenRegistered: "end", ProofLasts: Duration(15 * time.Minute), Limits: defaultLimits()},
		Credential: "default",
		Grants:     true, Sweep: Duration(15 * time.Minute),
	}
}

// Switch is on or off.
type Switch bool

// UnmarshalText reads on, off, true or false.
func (s *Switch) UnmarshalText(text []byte) error {
	switch strings.ToLower(string(text)) {
	case "on", "true":
		*s = true
	case "off", "false":
		*s = false
	default:
		return errors.New("must be on or off")
	}
	return nil
}

// Duration is a length of time as people write it: 90m, 8h, 400d.
type Duration time.Duration

// UnmarshalText reads a positive duration; d means 24 hours.
func (d *Duration) UnmarshalText(text []byte) error {
	t := string(text)
	var units int64 = 1
	if days, ok := strings.CutSuffix(t, "d"); ok {
		t, units = days+"h", 24
	}
	v, err := time.ParseDuration(t)
	if err != nil || v <= 0 || int64(v) > int64(longestDuration)/units {
		return errors.New("must be a length of time such as 90m or 8h")
	}
	*d = Duration(int64(v) * units)
	return nil
}

// longestDuration keeps a slip of the keyboard from becoming for ever.
const longestDuration = 10 * 365 * 24 * time.Hour

// settings is the part that verdicts depend on.
func (c Config) settings() access.Settings {
	s := access.Settings{
		Requesters: ids(c.Desk.Requesters), Auditors: ids(c.Desk.Auditors),
		Protected: ids(c.Desk.Protected), Security: ids(c.Desk.Security), NoGrants: !bool(c.Grants),
		OfferEnd: c.Desk.WhenRegistered == "offer", Rules: c.rules(), Scopes: c.scopes(), Limits: c.limits(),
		Threat: ids(c.Desk.Threat), Emergency: ids(c.Desk.Emergency),
		ProofLasts: time.Duration(c.Desk.ProofLasts),
	}
	if len(s.Security) == 0 {
		s.Security = s.Auditors
	}
	for _, p := range c.Policies {
		s.Policies = append(s.Policies, access.Policy{
			ID: access.NewID(p.ID), Alias: p.Alias, Group: access.NewID(p.ExclusionGroup), GroupOwners: ids(p.GroupOwners),
			Owners: ids(p.Owners), Longest: time.Duration(p.Longest),
		})
	}
	return s
}

func ids(texts []string) []access.ID {
	out := make([]access.ID, 0, len(texts))
	for _, t := range texts {
		out = append(out, access.NewID(t))
	}
	return out
}
