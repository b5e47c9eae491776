//go:build crash

package crash

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// On tells whether this build can be told to die.
const On = true

var (
	mu      sync.Mutex
	reached = map[string]int{}
	ahead   = duration(os.Getenv("PASSDESK_CRASH_CLOCK"))
	trace   = opened(os.Getenv("PASSDESK_CRASH_TRACE"))
)

// Now is the real time, moved by PASSDESK_CRASH_CLOCK, such as -70m.
var Now = func() time.Time { return time.Now().Add(ahead) }

// Unpaced lets Graph be called without waiting for its limits, where the tenant
// has none.
var Unpaced = os.Getenv("PASSDESK_CRASH_UNPACED") != ""

func duration(text string) time.Duration {
	if text == "" {
		return 0
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return d
}

// opened is the file that hears of every point, or nil.
func opened(path string) *os.File {
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	return f
}

// At kills the process, so that nothing more of it runs, when the point is the
// one that PASSDESK_CRASH names: "before graph POST", or "before graph POST#2"
// for the second time that it is reached.
func At(point string) {
	mu.Lock()
	defer mu.Unlock()
	reached[point]++
	name := point + "#" + strconv.Itoa(reached[point])
	if trace != nil {
		fmt.Fprintln(trace, name)
	}
	if wanted := os.Getenv("PASSDESK_CRASH"); wanted == name || wanted == strings.TrimSuffix(name, "#1") {
		_ = syscall.Kill(syscall.Getpid(), syscall.SIGKILL)
		select {} // the signal may take a moment
	}
}
