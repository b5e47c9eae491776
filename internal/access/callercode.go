package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"
)

const (
	// CodeDigits is how many digits a caller's code has.
	CodeDigits = 4
	// codeGood is how long a caller's code is good for, from the moment it was made.
	codeGood = 15 * time.Minute
	// codeTries is how many wrong codes a request bears: with the last it is denied.
	codeTries = 3
	// codeKeySize is that of a key which a process makes for itself, in bytes.
	codeKeySize = 32
)

// Challenge is the code that a need waits for: what makes it, together with a key
// that is not stored, and never the code itself. A new one is made for each
// agreement, so that a code is used once.
type Challenge struct {
	For   string    `json:"for"`   // key of the need
	Nonce string    `json:"nonce"` // random
	Until time.Time `json:"until"` // until when the code is good
	// Maker is the process whose own key made it; empty: the configured key.
	Maker string `json:"maker,omitempty"`
	// Shown is when it was made in an answer to the asker, on whose screen it may
	// still be; zero when she has yet to press a button to see it.
	Shown time.Time `json:"shown,omitzero"`
}

// callerCodes make and compare callers' codes. The key never leaves it.
type callerCodes struct {
	key   Secret
	maker string
}

// newCallerCodes are codes by a key, or, without one, by a random key that ends with the
// process.
func newCallerCodes(key Secret) callerCodes {
	if !key.IsZero() {
		return callerCodes{key: key}
	}
	random := make([]byte, codeKeySize)
	_, _ = rand.Read(random) // never fails: crypto/rand aborts the process instead
	return callerCodes{key: NewSecret(string(random)), maker: newNonce()}
}

// newNonce is random and of a fixed length.
func newNonce() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // as above
	return hex.EncodeToString(b)
}

func (c callerCodes) challenge(n Need, now time.Time) *Challenge {
	return &Challenge{For: n.Key, Nonce: newNonce(), Until: now.Add(codeGood), Maker: c.maker}
}

// mac is HMAC-SHA256 over parts, none of which but the last may hold a zero byte.
func (c callerCodes) mac(parts ...string) []byte {
	h := hmac.New(sha256.New, []byte(c.key.Reveal()))
	_, _ = h.Write([]byte(strings.Join(parts, "\x00"))) // a hash takes everything
	return h.Sum(nil)
}

// code is the code of a request's challenge. The digits are the first bytes of the
// MAC below 250, so that each digit is as likely as the others.
func (c callerCodes) code(r Request) Secret {
	var digits []byte
	for block := byte('0'); ; block++ { // the first one is enough, but once in many lives
		for _, b := range c.mac("code", string(block), string(r.Ref), r.Challenge.Nonce, r.Challenge.For) {
			if b < 250 {
				digits = append(digits, '0'+b%10)
			}
			if len(digits) == CodeDigits {
				return NewSecret(string(digits))
			}
		}
	}
}

// right compares what was typed with the code, in constant time.
func (c callerCodes) right(r Request, typed Secret) bool {
	return hmac.Equal(c.mac("typed", c.code(r).Reveal()), c.mac("typed", typed.Reveal()))
}

// knows tells whether the codes of a challenge can be made here: another process'
// own key is gone with it.
func (c callerCodes) knows(x *Challenge) bool { return x.Maker == c.maker }

// shape is what was typed as a code, without the spaces that make it easier to
// read; false when it cannot be one.
func shape(typed Secret) (Secret, bool) {
	text := strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(typed.Reveal())
	for _, d := range []byte(text) {
		if d < '0' || d > '9' {
			return Secret{}, false
		}
	}
	return NewSecret(text), len(text) == CodeDigits
}
