package access

// cause is what stood in the way of a sign-in, as far as its code tells.
type cause int

const (
	byUnknown   cause = iota
	byNothing         // it was not finished, and nothing stood in the way
	byEnrol           // nothing is registered that could prove more
	byProof           // more was to be proved, and was not
	byDevice          // the device is not managed as it should be
	byApp             // the app is not protected as it should be
	byPolicy          // a Conditional Access policy said no
	byFlow            // signing in on another device is blocked
	byRisk            // the sign-in or the person looks compromised
	byPhone           // signing in by phone is switched off
	byPassUse         // a pass that does not work (any more)
	byPassRule        // the policy for passes
	byPassTime        // a pass that does not work yet
	byKey             // a passkey that Entra does not know
	byKeyRule         // the policy for passkeys
	byHello           // Windows Hello on this device
	byDeviceOff       // the device is disabled in Entra
	byPassword        // the password
	byLock            // too many tries, or a bad address
	byAccount         // the account cannot sign in at all
)

// meaning is what a code says, in words that go on from "why it failed".
type meaning struct {
	words string
	by    cause
	// interrupt marks codes that people go on from: a success with the same
	// correlation id often follows.
	interrupt bool
}

// meanings are the codes of sign-ins (Entra: authentication and authorization
// error codes; the sign-in page's own codes for passes and passkeys).
var meanings = map[int]meaning{
	50072: {"more information was asked for: nothing is registered yet that could be asked for", byEnrol, true},
	50079: {"multifactor authentication was asked for, and nothing is registered that could do it", byEnrol, true},
	50125: {"registering security information was asked for, or a new password", byEnrol, true},
	50203: {"registering Microsoft Authenticator was asked for", byEnrol, true},

	50074:  {"multifactor authentication was asked for and not passed", byProof, true},
	50076:  {"multifactor authentication was asked for and not passed", byProof, true},
	500121: {"multifactor authentication was not completed: denied, or nobody answered in time", byProof, false},

	50097:  {"the device had to prove itself and did not", byDevice, true},
	53000:  {"the device is not compliant", byDevice, false},
	53001:  {"the device is not joined to the organisation", byDevice, false},
	530002: {"the device is not compliant", byDevice, false},
	530003: {"the device is not managed by the organisation", byDevice, false},

	53002:  {"the app is not one of those that are approved", byApp, false},
	53009:  {"the app is not protected by the organisation's app protection", byApp, false},
	530021: {"the app is not one of those that are approved", byApp, false},

	53003:  {"Conditional Access blocked it", byPolicy, false},
	530031: {"an access policy does not allow it", byPolicy, false},
	530033: {"Conditional Access blocks signing in on one device for another", byFlow, false},

	53004: {"registering was blocked, because the sign-in looks risky", byRisk, false},
	53011: {"it was blocked, because the account looks compromised", byRisk, false},

	130500: {"signing in by phone is not allowed by the policy for authentication methods", byPhone, false},
	130502: {"the pass is not allowed by the policy for passes", byPassRule, false},
	130503: {"the pass was wrong", byPassUse, false},
	130504: {"the pass has expired", byPassUse, false},
	130505: {"the pass works only once and was used already", byPassUse, false},
	130506: {"the pass does not work yet", byPassTime, false},
	130507: {"the pass does not exist any more", byPassUse, false},

	135010: {"Entra does not know the passkey: it was deleted, or is another account's", byKey, false},
	135011: {"the device is disabled in Entra", byDeviceOff, false},
	135016: {"the passkey is not allowed by the policy for passkeys", byKeyRule, false},
	500344: {"nobody has the passkey that was used", byKey, false},
	130004: {"Windows Hello on this device does not belong to the account", byHello, false},
	130005: {"Windows Hello on this device does not work", byHello, false},
	130006: {"Windows Hello on this device does not work", byHello, false},
	130007: {"Windows Hello on this device does not work", byHello, false},
	130008: {"Windows Hello on this device does not work", byHello, false},

	50126: {"the name or the password was wrong", byPassword, false},
	50055: {"the password has expired", byPassword, false},
	50053: {"the account is locked after wrong passwords, or the address is known for attacks", byLock, false},
	50057: {"the account is disabled", byAccount, false},
	50034: {"the account does not exist here", byAccount, false},

	50140: {"“Stay signed in?” was not answered", byNothing, true},
	50199: {"the app was not confirmed on the sign-in page", byNothing, true},
}

// interrupt tells whether people may have gone on from the line.
func (s SignIn) interrupt() bool { return s.Coded && meanings[s.Code].interrupt }
