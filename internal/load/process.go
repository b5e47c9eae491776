package load

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process is a program under load.
type Process struct {
	Address string // host:port
	Started time.Time

	command *exec.Cmd
	said    bytes.Buffer
	done    chan struct{} // closed when it has ended
}

// Start starts a program that serves at an address. The environment is all
// that it gets beside PATH and HOME.
func Start(ctx context.Context, address string, environment []string, path string, args ...string) (*Process, error) {
	p := &Process{Address: address, command: exec.CommandContext(context.WithoutCancel(ctx), path, args...), done: make(chan struct{})} //nolint:gosec // the caller's own programs
	p.command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, environment...)
	p.command.Stdout, p.command.Stderr = &p.said, &p.said
	p.Started = time.Now()
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", path, err)
	}
	go func() {
		_ = p.command.Wait() // how it ended is asked of its state
		close(p.done)
	}()
	return p, nil
}

// patience is how long a program may take to start or to stop.
const patience = 30 * time.Second

// Ready waits until a path is answered with 200, and tells how long after the
// start that was.
func (p *Process) Ready(ctx context.Context, path string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticks := time.NewTicker(time.Millisecond)
	defer ticks.Stop()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		if status(ctx, client, "http://"+p.Address+path) == http.StatusOK {
			return time.Since(p.Started), nil
		}
		select {
		case <-ticks.C:
		case <-p.done:
			return 0, fmt.Errorf("%s ended: %s", p.command.Path, p.said.String())
		case <-ctx.Done():
			return 0, fmt.Errorf("%s is not ready: %w", p.command.Path, ctx.Err())
		}
	}
}

// status is 0 where nobody answers.
func status(ctx context.Context, client *http.Client, url string) int {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0
	}
	response, err := client.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// Stop ends the program and waits for that.
func (p *Process) Stop() error {
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping %s: %w", p.command.Path, err)
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-p.done:
		return nil
	case <-late.C:
		return errors.Join(fmt.Errorf("%s did not stop", p.command.Path), p.command.Process.Kill())
	}
}

// tick is the unit of times in /proc/PID/stat, the same on every Linux
// (proc(5), sysconf(3)).
const tick = 10 * time.Millisecond

// CPU is the processor time that the program has taken, in user and system mode.
func (p *Process) CPU() (time.Duration, error) {
	raw, err := os.ReadFile(p.proc("stat"))
	if err != nil {
		return 0, err
	}
	// The name, in parentheses, may hold anything; what follows is numbers.
	_, rest, _ := strings.Cut(string(raw), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0, errors.New("/proc: stat cannot be read")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

// Memory is what the program holds of the machine's memory now, and the most
// that it has held, in bytes.
func (p *Process) Memory() (now, most int64, err error) {
	raw, err := os.ReadFile(p.proc("status"))
	if err != nil {
		return 0, 0, err
	}
	for line := range strings.Lines(string(raw)) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "VmRSS:":
			now, err = kilobytes(fields[1], err)
		case "VmHWM:":
			most, err = kilobytes(fields[1], err)
		}
	}
	return now, most, err
}

func kilobytes(text string, before error) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n << 10, errors.Join(before, err)
}

func (p *Process) proc(name string) string {
	return "/proc/" + strconv.Itoa(p.command.Process.Pid) + "/" + name
}
