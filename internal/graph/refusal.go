package graph

import (
	"net/http"
	"regexp"

	"github.com/passdesk/passdesk/internal/access"
)

// refuses tells whether a status says that Graph understood the request and
// will not carry it out.
func refuses(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusGone, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	}
	return false
}

// lifetimeRange is in the message about a lifetime that the policy does not
// allow.
var lifetimeRange = regexp.MustCompile(`(?i)valid range between (\d{1,6}) and (\d{1,6})`)

// refused words, for a help desk, why Graph made no pass. Only the message tells
// the reasons apart; a message that is new gets a sentence that is true of all.
func refused(f *fault) error {
	bounds := lifetimeRange.FindStringSubmatch(f.message)
	e := access.Fail(access.Refused, "Entra refused to make this pass. Compare what was asked for with the organisation's policy for passes, then ask again.")
	switch {
	case f.status == http.StatusNotFound:
		e = access.Fail(access.Refused, "Entra does not know this person any more. Check the account, then ask again.")
	case f.status == http.StatusForbidden:
		e = access.Fail(access.Refused, "Entra does not let Passdesk make a pass for this person: the account is protected, was deleted just now, or Passdesk lacks the permission. Tell the people who run Passdesk.")
	case bounds != nil:
		e = access.Fail(access.Refused, "Entra allows passes from %s to %s minutes here. Ask again with such a lifetime.", bounds[1], bounds[2])
	case f.says("external guest"):
		e = access.Fail(access.Refused, "This is a guest from another organisation. Entra does not give passes to external guests.")
	case f.says("UserCredentialPolicy does not allow"):
		e = access.Fail(access.Refused, "The organisation's policy for passes does not allow one for this person. If it was changed just now, wait some minutes and ask again.")
	case f.says("one-time") || f.says("isUsableOnce") || f.says("usable once"):
		e = access.Fail(access.Refused, "Passes can be used only once here. Ask again and choose “once”.")
	}
	return e.Because(f)
}
