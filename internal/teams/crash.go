package teams

import (
	"net/http"

	"github.com/passdesk/passdesk/internal/crash"
)

// at names the moment before or after a call that changes what people see.
func at(moment string, k call) {
	if crash.On && k.method != http.MethodGet {
		crash.At(moment + " teams " + k.name)
	}
}
