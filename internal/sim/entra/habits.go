package entra

import "time"

// habits are the methods of a generated person. Of a hundred, 64 have the
// authenticator app, 38 a phone number, 30 Windows Hello and 35 a passkey, most
// of these in the app; about 12 have nothing but a password. Guests sign in at
// home.
func (t *Tenant) habits(p *person, draw *lots) []Method {
	methods := []Method{password(p.Created)}
	if p.Guest {
		return methods
	}
	add := func(m Method) {
		m.ID = t.derive(m.Kind + " " + p.ID)[:23]
		m.Created = p.Created.Add(time.Duration(draw.within(200)) * 24 * time.Hour)
		methods = append(methods, m)
	}
	phone := draw.within(100)
	android := phone < 55
	if draw.within(100) < 64 {
		add(appOn(android))
	}
	if phone%10 < 4 && phone < 95 {
		add(Method{Kind: Phone, Number: "+47 2222555" + string(rune('0'+phone%10)), PhoneType: "mobile"})
	}
	if draw.within(100) < 30 {
		add(Method{Kind: Hello, Name: "NL-LAPTOP-" + p.ID[:4]})
	}
	if kind := draw.within(100); kind < 35 {
		add(passkeyOf(kind, android))
	}
	return methods
}

func appOn(android bool) Method {
	m := Method{Kind: Authenticator, Name: "iPhone 15", DeviceTag: "SoftwareTokenActivated", AppVersion: "6.8.40"}
	if android {
		m.Name, m.AppVersion = "Pixel 9", "6.2511.7532"
	}
	return m
}

// passkeyOf is one of 35 kinds of passkey: 5 are security keys.
func passkeyOf(kind int, android bool) Method {
	switch {
	case kind < 5:
		return Method{Kind: Passkey, Name: "YubiKey", AAGUID: YubiKey5NFC, Model: "YubiKey 5 Series with NFC", Attested: true}
	case android:
		return Method{Kind: Passkey, Name: "Authenticator - Pixel 9", AAGUID: AuthenticatorAndroid, Model: "Microsoft Authenticator - Android", Attested: true}
	}
	return Method{Kind: Passkey, Name: "Authenticator - iPhone", AAGUID: AuthenticatorIOS, Model: "Microsoft Authenticator - iOS", Attested: true}
}
