package app

import "os"

// Overrides are the flags and variables that are laid over the file. A nil field
// leaves the file's word.
type Overrides struct {
	Listen         *string  `env:"PASSDESK_LISTEN" help:"Address of the bot's endpoint." placeholder:"HOST:PORT"`
	Metrics        *string  `env:"PASSDESK_METRICS" help:"Address of /metrics; empty is off." placeholder:"HOST:PORT"`
	Database       *string  `env:"PASSDESK_DATABASE" help:"sqlite:path or postgres://…" placeholder:"URL"`
	Retention      *string  `env:"PASSDESK_RETENTION" help:"How long closed requests are kept, such as 400d." placeholder:"TIME"`
	Tenant         *string  `env:"PASSDESK_TENANT" help:"Id of the tenant that is served." placeholder:"GUID"`
	AppID          *string  `name:"bot-app-id" env:"PASSDESK_BOT_APP_ID" help:"App id of the bot." placeholder:"GUID"`
	OpenIDMetadata *string  `name:"bot-openid-metadata" env:"PASSDESK_BOT_OPENID_METADATA" help:"Where the channel's keys are announced." placeholder:"URL"`
	Scope          *string  `name:"bot-scope" env:"PASSDESK_BOT_SCOPE" help:"Scope of the connector's token." placeholder:"SCOPE"`
	ServiceHosts   []string `name:"bot-service-hosts" env:"PASSDESK_BOT_SERVICE_HOSTS" help:"Hosts where cards may be sent." placeholder:"HOST"`
	FileHosts      []string `name:"bot-file-hosts" env:"PASSDESK_BOT_FILE_HOSTS" help:"Hosts that files may be put to." placeholder:"HOST"`
	CatalogAppID   *string  `name:"bot-catalog-app-id" env:"PASSDESK_BOT_CATALOG_APP_ID" help:"App to install for an approver." placeholder:"GUID"`
	Domain         *string  `name:"bot-domain" env:"PASSDESK_BOT_DOMAIN" help:"Public host of the bot's endpoint." placeholder:"HOST"`
	DeveloperName  *string  `env:"PASSDESK_DEVELOPER_NAME" help:"Who answers for the app in Teams." placeholder:"NAME"`
	Website        *string  `name:"developer-website" env:"PASSDESK_DEVELOPER_WEBSITE" help:"Their website." placeholder:"URL"`
	Privacy        *string  `name:"developer-privacy" env:"PASSDESK_DEVELOPER_PRIVACY" help:"Their statement on privacy." placeholder:"URL"`
	Terms          *string  `name:"developer-terms" env:"PASSDESK_DEVELOPER_TERMS" help:"Their terms of use." placeholder:"URL"`
	GraphURL       *string  `env:"PASSDESK_GRAPH_URL" help:"Where Microsoft Graph is." placeholder:"URL"`
	Authority      *string  `name:"entra-authority" env:"PASSDESK_ENTRA_AUTHORITY" help:"Where Entra's login is." placeholder:"URL"`
	CAFile         *string  `name:"entra-ca-file" env:"PASSDESK_ENTRA_CA_FILE" help:"Extra root certificate, PEM." placeholder:"FILE"`
	PIM            *string  `name:"entra-pim" env:"PASSDESK_ENTRA_PIM" help:"required, or absent." placeholder:"WORD"`
	Credential     *string  `env:"PASSDESK_CREDENTIAL" help:"How Passdesk signs in." placeholder:"KIND"`
	Grants         *string  `env:"PASSDESK_GRANTS" help:"on, or off to give nothing new." placeholder:"on|off"`
	Requesters     []string `name:"desk-requesters" env:"PASSDESK_DESK_REQUESTERS" help:"Groups that may ask." placeholder:"GUID"`
	Auditors       []string `name:"desk-auditors" env:"PASSDESK_DESK_AUDITORS" help:"Groups that may read the audit." placeholder:"GUID"`
	Sweep          *string  `env:"PASSDESK_SWEEP" help:"How often exclusions are compared with Entra, such as 15m." placeholder:"TIME"`
	AuditStream    *string  `name:"audit-stream-to" env:"PASSDESK_AUDIT_STREAM_TO" help:"Where the audit is sent: stdout, file:PATH or https://…" placeholder:"WHERE"`
	Security       []string `name:"desk-security" env:"PASSDESK_DESK_SECURITY" help:"Groups that are told of alarms, and review emergencies." placeholder:"GUID"`
	Threat         []string `name:"desk-threat" env:"PASSDESK_DESK_THREAT" help:"Groups that switch threat mode." placeholder:"GUID"`
	Emergency      []string `name:"desk-emergency" env:"PASSDESK_DESK_EMERGENCY" help:"Groups that ask and confirm in an emergency." placeholder:"GUID"`
	WhenRegistered *string  `name:"desk-when-registered" env:"PASSDESK_DESK_WHEN_REGISTERED" help:"end, or offer." placeholder:"WORD"`
	ProofLasts     *string  `name:"desk-proof-lasts" env:"PASSDESK_DESK_PROOF_LASTS" help:"How long a proof of the caller is good for, such as 15m." placeholder:"TIME"`
	Protected      []string `name:"desk-protected" env:"PASSDESK_DESK_PROTECTED" help:"People and groups for whom nothing is given." placeholder:"GUID"`
}

