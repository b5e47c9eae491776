package signin

// Codes of a sign-in (Entra: authentication and authorization error codes; the
// sign-in page's own codes for passes and passkeys).
const (
	badRequest        = 90014
	unknownUser       = 50034
	lockedOut         = 50053
	passwordExpired   = 50055
	disabled          = 50057
	mustRegister      = 50072
	strongAuth        = 50074
	mfaDemanded       = 50076
	mustEnrol         = 50079
	resetRegistration = 50125
	wrongPassword     = 50126
	staySignedIn      = 50140
	appRegistration   = 50203
	mfaDenied         = 500121
	notCompliant      = 53000
	notJoined         = 53001
	appNotApproved    = 53002
	blocked           = 53003
	appNotProtected   = 53009
	passByPolicy      = 130502
	passWrong         = 130503
	passExpired       = 130504
	passUsed          = 130505
	passNotYet        = 130506 // unpublished; the neighbouring codes are taken
	passGone          = 130507
	helloMissing      = 130004
	passkeyMissing    = 135010
	passkeyBlocked    = 135016
	passkeyOfNobody   = 500344
)

// reasons are what the log says of each code.
var reasons = map[int]string{ //nolint:gosec // words about passes, none of them a secret
	0:                 "Other.",
	badRequest:        "The required field is missing from the credential or the request.",
	unknownUser:       "The user account does not exist in the directory. To sign in to this application, the account must be added to the directory.",
	lockedOut:         "The account is locked because too many wrong passwords were tried, or the sign-in came from an IP address with malicious activity.",
	passwordExpired:   "The password is expired.",
	disabled:          "The user account is disabled.",
	mustRegister:      "Users' needs to enroll for second factor authentication (interactive): more information is required.",
	strongAuth:        "Strong authentication is required and the user did not pass the challenge.",
	mfaDemanded:       "Due to a configuration change made by the administrator, or because the user moved to a new location, the user must use multifactor authentication to access the resource.",
	mustEnrol:         "User needs to enroll for second factor authentication. The user has no method that could satisfy the demand.",
	resetRegistration: "Sign-in was interrupted because of a password reset or password registration entry.",
	wrongPassword:     "Error validating credentials due to invalid username or password.",
	staySignedIn:      "This occurred due to 'Keep me signed in' interrupt when the user was signing-in.",
	appRegistration:   "User needs to register the Microsoft Authenticator app.",
	mfaDenied:         "Authentication failed during strong authentication request.",
	notCompliant:      "Device is not in required device state: compliant. Conditional Access policy requires a compliant device.",
	notJoined:         "Device is not in required device state: domain joined. Conditional Access policy requires a domain joined device.",
	appNotApproved:    "The application used is not an approved application for Conditional Access.",
	blocked:           "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
	appNotProtected:   "The application needs to enforce Intune protection policies.",
	passByPolicy:      "Temporary Access Pass sign-in was blocked due to User Credential Policy.",
	passWrong:         "The Temporary Access Pass is incorrect.",
	passExpired:       "The Temporary Access Pass has expired.",
	passUsed:          "The Temporary Access Pass was for one-time use, and has already been used.",
	passNotYet:        "The Temporary Access Pass is not valid yet.",
	passGone:          "The Temporary Access Pass was not found or could not be verified.",
	helloMissing:      "No Windows Hello for Business key of the user was found.",
	passkeyMissing:    "The key was not found for the user.",
	passkeyBlocked:    "Passkey sign-in was blocked due to User Credential Policy.",
	passkeyOfNobody:   "No user was found for that passkey.",
}

// reason is the text of a code.
func reason(code int) string {
	if text, known := reasons[code]; known {
		return text
	}
	return "Sign-in was interrupted."
}
