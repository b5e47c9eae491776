package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// patience is how long a server may take to start or to stop.
const patience = time.Minute

// Server is a private PostgreSQL server on loopback, in a temporary folder.
type Server struct {
	dir  string
	bin  string
	port int
	run  *exec.Cmd
	died chan error
}

// Start starts a server for one test, which may stop and start it again.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s, err := start()
	require.NoError(tb, err)
	tb.Cleanup(s.end)
	return s
}

// Database is the address of an empty database on this server.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	return database(tb, s.url())
}

// Stop stops the server at once, as its administrator would: connections break.
func (s *Server) Stop(tb testing.TB) {
	tb.Helper()
	require.NoError(tb, s.stop())
}

// Again starts a server that was stopped, at the same port.
func (s *Server) Again(tb testing.TB) {
	tb.Helper()
	require.NoError(tb, s.serve())
}

func (s *Server) url() string {
	return fmt.Sprintf("postgres://passdesk@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

func start() (*Server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp("", "passdesk-postgres-"); err != nil {
		return nil, err
	}
	if err := errors.Join(s.own(), s.create()); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if err := s.serve(); err != nil {
		s.end()
		return nil, err
	}
	return s, nil
}

// binaries is the folder of initdb and postgres: where the PATH finds it, else
// the newest of Debian's.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is needed: install it (Debian: apt-get install postgresql), or name a server in " + Variable)
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest), nil
}

func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	return n
}

func freePort() (int, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close() //nolint:errcheck // only its number is wanted
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}

// as is whom the server runs as: PostgreSQL refuses to run as root.
func as() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil //nolint:nilnil // as whoever runs the tests
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func (s *Server) own() error {
	who, err := as()
	if err != nil || who == nil {
		return err
	}
	return os.Chown(s.dir, int(who.Uid), int(who.Gid))
}

// create makes the files of the server. Its words are sorted as a person would
// sort them, so that whoever relies on the order of bytes is found out.
func (s *Server) create() error {
	args := []string{"-D", filepath.Join(s.dir, "data"), "-U", "passdesk", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"}
	help, err := exec.CommandContext(context.Background(), filepath.Join(s.bin, "initdb"), "--help").Output() //nolint:gosec // a test's own server
	if err != nil {
		return err
	}
	if bytes.Contains(help, []byte("--icu-locale")) {
		args = append(args, "--locale-provider=icu", "--icu-locale=en")
	}
	who, err := as()
	if err != nil {
		return err
	}
	c := exec.CommandContext(context.Background(), filepath.Join(s.bin, "initdb"), args...) //nolint:gosec // a test's own server
	c.Dir, c.SysProcAttr = s.dir, &syscall.SysProcAttr{Credential: who}
	if said, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, said)
	}
	return nil
}

// serve starts the server and waits until it answers.
func (s *Server) serve() error {
	who, err := as()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()                                                                                //nolint:errcheck // the server has its own
	s.run = exec.CommandContext(context.Background(), filepath.Join(s.bin, "postgres"), s.args()...) //nolint:gosec // a test's own server
	s.run.Dir, s.run.Stdout, s.run.Stderr = s.dir, log, log
	// It must not outlive these tests, however they end.
	s.run.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}
	began := make(chan error)
	s.died = make(chan error, 1)
	go func() {
		runtime.LockOSThread() // the signal comes when the thread ends that has started it
		began <- s.run.Start()
		s.died <- s.run.Wait()
		runtime.UnlockOSThread()
	}()
	if err := <-began; err != nil {
		return err
	}
	return s.answers()
}

func (s *Server) args() []string {
	return []string{
		"-D", filepath.Join(s.dir, "data"), "-k", s.dir, "-p", strconv.Itoa(s.port), "-h", "127.0.0.1",
		"-c", "max_connections=300", "-c", "fsync=off", "-c", "full_page_writes=off",
	}
}

func (s *Server) answers() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ticks := time.NewTicker(20 * time.Millisecond)
	defer ticks.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.url())
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w", err)
		case died := <-s.died:
			said, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			s.died <- died
			return fmt.Errorf("postgres ended: %w\n%s", died, said)
		}
	}
}

// stop ends the server: fast, which breaks every connection.
func (s *Server) stop() error {
	if s.run == nil || s.run.Process == nil {
		return nil
	}
	err := s.run.Process.Signal(syscall.SIGINT)
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	select {
	case died := <-s.died:
		s.died <- died
		return err
	case <-time.After(patience):
		return errors.Join(err, errors.New("postgres does not stop"), s.run.Process.Kill())
	}
}

func (s *Server) end() { _ = errors.Join(s.stop(), os.RemoveAll(s.dir)) }
