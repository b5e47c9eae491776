// Package credential makes the Entra credential that Passdesk's own application
// signs in with, for Microsoft Graph and for the Bot connector alike. Secrets
// come from azidentity's AZURE_… environment variables and from nowhere else.
package credential

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// Kinds of credential, as the configuration names them.
const (
	Default     = "default"     // azidentity's chain: environment, workload, managed identity, developer tools
	Secret      = "secret"      // AZURE_CLIENT_SECRET
	Certificate = "certificate" // AZURE_CLIENT_CERTIFICATE_PATH and …_PASSWORD
	Workload    = "workload"    // AZURE_FEDERATED_TOKEN_FILE, of Kubernetes
	Managed     = "managed"     // a managed identity whose client id is the app id
	Federated   = "federated"   // an application that trusts a managed identity's token
)

// publicHost is the public cloud's authority, the only one that takes part in
// instance discovery here.
const publicHost = "login.microsoftonline.com"

// maker holds what all kinds need.
type maker struct {
	tenant, app string
	client      azcore.ClientOptions
	private     bool // the authority is not the public cloud's
}

// New makes a credential of a kind for the application appID in a tenant. The
// authority is https; another one than the public cloud's switches instance
// discovery off, so that nothing but it is asked. Tokens are kept in memory,
// and serve until they expire: while one does, nobody waits for its renewal. client carries the calls, with extra certificates if any;
// nil means azidentity's own.
func New(kind, authority, tenant, appID string, client *http.Client) (azcore.TokenCredential, error) {
	host, err := authorityHost(authority)
	if err != nil {
		return nil, fmt.Errorf("credential: %w", err)
	}
	if tenant == "" || appID == "" {
		return nil, errors.New("credential: tenant and app id are needed")
	}
	m := maker{tenant: tenant, app: appID, private: host != publicHost}
	m.client.Cloud = cloud.Configuration{ActiveDirectoryAuthorityHost: strings.TrimSuffix(authority, "/") + "/"}
	if client != nil {
		m.client.Transport = client
	}
	made, err := m.make(kind)
	if err != nil {
		return nil, fmt.Errorf("credential %s: %w", kind, err)
	}
	return keep(made), nil
}

func authorityHost(authority string) (string, error) {
	u, err := url.Parse(authority)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return "", fmt.Errorf("authority %q is not https://host", authority)
	}
	return strings.ToLower(u.Host), nil
}

func (m maker) make(kind string) (azcore.TokenCredential, error) {
	switch kind {
	case Default:
		return m.chain()
	case Secret:
		return m.secret()
	case Certificate:
		return m.certificate()
	case Workload:
		return m.workload()
	case Managed:
		return m.managed()
	case Federated:
		return m.federated()
	}
	return nil, errors.New("unknown kind")
}

func (m maker) chain() (azcore.TokenCredential, error) {
	return azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{
		ClientOptions: m.client, TenantID: m.tenant, DisableInstanceDiscovery: m.private,
	})
}

func (m maker) workload() (azcore.TokenCredential, error) {
	return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
		ClientOptions: m.client, TenantID: m.tenant, ClientID: m.app, DisableInstanceDiscovery: m.private,
	})
}

func (m maker) managed() (azcore.TokenCredential, error) {
	return azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{
		ClientOptions: m.client, ID: azidentity.ClientID(m.app),
	})
}
