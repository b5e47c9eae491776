package trial_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// usage is what a process takes at a moment.
type usage struct{ memory, files, goroutines, connections int }

// meter measures the first replica, which nobody kills, again and again.
type meter struct {
	fleet   *fleet
	samples []usage
	done    chan struct{}
}

const measureEvery = 2 * time.Second

func (f *fleet) measure(ctx context.Context) *meter {
	m := &meter{fleet: f, done: make(chan struct{})}
	go func() {
		defer close(m.done)
		ticks := time.NewTicker(measureEvery)
		defer ticks.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
				m.samples = append(m.samples, m.take(ctx))
			}
		}
	}()
	return m
}

func (m *meter) take(ctx context.Context) usage {
	pid := m.fleet.replicas[0].cmd.Process.Pid
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return usage{
		memory: numberIn(fmt.Sprintf("/proc/%d/status", pid), "VmRSS:"), files: len(files),
		goroutines: m.goroutines(), connections: m.fleet.engine.connections(ctx, m.fleet.data),
	}
}

// goroutines is what the first replica's own metrics tell.
func (m *meter) goroutines() int {
	resp, err := http.Get("http://" + m.fleet.metrics + "/metrics")
	if err != nil {
		return 0
	}
	defer resp.Body.Close() //nolint:errcheck // as far as it goes
	return after(bufio.NewScanner(resp.Body), "go_goroutines ")
}

func numberIn(path, name string) int {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close() //nolint:errcheck // nothing was written
	return after(bufio.NewScanner(f), name)
}

// after is the number after a name at the beginning of a line.
func after(lines *bufio.Scanner, name string) int {
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), name); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}

// flat compares the medians of the second and the last quarter: what grows, grows
// until the process dies of it.
func (m *meter) flat() {
	<-m.done
	t := m.fleet.t
	t.Helper()
	quarter := len(m.samples) / 4
	require.Positive(t, quarter)
	early, late := m.samples[quarter:2*quarter], m.samples[3*quarter:]
	for name, of := range map[string]func(usage) int{
		"memory (KB)": func(u usage) int { return u.memory }, "file handles": func(u usage) int { return u.files },
		"goroutines": func(u usage) int { return u.goroutines }, "connections": func(u usage) int { return u.connections },
	} {
		before, now := median(early, of), median(late, of)
		t.Logf("%s: %d, later %d", name, before, now)
		if soak {
			require.LessOrEqual(t, now, before+before/4+16, "%s grows", name)
		}
	}
}

func median(samples []usage, of func(usage) int) int {
	values := make([]int, 0, len(samples))
	for _, u := range samples {
		values = append(values, of(u))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