// apply lays what was said over c. The file's position no longer names the
// value, so that a fault does not point at a line that is innocent.
func (o Overrides) apply(c *Config, r *reading) {
	text := func(from *string, to *string, key string) {
		if from != nil {
			*to = *from
			r.at[key] = elsewhere
		}
	}
	text(o.Listen, &c.Listen, ".listen")
	text(o.Metrics, &c.Metrics, ".metrics")
	text(o.Database, &c.Database, ".database")
	text(o.Tenant, &c.Tenant, ".tenant")
	text(o.AppID, &c.Bot.AppID, ".bot.app_id")
	text(o.OpenIDMetadata, &c.Bot.OpenIDMetadata, ".bot.openid_metadata")
	text(o.Scope, &c.Bot.Scope, ".bot.scope")
	text(o.CatalogAppID, &c.Bot.CatalogAppID, ".bot.catalog_app_id")
	text(o.Domain, &c.Bot.Domain, ".bot.domain")
	text(o.DeveloperName, &c.Developer.Name, ".developer.name")
	text(o.Website, &c.Developer.Website, ".developer.website")
	text(o.Privacy, &c.Developer.Privacy, ".developer.privacy")
	text(o.Terms, &c.Developer.Terms, ".developer.terms")
	text(o.GraphURL, &c.Graph.URL, ".graph.url")
	text(o.Authority, &c.Entra.Authority, ".entra.authority")
	text(o.CAFile, &c.Entra.CAFile, ".entra.ca_file")
	text(o.PIM, &c.Entra.PIM, ".entra.pim")
	text(o.WhenRegistered, &c.Desk.WhenRegistered, ".desk.when_registered")
	text(o.Credential, &c.Credential, ".credential")
	text(o.AuditStream, &c.AuditStream.To, ".audit_stream.to")
	c.AuditStream.Token = os.Getenv("PASSDESK_AUDIT_TOKEN")
	if o.Grants != nil {
		if err := c.Grants.UnmarshalText([]byte(*o.Grants)); err != nil {
			r.fault(".grants", "%v", err)
		}
	}
	for key, set := range map[string]struct {
		from *string
		to   *Duration
	}{".retention": {o.Retention, &c.Retention}, ".sweep": {o.Sweep, &c.Sweep}, ".desk.proof_lasts": {o.ProofLasts, &c.Desk.ProofLasts}} {
		if set.from == nil {
			continue
		}
		r.at[key] = elsewhere
		if err := set.to.UnmarshalText([]byte(*set.from)); err != nil {
			r.fault(key, "%v", err)
		}
	}
	list := func(from []string, to *[]string) {
		if from != nil {
			*to = from
		}
	}
	list(o.ServiceHosts, &c.Bot.ServiceHosts)
	list(o.FileHosts, &c.Bot.FileHosts)
	list(o.Requesters, &c.Desk.Requesters)
	list(o.Auditors, &c.Desk.Auditors)
	list(o.Protected, &c.Desk.Protected)
	list(o.Security, &c.Desk.Security)
	list(o.Threat, &c.Desk.Threat)
	list(o.Emergency, &c.Desk.Emergency)
}
