package graph

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/passdesk/passdesk/internal/access"
)

const passkeyKind = "fido2"

// held are somebody's authentication methods, sorted.
type held struct {
	kinds    []string // of all of them
	methods  []access.Method
	passkeys []access.Passkey
	passes   []access.LivePass
}

// method is any authentication method, as far as one is told from another by it
// (Graph: authenticationMethod and its derived types). The generated models drop
// what is newer than they are: an unknown type, a passkey's type.
type method struct {
	Type    string    `json:"@odata.type"`
	ID      string    `json:"id"`
	Name    string    `json:"displayName"`
	Created time.Time `json:"createdDateTime"`
	Number  string    `json:"phoneNumber"`
	Address string    `json:"emailAddress"`
	// Of a passkey.
	AAGUID      string `json:"aaGuid"`
	Model       string `json:"model"`
	Attestation string `json:"attestationLevel"`
	PasskeyType string `json:"passkeyType"` // missing in older replies
}

func (m method) kind() string {
	return strings.TrimSuffix(strings.TrimPrefix(m.Type, "#microsoft.graph."), "AuthenticationMethod")
}

// sortMethods reads a list of methods. A pass among them comes with all its
// properties, so that passes need no call of their own (Graph: List methods).
func sortMethods(all []json.RawMessage) (held, error) {
	var h held
	for _, raw := range all {
		var m method
		if err := json.Unmarshal(raw, &m); err != nil {
			return held{}, undecodable(0, err)
		}
		if err := h.take(m, raw); err != nil {
			return held{}, err
		}
	}
	return h, nil
}

func (h *held) take(m method, raw json.RawMessage) error {
	kind := m.kind()
	switch kind {
	case "":
		return undecodable(0, errNoKind)
	case passKind:
		pass, _, err := decodePass(raw)
		if err != nil {
			return err
		}
		h.passes = append(h.passes, pass)
	case passkeyKind:
		h.passkeys = append(h.passkeys, m.passkey())
	default:
		h.methods = append(h.methods, access.Method{Kind: kind, Name: m.named()})
	}
	h.kinds = append(h.kinds, kind)
	return nil
}

func (m method) passkey() access.Passkey {
	return access.Passkey{
		ID: m.ID, Name: m.Name, Model: m.Model, AAGUID: strings.ToLower(m.AAGUID), Created: m.Created.UTC(),
		Kind: access.PasskeyKind(m.PasskeyType), Attested: m.Attestation == "attested",
	}
}

// named is what tells the method from others of its kind, without what the help
// desk has no need of: the whole of a number or an address.
func (m method) named() string {
	switch {
	case m.Number != "":
		return "ends in " + m.Number[max(0, len(m.Number)-2):]
	case m.Address != "":
		_, domain, _ := strings.Cut(m.Address, "@")
		return "at " + domain
	}
	return m.Name
}

// Keys implements access.Directory.
func (d *Directory) Keys(ctx context.Context, person access.ID) ([]access.Passkey, []access.LivePass, error) {
	got, err := d.line.get(ctx, user(string(person), "authentication", "methods"))
	h, err := d.held(ctx, person, outcome{got.body, err})
	return h.passkeys, h.passes, unavailable(err)
}
