package teams

import (
	"net/http"
	"strconv"
	"time"
)

// longestWait bounds what a Retry-After can ask for.
const longestWait = 24 * time.Hour

// retryAfter reads the header in both its forms, seconds and date (RFC 9110
// section 10.2.3). It is 0 when the header says nothing.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	at, err := http.ParseTime(value)
	if err != nil || !at.After(now) {
		return 0
	}
	return min(at.Sub(now), longestWait)
}
