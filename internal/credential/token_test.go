package credential

import (
	"encoding/base64"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func written(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
}

func TestReadToken(t *testing.T) {
	t.Parallel()
	for claims, want := range map[string]Token{
		`{"aud":"https://graph.microsoft.com","tid":"T","appid":"A","idtyp":"app","roles":["User.Read.All"],"exp":60}`: {
			Audience: "https://graph.microsoft.com", Tenant: "t", App: "a", ForApp: true, Roles: []string{"User.Read.All"}, Expires: time.Unix(60, 0),
		},
		`{"aud":"g","azp":"A","exp":60}`:                             {Audience: "g", App: "a", ForApp: true, Expires: time.Unix(60, 0)},
		`{"aud":"g","appid":"az","scp":"User.Read","exp":60}`:        {Audience: "g", App: "az", Expires: time.Unix(60, 0)},
		`{"aud":"g","appid":"az","idtyp":"user","scp":"x","exp":60}`: {Audience: "g", App: "az", Expires: time.Unix(60, 0)},
	} {
		got, err := ReadToken(written(claims))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range []string{"", "opaque", "a.b", "a.%.c", "a.e30e.c", written(`{"aud":7}`)} {
		_, err := ReadToken(bad)
		require.ErrorIs(t, err, errOpaque, bad)
	}
}

func TestCertificateEnds(t *testing.T) {
	newLogin(t)
	_, err := CertificateEnds()
	require.ErrorContains(t, err, "AZURE_CLIENT_CERTIFICATE_PATH is not set")
	t.Setenv("AZURE_CLIENT_CERTIFICATE_PATH", certificateFile(t))
	ends, err := CertificateEnds()
	require.NoError(t, err)
	require.WithinDuration(t, time.Now().Add(time.Hour), ends, time.Minute)
}

func TestMeans(t *testing.T) {
	newLogin(t)
	require.Equal(t, Federated, Means(Federated))
	require.Equal(t, Managed, Means(Default))
	for _, one := range []struct{ variable, means string }{
		{"AZURE_FEDERATED_TOKEN_FILE", Workload}, {"AZURE_CLIENT_CERTIFICATE_PATH", Certificate}, {"AZURE_CLIENT_SECRET", Secret},
	} {
		t.Setenv(one.variable, "shhh")
		require.Equal(t, one.means, Means(Default))
	}
	require.Equal(t, "shh", SecretHint())
	require.NoError(t, os.Unsetenv("AZURE_CLIENT_SECRET"))
	require.Empty(t, SecretHint())
}
