package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/passdesk/passdesk/internal/sim/channel"
	"github.com/passdesk/passdesk/internal/sim/entra"
	"github.com/passdesk/passdesk/internal/sim/login"
)

// Names of the files in Options.Dir.
const (
	ConfigFile = "passdesk.yaml"
	CAFile     = "ca.pem"
	EnvFile    = "env"
	TenantFile = "tenant.json"
	TokenFile  = "workload-token" // what Kubernetes would put into the bot's pod
)

// Description is tenant.json: what is where, by alias.
type Description struct {
	Tenant    string                      `json:"tenant"`
	App       string                      `json:"app"`
	Addresses Addresses                   `json:"addresses"`
	People    map[string]DescribedPerson  `json:"people"`
	Groups    map[string]DescribedGroup   `json:"groups"`
	Policies  map[string]DescribedPolicy  `json:"policies"`
	Channels  map[string]DescribedChannel `json:"channels"`
}

// DescribedPerson is a seeded person.
type DescribedPerson struct {
	ID    string `json:"id"`
	UPN   string `json:"upn"`
	Name  string `json:"name"`
	Teams string `json:"teams"`
}

// DescribedGroup is a seeded group.
type DescribedGroup struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// DescribedPolicy is a seeded Conditional Access policy.
type DescribedPolicy struct {
	ID             string `json:"id"`
	Name           string `json:"name"`
	ExclusionGroup string `json:"exclusion_group"`
}

// DescribedChannel is a channel of a team, by its conversation id.
type DescribedChannel struct {
	ID string `json:"id"`
}

// Describe tells what is where.
func (s *Sim) Describe() Description {
	d := Description{
		Tenant: s.Tenant.ID(), App: s.Tenant.AppID(), Addresses: s.Addresses,
		People: map[string]DescribedPerson{}, Groups: map[string]DescribedGroup{}, Policies: map[string]DescribedPolicy{},
		Channels: map[string]DescribedChannel{channel.ChannelAlias: {s.Channel.TeamChannel()}},
	}
	s.Tenant.EachPerson(func(p *entra.Person) bool {
		if p.Alias != "" {
			d.People[p.Alias] = DescribedPerson{p.ID, p.UPN, p.Name, p.Teams}
		}
		return true
	})
	for _, g := range s.Tenant.Groups() {
		if g.Alias != "" {
			d.Groups[g.Alias] = DescribedGroup{g.ID, g.Name}
		}
	}
	for _, p := range s.Tenant.Policies() {
		if p.Alias != "" {
			d.Policies[p.Alias] = DescribedPolicy{p.ID, p.Name, p.ExclusionGroup}
		}
	}
	return d
}

// write leaves the files for a bot in dir, tenant.json last: whoever sees that
// one can start.
func (s *Sim) write(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("directory for the tenant's files: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("directory for the tenant's files: %w", err)
	}
	config, err := s.configuration(dir)
	if err != nil {
		return err
	}
	described, err := json.MarshalIndent(s.Describe(), "", "  ")
	if err != nil {
		return fmt.Errorf("describing the tenant: %w", err)
	}
	token, err := s.Login.WorkloadToken(login.Workload, login.Exchange)
	if err != nil {
		return fmt.Errorf("the workload's token: %w", err)
	}
	for _, file := range []struct {
		name string
		text []byte
	}{
		{CAFile, s.CAPEM},
		{TokenFile, []byte(token)},
		{EnvFile, s.environment()},
		{ConfigFile, config},
		{TenantFile, append(described, '\n')},
	} {
		if err := replace(filepath.Join(dir, file.name), file.text); err != nil {
			return err
		}
	}
	return nil
}

// replace writes a file that nobody else may read, whole or not at all.
func replace(path string, text []byte) (err error) {
	// CreateTemp makes it 0600.
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", filepath.Base(path), err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
			err = fmt.Errorf("writing %s: %w", filepath.Base(path), err)
		}
	}()
	if _, err = file.Write(text); err != nil {
		_ = file.Close()
		return err
	}
	if err = file.Close(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// Environment are the variables with which azidentity signs in as the bot, in
// whichever way the configuration says.
func (s *Sim) Environment() map[string]string {
	variables := map[string]string{
		"AZURE_TENANT_ID":      s.Tenant.ID(),
		"AZURE_CLIENT_ID":      s.Tenant.AppID(),
		"AZURE_CLIENT_SECRET":  s.Tenant.ClientSecret(),
		"AZURE_AUTHORITY_HOST": s.Addresses.Login,
		"IDENTITY_ENDPOINT":    s.Addresses.Login + login.IdentityPath,
		"IDENTITY_HEADER":      login.IdentityHeader,
	}
	if dir, err := filepath.Abs(s.options.Dir); s.options.Dir != "" && err == nil {
		variables["AZURE_FEDERATED_TOKEN_FILE"] = filepath.Join(dir, TokenFile)
	}
	return variables
}

// environment are the variables as lines for a shell.
func (s *Sim) environment() []byte {
	var out bytes.Buffer
	variables := s.Environment()
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		fmt.Fprintf(&out, "export %s='%s'\n", name, strings.ReplaceAll(variables[name], "'", `'\''`))
	}
	return out.Bytes()
}

