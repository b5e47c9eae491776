package check

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/passdesk/passdesk/internal/credential"
	"github.com/passdesk/passdesk/internal/graph"
)

// tokenLimit is how long a token may take.
const tokenLimit = 30 * time.Second

// expires is how long before its end a secret or a certificate is spoken of.
const expires = 30 * 24 * time.Hour

// lookAtCredential signs in for Graph, and reads what the token says.
func (r *run) lookAtCredential(ctx context.Context) {
	c := r.config
	cred, err := credential.New(c.Credential, c.Entra.Authority, c.Tenant, c.Bot.AppID, r.client)
	if err != nil {
		r.find(Error, "It cannot be made: "+err.Error()+".", "Set the AZURE_… variables that credential: "+c.Credential+" takes; docs/configuration.md lists them.")
		return
	}
	r.cred = cred
	graphURL, err := url.Parse(c.Graph.URL)
	if err != nil {
		r.find(Error, err.Error()+".", "Correct graph.url.")
		return
	}
	text, err := r.signIn(ctx, graphURL.Scheme+"://"+graphURL.Host+"/.default")
	if err != nil {
		r.find(Error, "Login gives no token for Graph: "+reason(err), advice(err))
		return
	}
	if r.token, err = credential.ReadToken(text); err != nil {
		r.find(Warning, "Login gives a token for Graph, but it cannot be read.", "Nothing, if everything else here is well.")
	} else if !r.judgeToken(r.token, graphURL.Host) {
		return
	}
	r.enter(ctx)
	r.lookAtExpiry(ctx)
}

// signIn gets a token for a scope.
func (r *run) signIn(ctx context.Context, scope string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, tokenLimit)
	defer cancel()
	token, err := r.cred.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{scope}})
	return token.Token, err
}

// graphAudiences are Graph's names in the public cloud; elsewhere it is the host
// that is called.
var graphAudiences = []string{"https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"}

// judgeToken holds a Graph token's claims against the configuration.
func (r *run) judgeToken(t credential.Token, host string) bool {
	audience := strings.TrimSuffix(t.Audience, "/")
	switch {
	case !strings.EqualFold(t.Tenant, r.config.Tenant):
		r.find(Error, "The token is of the tenant "+t.Tenant+", not of "+r.config.Tenant+".", "See that the AZURE_… variables and tenant belong together.")
	case !t.ForApp:
		r.find(Error, "The token is a person's, not the application's.", "Set the AZURE_… variables: with credential: default, azidentity has found a developer's own sign-in.")
	case !strings.EqualFold(t.App, r.config.Bot.AppID):
		r.find(Error, "The token is of the application "+t.App+", not of "+r.config.Bot.AppID+".", "See that AZURE_CLIENT_ID and bot.app_id name the same application.")
	case !slices.Contains(graphAudiences, audience) && !strings.EqualFold(audience, "https://"+host):
		r.find(Error, "The token is for "+t.Audience+", not for Graph at "+host+".", "See that graph.url and entra.authority belong to the same cloud.")
	default:
		r.fine("Login gives a token for Graph by " + credential.Means(r.config.Credential) + ": tenant, application and audience are right, and it holds " + many(len(t.Roles), "permission", "permissions") + ".")
		return true
	}
	return false
}

// enter makes the directory, and sees whether Graph takes the token.
func (r *run) enter(ctx context.Context) {
	var err error
	r.directory, err = graph.New(graph.Options{
		URL: r.config.Graph.URL, Credential: r.cred, HTTP: r.client, PIM: r.config.Entra.PIM != "absent", Paced: !r.Unpaced, Now: r.Now,
	})
	if err != nil {
		r.find(Error, err.Error()+".", "Correct graph.url.")
		return
	}
	sent := r.Now()
	at, err := r.directory.Greet(ctx)
	if !at.IsZero() {
		r.noteClock("Graph", at, sent)
	}
	if err != nil {
		r.find(Error, "Graph cannot be reached, or does not take the token: "+cause(err)+".", "See that "+r.config.Graph.URL+" can be reached from here, through the proxy if there is one, and that it belongs to the cloud of entra.authority.")
		return
	}
	r.entered = true
}

// cause is what an engineer reads of an error; what people read in Teams is left
// out.
func cause(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		return firstLine(inner.Error())
	}
	return firstLine(err.Error())
}

// lookAtExpiry tells how long a secret or a certificate is still good, where that
// can be known.
func (r *run) lookAtExpiry(ctx context.Context) {
	switch means := credential.Means(r.config.Credential); means {
	case credential.Secret:
		r.lookAtSecret(ctx)
	case credential.Certificate:
		ends, err := credential.CertificateEnds()
		if err != nil {
			r.find(Error, err.Error()+".", "See that AZURE_CLIENT_CERTIFICATE_PATH names a PEM or PKCS#12 file with certificate and key.")
			return
		}
		r.judgeEnd("The certificate", ends)
	default:
		r.fine("It is of the kind " + means + ": there is no secret that could expire.")
	}
}

