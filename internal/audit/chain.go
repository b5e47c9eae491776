package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Hash links a line to all lines before it.
type Hash [sha256.Size]byte

// String is the hash in lower-case hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what Hash.String prints. Upper-case digits are refused: a
// hash has one spelling.
func ParseHash(text string) (Hash, error) {
	var h Hash
	if len(text) != 2*len(h) || strings.ToLower(text) != text {
		return Hash{}, fmt.Errorf("hash %q: want %d lower-case hexadecimal digits", text, 2*len(h))
	}
	if _, err := hex.Decode(h[:], []byte(text)); err != nil {
		return Hash{}, fmt.Errorf("hash %q: %w", text, err)
	}
	return h, nil
}

// Head is the end of a chain: the number of its last line and that line's hash.
// The zero Head is the chain without lines. A head that was noted somewhere
// else proves that the lines up to it are still what they were.
type Head struct {
	Seq  int64
	Hash Hash
}

// String is the head as it is logged and as ParseHead reads it: "N:hash".
func (h Head) String() string { return strconv.FormatInt(h.Seq, 10) + ":" + h.Hash.String() }

// ParseHead reads what Head.String prints.
func ParseHead(text string) (Head, error) {
	number, digits, found := strings.Cut(text, ":")
	if !found {
		return Head{}, fmt.Errorf("head %q: want number:hash", text)
	}
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || seq < 0 || strconv.FormatInt(seq, 10) != number {
		return Head{}, fmt.Errorf("head %q: the number is not one", text)
	}
	hash, err := ParseHash(digits)
	if err != nil {
		return Head{}, fmt.Errorf("head %q: %w", text, err)
	}
	return Head{Seq: seq, Hash: hash}, nil
}

// Line is an entry in its place in the chain.
type Line struct {
	Seq  int64  // 1, 2, 3, …
	Body []byte // the entry's JSON, byte for byte as it is stored and hashed
	Hash Hash
}

// Entry decodes the body.
func (l Line) Entry() (Entry, error) {
	var e Entry
	if err := json.Unmarshal(l.Body, &e); err != nil {
		return Entry{}, fmt.Errorf("audit line %d: %w", l.Seq, err)
	}
	return e, nil
}

// Head is the head of the chain that ends with this line.
func (l Line) Head() Head { return Head{Seq: l.Seq, Hash: l.Hash} }

// Seal makes e the line after prev. Its time is brought to UTC and to the
// millisecond, as it will be stored.
func Seal(prev Head, e Entry) (Line, error) {
	e.At = e.At.UTC().Truncate(time.Millisecond)
	body, err := json.Marshal(e)
	if err != nil {
		return Line{}, fmt.Errorf("audit entry: %w", err)
	}
	return Line{Seq: prev.Seq + 1, Body: body, Hash: link(prev.Hash, prev.Seq+1, body)}, nil
}

// domain keeps these hashes apart from all others that anybody computes.
const domain = "passdesk audit line v1\n"

// link hashes a line: the domain, the hash before it, its number (8 bytes, big
// endian) and its body. All parts but the last have a fixed length, so that no
// two lines are written alike.
func link(prev Hash, seq int64, body []byte) Hash {
	h := sha256.New()
	h.Write([]byte(domain))
	h.Write(prev[:])
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(seq)))
	h.Write(body)
	return Hash(h.Sum(nil))
}
