package credential

import (
	"context"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// exchangeScope is the audience of a token that is to be exchanged (Entra:
// Configure an application to trust a managed identity).
const exchangeScope = "api://AzureADTokenExchange/.default"

func (m maker) secret() (azcore.TokenCredential, error) {
	secret := os.Getenv("AZURE_CLIENT_SECRET")
	if secret == "" {
		return nil, errors.New("AZURE_CLIENT_SECRET is not set")
	}
	return azidentity.NewClientSecretCredential(m.tenant, m.app, secret, &azidentity.ClientSecretCredentialOptions{
		ClientOptions: m.client, DisableInstanceDiscovery: m.private,
	})
}

func (m maker) certificate() (azcore.TokenCredential, error) {
	chain, key, err := certificates()
	if err != nil {
		return nil, err
	}
	send := os.Getenv("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN")
	return azidentity.NewClientCertificateCredential(m.tenant, m.app, chain, key, &azidentity.ClientCertificateCredentialOptions{
		ClientOptions: m.client, DisableInstanceDiscovery: m.private,
		SendCertificateChain: send == "1" || strings.EqualFold(send, "true"),
	})
}

// certificates reads the certificate, with its chain, and the key.
func certificates() ([]*x509.Certificate, crypto.PrivateKey, error) {
	path := os.Getenv("AZURE_CLIENT_CERTIFICATE_PATH")
	if path == "" {
		return nil, nil, errors.New("AZURE_CLIENT_CERTIFICATE_PATH is not set")
	}
	data, err := os.ReadFile(path) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, nil, fmt.Errorf("certificate: %w", err)
	}
	var password []byte
	if value := os.Getenv("AZURE_CLIENT_CERTIFICATE_PASSWORD"); value != "" {
		password = []byte(value)
	}
	chain, key, err := azidentity.ParseCertificates(data, password)
	if err != nil {
		return nil, nil, fmt.Errorf("certificate: %w", err)
	}
	return chain, key, nil
}

// federated signs in as the application with a token of a managed identity that
// the application trusts, so that there is no secret at all. AZURE_CLIENT_ID
// names a user-assigned identity; without it, or when it names the application
// itself, the identity is the machine's own.
func (m maker) federated() (azcore.TokenCredential, error) {
	options := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: m.client}
	if id := os.Getenv("AZURE_CLIENT_ID"); id != "" && !strings.EqualFold(id, m.app) {
		options.ID = azidentity.ClientID(id)
	}
	identity, err := azidentity.NewManagedIdentityCredential(options)
	if err != nil {
		return nil, fmt.Errorf("managed identity: %w", err)
	}
	return azidentity.NewClientAssertionCredential(m.tenant, m.app, assertionFrom(identity), &azidentity.ClientAssertionCredentialOptions{
		ClientOptions: m.client, DisableInstanceDiscovery: m.private,
	})
}

// assertionFrom is the token of an identity as a client assertion.
func assertionFrom(identity azcore.TokenCredential) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		token, err := identity.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{exchangeScope}})
		if err != nil {
			return "", fmt.Errorf("managed identity token: %w", err)
		}
		return token.Token, nil
	}
}
