package access

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/passdesk/passdesk/internal/audit"
)

// spool is a file of everybody who is left, as CSV: on disk, because it can be
// long, and without a name where the system allows it, because it is about people.
// It is there as long as somebody holds it.
type spool struct {
	file *os.File
	size int64
	csv  *csv.Writer
	to   *bufio.Writer
	err  error

	mu    sync.Mutex
	users int
}

// newSpool makes a file that its maker holds.
func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", "passdesk-report-*")
	if err != nil {
		return nil, fmt.Errorf("file for a report: %w", err)
	}
	_ = os.Remove(file.Name()) // where an open file cannot be removed, it is when it is closed
	s := &spool{file: file, to: bufio.NewWriter(file), users: 1}
	_, s.err = s.to.WriteString(audit.ByteOrderMark)
	s.csv = csv.NewWriter(s.to)
	s.csv.UseCRLF = true
	s.write("Name", "Sign-in name", "Department", "Other MFA", "Methods", "Object id")
	return s, nil
}

// add writes a line about somebody. A nil spool takes nothing.
func (s *spool) add(l Left) {
	if s == nil {
		return
	}
	other := "no"
	if l.MFA {
		other = "yes"
	}
	s.write(l.Name, l.UPN, l.Department, other, strings.Join(l.Methods, " "), string(l.ID))
}

func (s *spool) write(cells ...string) {
	for i, c := range cells {
		cells[i] = audit.Inert(c)
	}
	s.err = errors.Join(s.err, s.csv.Write(cells))
}

// finish ends the writing, and tells whether all of it is there.
func (s *spool) finish() error {
	if s == nil {
		return nil
	}
	s.csv.Flush()
	err := errors.Join(s.err, s.csv.Error(), s.to.Flush())
	if err != nil {
		return err
	}
	s.size, err = s.file.Seek(0, io.SeekEnd)
	return err
}

// hold keeps the file until release is called; false when it is gone.
func (s *spool) hold() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users == 0 {
		return false
	}
	s.users++
	return true
}

// release gives the file back. The last one removes it.
func (s *spool) release() {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users--; s.users == 0 {
		_ = s.file.Close()
		_ = os.Remove(s.file.Name()) // gone already, on most systems
	}
}