// configuration is passdesk.yaml, with a comment for every key.
func (s *Sim) configuration(dir string) ([]byte, error) {
	listen, err := botListens(s.options.Bot)
	if err != nil {
		return nil, err
	}
	described := s.Describe()
	rooms, err := url.Parse(s.Addresses.Channel)
	if err != nil {
		return nil, fmt.Errorf("service address: %w", err)
	}
	breakglass := described.People["breakglass"].ID
	var out bytes.Buffer
	err = configTemplate.Execute(&out, map[string]any{
		"Listen": listen, "Database": filepath.Join(dir, "passdesk.db"), "CA": filepath.Join(dir, CAFile),
		"Tenant": described.Tenant, "App": described.App, "Addresses": s.Addresses, "Host": rooms.Host,
		"Catalog": s.Tenant.CatalogAppID(), "Groups": described.Groups, "Policies": s.Tenant.Policies(), "Protected": breakglass,
	})
	if err != nil {
		return nil, fmt.Errorf("writing configuration: %w", err)
	}
	return out.Bytes(), nil
}

// botListens is the host:port of the bot's address; without one, the bot's
// usual port.
func botListens(address string) (string, error) {
	if address == "" {
		return "127.0.0.1:3978", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("bot address %q: not an http address", address)
	}
	if u.Port() != "" {
		return u.Host, nil
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"http": "80", "https": "443"}[u.Scheme]), nil
}

// configTemplate writes strings as JSON does, which YAML reads.
var configTemplate = template.Must(template.New(ConfigFile).Funcs(template.FuncMap{
	"quote": func(text string) (string, error) {
		quoted, err := json.Marshal(text)
		return string(quoted), err
	},
}).Parse(`# Passdesk against a simulated tenant. Written anew at every start of the tenant.

# Where the bot listens: the address that the tenant delivers to.
listen: {{quote .Listen}}
# Address of /metrics; empty is off.
metrics: ""
# Requests, decisions and the audit.
database: {{printf "sqlite:%s" .Database | quote}}
# The one tenant that is served.
tenant: {{quote .Tenant}}
bot:
  # The bot's application (client) id.
  app_id: {{quote .App}}
  # Where the channel announces the keys of its tokens.
  openid_metadata: {{quote .Addresses.OpenID}}
  # Scope of the token for the connector.
  scope: "https://api.botframework.com/.default"
  # Hosts that cards may be sent to.
  service_hosts: [{{quote .Host}}]
  # Hosts that files may be put to, where the person has agreed.
  file_hosts: [{{quote .Host}}]
  # Passdesk in the Teams app catalogue, to install it for an approver.
  catalog_app_id: {{quote .Catalog}}
graph:
  # Microsoft Graph, with its version.
  url: {{quote .Addresses.Graph}}
entra:
  # Who issues tokens.
  authority: {{quote .Addresses.Login}}
  # The root that all the addresses above are certified by.
  ca_file: {{quote .CA}}
  # Eligible roles are read: required, or absent in a tenant without them.
  pim: required
# How Passdesk signs in: with the AZURE_CLIENT_SECRET of the file "env". There are
# also a token for workload, and a machine's identity for managed and federated.
credential: secret
# off: nothing new is given, endings go on.
grants: on
desk:
  # Groups whose members may ask.
  requesters: [{{quote (index .Groups "helpdesk").ID}}]
  # Groups whose members may read what was done.
  auditors: [{{quote (index .Groups "auditors").ID}}]
  # Never, for anybody: the account for emergencies.
  protected: [{{quote .Protected}}]
# Conditional Access policies that may be relaxed, by whom, and for how long.
policies:
{{- range .Policies}}{{if .Alias}}
  # {{.Name}}
  - id: {{quote .ID}}
    alias: {{quote .Alias}}
    exclusion_group: {{quote .ExclusionGroup}}
    owners: [{{quote (index $.Groups "policyowners").ID}}]
    longest: 8h
{{- end}}{{end}}
# Who must agree; empty: the person's manager.
rules: []
`))