// lookAtSecret asks for the end of the client secret, if the application may know
// it.
func (r *run) lookAtSecret(ctx context.Context) {
	const instead = "Look it up in Entra under Certificates & secrets, and put a date into a calendar. A federated credential has no secret."
	if _, may := graph.Allows(r.token.Roles, "Application.Read.All"); !may || !r.entered {
		r.find(Note, "When the client secret ends cannot be known without Application.Read.All, which nothing else needs.", instead)
		return
	}
	ends, err := r.directory.SecretEnds(ctx, r.config.Bot.AppID, credential.SecretHint())
	if err != nil {
		r.find(Note, "Graph did not tell when the client secret ends.", instead)
		return
	}
	r.judgeEnd("The client secret", ends)
}

func (r *run) judgeEnd(what string, ends time.Time) {
	const renew = "Make a new one in Entra, give it to Passdesk, restart it, and then delete the old one."
	left := ends.Sub(r.Now())
	on := ends.UTC().Format("2 January 2006")
	switch {
	case left <= 0:
		r.find(Error, what+" ended on "+on+".", renew)
	case left < expires:
		r.find(Warning, fmt.Sprintf("%s ends on %s, in %s. From then on nothing can be given, and nothing ends, exclusions included.", what, on, many(int(left.Hours()/24), "day", "days")), renew)
	default:
		r.fine(what + " is good until " + on + ".")
	}
}

// lookAtConnector signs in for the connector, by which cards are sent.
func (r *run) lookAtConnector(ctx context.Context) {
	if r.cred == nil {
		r.find(Note, "Not looked at.", "Put the credential right first.")
		return
	}
	text, err := r.signIn(ctx, r.config.Bot.Scope)
	if err != nil {
		r.find(Error, "Login gives no token for the connector, so nobody can be written to: "+reason(err), advice(err))
		return
	}
	want := strings.TrimSuffix(r.config.Bot.Scope, "/.default")
	t, err := credential.ReadToken(text)
	switch {
	case err != nil:
		r.find(Note, "Login gives a token for the connector, but it cannot be read.", "")
	case strings.TrimSuffix(t.Audience, "/") != want || !strings.EqualFold(t.App, r.config.Bot.AppID):
		r.find(Error, "The connector's token is for "+t.Audience+" and the application "+t.App+".", "See that bot.scope and bot.app_id are right.")
	default:
		r.fine("Login gives a token for the connector.")
	}
}

// entraCode is the number of one of Entra's errors (Entra: authentication and
// authorization error codes).
var entraCode = regexp.MustCompile(`AADSTS(\d+)`)

// advices are what to do about the errors that a new installation meets.
var advices = map[string][2]string{
	"7000215": {"the client secret is wrong", "Give the secret's value, not its id, as AZURE_CLIENT_SECRET."},
	"7000222": {"the client secret has expired", "Make a new secret in Entra, give it to Passdesk, and restart it."},
	"700016":  {"the tenant has no such application", "See that bot.app_id is the application's client id, that the application is in this tenant, and that an administrator has consented."},
	"90002":   {"the tenant does not exist", "See that tenant is the directory's id, and entra.authority its cloud."},
	"700027":  {"the certificate is not the application's, or does not fit its key", "Upload the certificate to the application, or give the one that was."},
	"700024":  {"the assertion is not valid at this time", "Set this machine's clock by NTP, and see that the token file or certificate is current."},
	"700211":  {"no federated credential has the token's issuer", "Compare the federated credential's issuer in Entra with the token's."},
	"700212":  {"no federated credential has the token's audience", "The federated credential's audience must be api://AzureADTokenExchange."},
	"700213":  {"no federated credential has the token's subject", "Compare the federated credential's subject in Entra with the token's, to the letter."},
	"70021":   {"no federated credential fits the token", "Compare issuer, subject and audience of the federated credential in Entra with the token's."},
	"7000216": {"no secret or assertion was sent", "Set the AZURE_… variables that the credential takes."},
	"500011":  {"the tenant does not know what the token is for", "See that graph.url and bot.scope belong to the cloud of entra.authority."},
	"53003":   {"Conditional Access for workload identities blocks it", "Have the policy's owner let Passdesk sign in from here."},
}

// reason says in words why there is no token.
func reason(err error) string {
	code := entraCode.FindStringSubmatch(err.Error())
	if code == nil {
		return firstLine(err.Error()) + "."
	}
	if known, is := advices[code[1]]; is {
		return known[0] + " (AADSTS" + code[1] + ")."
	}
	return "AADSTS" + code[1] + "."
}

func advice(err error) string {
	if code := entraCode.FindStringSubmatch(err.Error()); code != nil {
		if known, is := advices[code[1]]; is {
			return known[1]
		}
		return "Look the number up at https://login.microsoftonline.com/error?code=" + code[1] + "."
	}
	return "See that login can be reached, and that the AZURE_… variables fit the credential; docs/configuration.md lists them."
}

// firstLine is the beginning of a library's words.
func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSuffix(text, ".")
}
