package credential

import (
	"errors"
	"os"
	"time"
)

// Means is by what a credential of a kind signs in here: Secret, Certificate,
// Workload, Managed or Federated. For Default it is what azidentity's chain would
// come to first by its variables, else Managed.
func Means(kind string) string {
	if kind != Default {
		return kind
	}
	for _, one := range []struct{ variable, means string }{
		{"AZURE_CLIENT_SECRET", Secret},
		{"AZURE_CLIENT_CERTIFICATE_PATH", Certificate},
		{"AZURE_FEDERATED_TOKEN_FILE", Workload},
	} {
		if os.Getenv(one.variable) != "" {
			return one.means
		}
	}
	return Managed
}

// hintLength is how much of a secret Entra shows as its hint (Graph:
// passwordCredential).
const hintLength = 3

// SecretHint is the beginning of the client secret, by which Entra tells one
// secret from another; empty where there is none.
func SecretHint() string {
	secret := os.Getenv("AZURE_CLIENT_SECRET")
	return secret[:min(hintLength, len(secret))]
}

// CertificateEnds is when the certificate ends that AZURE_CLIENT_CERTIFICATE_PATH
// names.
func CertificateEnds() (time.Time, error) {
	chain, _, err := certificates()
	if err != nil {
		return time.Time{}, err
	}
	if len(chain) == 0 {
		return time.Time{}, errors.New("certificate: there is none in the file")
	}
	return chain[0].NotAfter, nil
}
