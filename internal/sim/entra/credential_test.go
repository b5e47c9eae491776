package entra_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/sim/entra"
)

func TestVaults(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range entra.Vaults() {
		require.False(t, seen[v.AAGUID], v.Name)
		seen[v.AAGUID] = true
		require.False(t, v.Synced && (v.Attests || v.Carried), v.Name)
	}
	for _, c := range []struct{ name, platform, aaguid string }{
		{"Microsoft Authenticator", "iOS", entra.AuthenticatorIOS},
		{"MICROSOFT authenticator ", "Android", entra.AuthenticatorAndroid},
		{"Microsoft Authenticator - Android", "iOS", entra.AuthenticatorAndroid},
		{entra.YubiKey5Ci, "windows", entra.YubiKey5Ci},
	} {
		v, ok := entra.FindVault(c.name, c.platform)
		require.True(t, ok, c.name)
		require.Equal(t, c.aaguid, v.AAGUID)
	}
	_, ok := entra.FindVault("", "iOS")
	require.False(t, ok, "a vault without a model is not found by an empty one")
}

func TestKeyRestrictions(t *testing.T) {
	t.Parallel()
	listed := []string{"FBFC3007-154e-4ecc-8c0b-6e020557d7bd"}
	for _, c := range []struct {
		keys           entra.KeyRestrictions
		listed, others bool
	}{
		{entra.KeyRestrictions{AAGUIDs: listed}, true, true},
		{entra.KeyRestrictions{Enforced: true, AAGUIDs: listed}, true, false},
		{entra.KeyRestrictions{Enforced: true, Block: true, AAGUIDs: listed}, false, true},
		{entra.KeyRestrictions{Enforced: true}, false, false},
	} {
		require.Equal(t, c.listed, c.keys.Admit(entra.ICloudKeychain))
		require.Equal(t, c.others, c.keys.Admit(entra.Bitwarden))
	}
}

func TestWhoMayUsePasskeys(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	adele, lee := idOf(t, tenant, "adele"), idOf(t, tenant, "lee")
	helpdesk, _ := tenant.Group("helpdesk")
	tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Include = []entra.Target{{Type: "group", ID: helpdesk.ID}} })
	require.True(t, tenant.MayUsePasskeys(adele))
	require.False(t, tenant.MayUsePasskeys(lee))
	tenant.SetPasskeyPolicy(func(r *entra.PasskeyPolicy) { r.Exclude = []entra.Target{{Type: "user", ID: adele}} })
	require.False(t, tenant.MayUsePasskeys(adele), "an exclusion beats an inclusion")
}

func TestStrengths(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	resistant, ok := tenant.Strength(entra.StrengthPhishingResistant)
	require.True(t, ok)
	require.True(t, resistant.Allows([]string{"password", "fido2"}, entra.Bitwarden))
	require.False(t, resistant.Allows([]string{"temporaryAccessPassOneTime"}, ""))
	mfa, _ := tenant.Strength(entra.StrengthMFA)
	require.True(t, mfa.Allows([]string{"temporaryAccessPassOneTime"}, ""))
	require.False(t, mfa.Allows([]string{"password"}, ""))

	_, err := tenant.AddStrength(entra.Strength{Name: "Nothing"})
	require.Error(t, err)
	own := entra.Strength{Name: "Keys", Combinations: []string{"fido2"}}
	_, err = tenant.AddStrength(own)
	require.NoError(t, err)
	_, err = tenant.AddStrength(own)
	require.ErrorIs(t, err, entra.ErrAlready)
}

func TestPoliciesAreAdded(t *testing.T) {
	t.Parallel()
	tenant := still(t)
	added, err := tenant.AddPolicy(entra.Policy{Name: "New"})
	require.NoError(t, err)
	require.Equal(t, "enabled", added.State)
	found, ok := tenant.Policy(added.ID)
	require.True(t, ok)
	require.Equal(t, "New", found.Name)
	_, err = tenant.AddPolicy(entra.Policy{Name: "New"})
	require.ErrorIs(t, err, entra.ErrAlready)
	_, err = tenant.AddPolicy(entra.Policy{})
	require.Error(t, err)
	require.Len(t, tenant.Policies(), 3)
}
