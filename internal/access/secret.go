package access

import (
	"fmt"
	"log/slog"
)

const hidden = "[secret]"

// Secret is a code on its way to the one person who may read it. However
// it is printed, logged or encoded, it shows as "[secret]"; only Reveal gives
// the text, so that every place where a code can leave is found by that name.
type Secret struct{ text string }

// NewSecret wraps text.
func NewSecret(text string) Secret { return Secret{text} }

// Reveal returns the text. Outside tests it is called by the cards that show the
// pass, and the caller's code, to the person who asked for it, and by callerCodes.
func (s Secret) Reveal() string { return s.text }

// IsZero tells whether there is nothing to reveal.
func (s Secret) IsZero() bool { return s.text == "" }

// String implements fmt.Stringer.
func (Secret) String() string { return hidden }

// GoString implements fmt.GoStringer, for %#v.
func (Secret) GoString() string { return hidden }

// Format implements fmt.Formatter, so that no verb reaches the text.
func (Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// MarshalText implements encoding.TextMarshaler, and with it JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
