package entra

import (
	"slices"
	"strings"
)

// AAGUIDs of vaults and security keys (Entra: Authenticator and FIDO2 vendors;
// the list of passkey provider AAGUIDs).
const (
	AuthenticatorAndroid     = "de1e552d-db1d-4423-a619-566b625cdc84"
	AuthenticatorIOS         = "90a3ccdf-635c-4729-a248-9b709135078f"
	ICloudKeychain           = "fbfc3007-154e-4ecc-8c0b-6e020557d7bd"
	GooglePasswordManager    = "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4" //nolint:gosec // the name of a product
	MicrosoftPasswordManager = "d3452668-01fd-4c12-926c-83a4204853aa" //nolint:gosec // the name of a product
	OnePassword              = "bada5566-a7aa-401f-bd96-45619a55120d" //nolint:gosec // the name of a product
	Bitwarden                = "d548826e-79b4-db40-a3d8-11116f7e8349"
	WindowsHello             = "08987058-cadc-4b81-b6e1-30de50dcbe96"
	YubiKey5                 = "19083c3d-8383-4b18-bc03-8f1c9ab2fd1b"
	YubiKey5NFC              = "a25342c0-3cdc-4414-8e46-f4807fca511c"
	YubiKey5NFCNew           = "fa2b99dc-9e39-4257-8f92-4a30d23c4118"
	YubiKey5Ci               = "c5ef55ff-ad9a-4b9f-b580-adebafe026d0"
	YubiKeyBio               = "d8522d9f-575b-4866-88a9-ba99fa02f35b"
	SecurityKeyNFC           = "a4e9fc6d-4cbe-4758-b8ba-37598bb5bbaa"
)

// Vault is where a passkey can be kept: an app, a system's own store or a
// security key.
type Vault struct {
	// Name is what people call it, AAGUID what its passkeys say it is.
	Name, AAGUID string
	// Model is what Graph shows; empty where Entra knows no name for the AAGUID.
	Model string
	// Platforms are those it runs on; none is any.
	Platforms []string
	// Synced vaults copy their passkeys between devices, and never attest.
	Synced bool
	// Attests says that the vault proves its model when it is asked to.
	Attests bool
	// Carried is a security key, which is plugged in or touched, not scanned.
	Carried bool
}

// Vaults lists the vaults that the simulation knows.
func Vaults() []Vault {
	key := func(aaguid, name string) Vault {
		return Vault{Name: name, AAGUID: aaguid, Model: name, Attests: true, Carried: true}
	}
	synced := func(aaguid, name string, platforms ...string) Vault {
		return Vault{Name: name, AAGUID: aaguid, Platforms: platforms, Synced: true}
	}
	return []Vault{
		{Name: "Microsoft Authenticator", AAGUID: AuthenticatorIOS, Model: "Microsoft Authenticator - iOS", Platforms: []string{"iOS"}, Attests: true},
		{Name: "Microsoft Authenticator", AAGUID: AuthenticatorAndroid, Model: "Microsoft Authenticator - Android", Platforms: []string{"android"}, Attests: true},
		synced(ICloudKeychain, "iCloud Keychain", "iOS", "macOS"),
		synced(GooglePasswordManager, "Google Password Manager", "android", "windows", "macOS", "linux"),
		synced(MicrosoftPasswordManager, "Microsoft Password Manager", "windows"),
		synced(OnePassword, "1Password"),
		synced(Bitwarden, "Bitwarden"),
		{Name: "Windows Hello", AAGUID: WindowsHello, Model: "Windows Hello", Platforms: []string{"windows"}, Attests: true},
		key(YubiKey5NFC, "YubiKey 5 Series with NFC"),
		key(YubiKey5NFCNew, "YubiKey 5 NFC (5.7)"),
		key(YubiKey5, "YubiKey 5 Series"),
		key(YubiKey5Ci, "YubiKey 5Ci"),
		key(YubiKeyBio, "YubiKey Bio Series"),
		key(SecurityKeyNFC, "Security Key NFC by Yubico"),
	}
}

// FindVault finds a vault by its name, model or AAGUID, in any case. Of vaults
// with one name it is the one of that platform, if there is one; whether it runs
// there is for RunsOn to say.
func FindVault(name, platform string) (Vault, bool) {
	name = strings.TrimSpace(name)
	var found []Vault
	for _, v := range Vaults() {
		if strings.EqualFold(name, v.Name) || strings.EqualFold(name, v.AAGUID) || v.Model != "" && strings.EqualFold(name, v.Model) {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		return Vault{}, false
	}
	if i := slices.IndexFunc(found, func(v Vault) bool { return v.RunsOn(platform) }); i >= 0 {
		return found[i], true
	}
	return found[0], true
}

// RunsOn says whether the vault is to be had on that platform.
func (v Vault) RunsOn(platform string) bool {
	return len(v.Platforms) == 0 || slices.ContainsFunc(v.Platforms, func(one string) bool { return strings.EqualFold(one, platform) })
}
