package access

import "strings"

// Vault is an authenticator that keeps passkeys: an app, a system's own store or
// a security key.
type Vault struct {
	AAGUID string
	Name   string
	Kind   PasskeyKind
	// Attests tells whether it proves its model when it is asked to.
	Attests bool
	// Key is a security key, which is plugged in or touched.
	Key bool
	// Platform is the phone that it is an app of, in Graph's words: "iOS",
	// "android"; empty for any other.
	Platform string
}

// The Authenticator app's own (Entra: passkeys in Authenticator, AAGUIDs).
const (
	authenticatorAndroid = "de1e552d-db1d-4423-a619-566b625cdc84"
	authenticatorIOS     = "90a3ccdf-635c-4729-a248-9b709135078f"
)

// vaults are those that people meet most. The names are their makers' (the FIDO
// Alliance's metadata, the list of passkey provider AAGUIDs); Authenticator, which
// is in neither, comes first.
var vaults = []Vault{
	{AAGUID: authenticatorIOS, Name: "Microsoft Authenticator (iPhone)", Kind: DeviceBound, Attests: true, Platform: "iOS"},
	{AAGUID: authenticatorAndroid, Name: "Microsoft Authenticator (Android)", Kind: DeviceBound, Attests: true, Platform: "android"},
	{AAGUID: "fbfc3007-154e-4ecc-8c0b-6e020557d7bd", Name: "iCloud Keychain", Kind: Synced, Platform: "iOS"},
	{AAGUID: "dd4ec289-e01d-41c9-bb89-70fa845d4bf2", Name: "iCloud Keychain (managed)", Kind: Synced, Platform: "iOS"},
	{AAGUID: "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4", Name: "Google Password Manager", Kind: Synced, Platform: "android"},
	{AAGUID: "08987058-cadc-4b81-b6e1-30de50dcbe96", Name: "Windows Hello", Kind: DeviceBound, Attests: true},
	{AAGUID: "9ddd1817-af5a-4672-a2b9-3e3dd95000a9", Name: "Windows Hello", Kind: DeviceBound, Attests: true},
	{AAGUID: "6028b017-b1d4-4c02-b4b3-afcdafc96bb2", Name: "Windows Hello", Kind: DeviceBound, Attests: true},
	{AAGUID: "d3452668-01fd-4c12-926c-83a4204853aa", Name: "Microsoft Password Manager", Kind: Synced},
	{AAGUID: "bada5566-a7aa-401f-bd96-45619a55120d", Name: "1Password", Kind: Synced},
	{AAGUID: "d548826e-79b4-db40-a3d8-11116f7e8349", Name: "Bitwarden", Kind: Synced},
	{AAGUID: "19083c3d-8383-4b18-bc03-8f1c9ab2fd1b", Name: "YubiKey 5", Kind: DeviceBound, Attests: true, Key: true},
	{AAGUID: "a25342c0-3cdc-4414-8e46-f4807fca511c", Name: "YubiKey 5 NFC", Kind: DeviceBound, Attests: true, Key: true},
	{AAGUID: "fa2b99dc-9e39-4257-8f92-4a30d23c4118", Name: "YubiKey 5 NFC", Kind: DeviceBound, Attests: true, Key: true},
	{AAGUID: "c5ef55ff-ad9a-4b9f-b580-adebafe026d0", Name: "YubiKey 5Ci", Kind: DeviceBound, Attests: true, Key: true},
	{AAGUID: "d8522d9f-575b-4866-88a9-ba99fa02f35b", Name: "YubiKey Bio", Kind: DeviceBound, Attests: true, Key: true},
	{AAGUID: "a4e9fc6d-4cbe-4758-b8ba-37598bb5bbaa", Name: "Security Key NFC by Yubico", Kind: DeviceBound, Attests: true, Key: true},
}

// VaultOf is the vault with an AAGUID; false for one that is not known here.
func VaultOf(aaguid string) (Vault, bool) {
	for _, v := range vaults {
		if strings.EqualFold(v.AAGUID, aaguid) {
			return v, true
		}
	}
	return Vault{}, false
}

// Where names what keeps the passkey: Graph's model, else the vault's name, else
// nothing.
func (k Passkey) Where() string {
	if k.Model != "" {
		return k.Model
	}
	v, _ := VaultOf(k.AAGUID)
	return v.Name
}
