package access_test

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/passdesk/passdesk/internal/access"
	"github.com/passdesk/passdesk/internal/audit"
)

// people are a Census made of data.
type people struct {
	all   []access.Registration
	reads atomic.Int32
	held  chan struct{} // closed to let a reading go on; nil: none waits
	err   error
}

func (p *people) Registrations(ctx context.Context, told func(access.Progress), each func(access.Registration) error) error {
	p.reads.Add(1)
	told(access.Progress{Of: len(p.all)})
	if p.held != nil {
		select {
		case <-p.held:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for _, r := range p.all {
		if err := each(r); err != nil {
			return err
		}
	}
	return p.err
}

func somebody(name, department string, methods ...string) access.Registration {
	return access.Registration{
		Person: access.Person{ID: access.ID(name), Name: name, UPN: name + "@x.example"}, Department: department,
		Listed: true, Enabled: true, Methods: methods, MFA: len(methods) > 0, Updated: noon.Add(-2 * time.Hour),
	}
}

// reports is a house with a census.
func reports(t *testing.T, p *people) (*house, *access.Desk) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	h := newHouse(t)
	h.tenant.set("grady", func(m *access.Member) { m.Groups = []access.ID{"auditors"} })
	o := h.Options
	o.Census, o.Log = p, slog.New(slog.DiscardHandler)
	o.Settings.Auditors = []access.ID{"auditors"}
	d, err := access.NewDesk(o)
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return h, d
}

// report asks until there is one.
func report(t *testing.T, d *access.Desk, actor access.ID, anew bool) access.Report {
	t.Helper()
	r, err := d.Report(t.Context(), actor, anew)
	require.NoError(t, err)
	if r.Reading != nil {
		<-r.Reading.Done()
		require.NoError(t, r.Reading.Err())
		r, err = d.Report(t.Context(), actor, false)
		require.NoError(t, err)
	}
	require.NotNil(t, r.Rollout)
	return r
}

func TestTheRolloutIsCounted(t *testing.T) {
	guest, off, gone := somebody("guest", "Sales", "fido2SecurityKey"), somebody("off", "Sales"), somebody("gone", "Sales")
	guest.Guest, off.Enabled, gone.Listed = true, false, false
	late := somebody("late", "", "mobilePhone")
	late.Updated = noon.Add(-3 * time.Hour)
	_, d := reports(t, &people{all: []access.Registration{
		guest, off, gone, late,
		somebody("key", "Sales", "fido2SecurityKey", "passKeyDeviceBound", "mobilePhone"),
		somebody("app", "Sales", "microsoftAuthenticatorPush", "passKeyDeviceBoundAuthenticator", "windowsHelloForBusiness"),
		somebody("mac", " Ships ", "macOsSecureEnclaveKey"),
		somebody("card", "Ships", "x509CertificateMultiFactor"),
		somebody("new", "Ships", "passKeyOfTomorrow"),
		somebody("phone", "Ships", "microsoftAuthenticatorPasswordless"), // passwordless is not resistant
		somebody("bare", "Ships"),
	}})
	r := report(t, d, "grady", false).Rollout
	require.Equal(t, noon, r.Read)
	require.Equal(t, noon.Add(-3*time.Hour), r.Updated)
	require.Equal(t, []int{8, 5, 2, 1, 2, 3}, []int{r.People, r.Can, r.MFA, r.Guests, r.Gone, r.Left()})
	require.Equal(t, []access.Share{
		{Name: "Passkey in Authenticator", Can: 1, Of: 1},
		{Name: "Security key", Can: 1, Of: 1},
		{Name: "Another passkey", Can: 1, Of: 1},
		{Name: "Windows Hello for Business", Can: 1, Of: 1},
		{Name: "Secure Enclave of a Mac", Can: 1, Of: 1},
		{Name: "Certificate", Can: 1, Of: 1},
	}, r.Methods)
	require.Equal(t, []access.Share{{Name: "Ships", Can: 3, Of: 5}, {Name: access.NoDepartment, Of: 1}, {Name: "Sales", Can: 2, Of: 2}}, r.Departments)
	require.Len(t, r.First, 3)
	require.Equal(t, "late", r.First[0].Name)
}

func TestWhoMayHaveAReport(t *testing.T) {
	p := &people{}
	h, d := reports(t, p)
	for _, who := range []access.ID{"joni", "megan", "lee", "stranger"} {
		_, err := d.Report(t.Context(), who, true)
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
		_, err = d.LeftFile(t.Context(), access.Click{Actor: who})
		require.Equal(t, access.Forbidden, access.CodeOf(err), who)
	}
	require.Zero(t, p.reads.Load(), "nobody was read for them")
	for _, who := range []access.ID{"adele", "grady"} {
		report(t, d, who, false)
	}
	h.tenant.set("bianca", func(m *access.Member) { m.Enabled = false })
	_, err := d.Report(t.Context(), "bianca", false)
	require.Equal(t, access.Forbidden, access.CodeOf(err))
	_, err = h.replica().Report(t.Context(), "adele", false)
	require.NoError(t, err, "a desk without a census says so by its reading")
}

// Many who ask wait for one reading, which is kept for an hour.
func TestOneReadingForAll(t *testing.T) {
	p := &people{all: []access.Registration{somebody("bare", "Ships")}, held: make(chan struct{})}
	h, d := reports(t, p)
	first, err := d.Report(t.Context(), "adele", false)
	require.NoError(t, err)
	require.Nil(t, first.Rollout)
	second, err := d.Report(t.Context(), "grady", true)
	require.NoError(t, err)
	require.Same(t, first.Reading, second.Reading)
	require.NoError(t, first.Reading.Err())
	close(p.held)
	<-first.Reading.Done()
	require.Equal(t, access.Progress{Of: 1}, first.Reading.Progress())

	for _, step := range []struct {
		later time.Duration
		anew  bool
		reads int32
	}{{0, false, 1}, {4 * time.Minute, true, 1}, {2 * time.Minute, true, 2}, {59 * time.Minute, false, 2}, {time.Minute, false, 3}} {
		h.later(step.later)
		report(t, d, "adele", step.anew)
		require.Equal(t, step.reads, p.reads.Load(), step)
	}
}

// A reading that fails leaves what was read before, and the next one begins anew.
func TestAReadingThatFails(t *testing.T) {
	p := &people{all: []access.Registration{somebody("bare", "Ships")}}
	h, d := reports(t, p)
	report(t, d, "adele", false)
	h.later(10 * time.Minute)
	p.err = access.Fail(access.Unavailable, "Entra does not answer.")
	r, err := d.Report(t.Context(), "adele", true)
	require.NoError(t, err)
	<-r.Reading.Done()
	require.Equal(t, access.Unavailable, access.CodeOf(r.Reading.Err()))
	require.Equal(t, noon, report(t, d, "adele", false).Rollout.Read)
	p.err = nil
	require.Equal(t, noon.Add(10*time.Minute), report(t, d, "adele", true).Rollout.Read)

	lame := h.replica()
	r, err = lame.Report(t.Context(), "adele", false)
	require.NoError(t, err)
	<-r.Reading.Done()
	require.Equal(t, access.Unavailable, access.CodeOf(r.Reading.Err()), "there is no census")
}

func TestClosingEndsAReading(t *testing.T) {
	_, d := reports(t, &people{held: make(chan struct{})})
	r, err := d.Report(t.Context(), "adele", false)
	require.NoError(t, err)
	d.Close()
	<-r.Reading.Done()
	require.ErrorIs(t, r.Reading.Err(), context.Canceled)
	r, err = d.Report(t.Context(), "adele", false)
	require.NoError(t, err)
	require.Equal(t, access.Unavailable, access.CodeOf(r.Reading.Err()))
}

// The file names everybody who is left, and nothing in it is a formula.
func TestTheFileOfWhoIsLeft(t *testing.T) {
	p := &people{}
	names := []string{
		"=HYPERLINK(\"http://evil.example\")", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", "\u200b=1", "|cmd", "%0A",
		"O'Brien, \"Pat\"", "Åse-Marie", "two\nlines", "",
	}
	for _, name := range names {
		p.all = append(p.all, somebody(name, name, "mobilePhone"))
	}
	for i := range 30 {
		p.all = append(p.all, somebody(fmt.Sprint("n", i), "Ships"))
	}
	h, d := reports(t, p)
	r := report(t, d, "adele", false).Rollout
	require.Len(t, r.First, 20)
	f, err := d.LeftFile(t.Context(), access.Click{Actor: "adele", Ref: "offer"})
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, r.FileSize, f.Size)
	text := read(t, f)
	require.True(t, strings.HasPrefix(text, "\ufeffName,Sign-in name,Department,Other MFA,Methods,Object id\r\n"), text)
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+len(names)+30)
	for i, name := range names[:11] {
		require.Equal(t, "'"+strings.ReplaceAll(name, "\r", ""), rows[1+i][0])
		require.True(t, strings.HasPrefix(rows[1+i][2], "'"), "%q", rows[1+i])
	}
	require.Equal(t, []string{"O'Brien, \"Pat\"", "O'Brien, \"Pat\"@x.example", "O'Brien, \"Pat\"", "yes", "mobilePhone", "O'Brien, \"Pat\""}, rows[12])
	require.Equal(t, "no", rows[len(rows)-1][3])

	_, err = d.LeftFile(t.Context(), access.Click{Actor: "adele", Ref: "offer"})
	require.Equal(t, access.Stale, access.CodeOf(err), "once")
	entries := h.audited("report file")
	require.Len(t, entries, 1)
	require.Equal(t, "adele", entries[0].Actor)
}

// A file that is being handed out outlives its report, and then there is none.
func TestTheFileGoes(t *testing.T) {
	p := &people{all: []access.Registration{somebody("bare", "Ships")}}
	h, d := reports(t, p)
	_, err := d.LeftFile(t.Context(), access.Click{Actor: "adele"})
	require.Equal(t, access.NotFound, access.CodeOf(err))
	report(t, d, "adele", false)
	f, err := d.LeftFile(t.Context(), access.Click{Actor: "adele"})
	require.NoError(t, err)
	h.later(2 * time.Hour)
	report(t, d, "adele", false)
	require.Contains(t, read(t, f), "bare@x.example")
	f.Close()
	_, err = f.ReadAt(make([]byte, 1), 0)
	require.ErrorIs(t, err, os.ErrClosed)
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "passdesk-report-*"))
	require.NoError(t, err)
	require.Empty(t, left)
	h.store.fail(errors.New("disk full"))
	_, err = d.LeftFile(t.Context(), access.Click{Actor: "adele", Ref: "other"})
	require.Error(t, err, "no record, no file")
}

// Without room for a file there is a report all the same.
func TestAReportWithoutAFile(t *testing.T) {
	_, d := reports(t, &people{all: []access.Registration{somebody("bare", "Ships")}})
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "nowhere"))
	r := report(t, d, "adele", false).Rollout
	require.Equal(t, 1, r.Left())
	require.Zero(t, r.FileSize)
	_, err := d.LeftFile(t.Context(), access.Click{Actor: "adele"})
	require.Equal(t, access.NotFound, access.CodeOf(err))
}

func TestDepartmentsAreBounded(t *testing.T) {
	p := &people{}
	for i := range 1500 {
		p.all = append(p.all, somebody(fmt.Sprint("n", i), fmt.Sprint("department ", i)))
	}
	_, d := reports(t, p)
	r := report(t, d, "adele", false).Rollout
	require.Len(t, r.Departments, 1001)
	require.Equal(t, access.Share{Name: access.OtherDepartments, Of: 500}, r.Departments[0])
}

// The time to a passkey is that of requests which came to one, and leases are as
// they are now.
func TestTheReportTellsOfRequests(t *testing.T) {
	h, d := reports(t, &people{})
	r := report(t, d, "adele", false)
	require.Zero(t, r.Rollout.Passkeys)
	require.Zero(t, r.Leases)
	for i, took := range []time.Duration{time.Hour, 3 * time.Hour, 2 * time.Hour, 20 * time.Hour, 0} {
		h.keep(access.Request{
			Ref: access.Ref(fmt.Sprint("PD-2222", i+2)), Kind: access.Pass, State: access.Ended, Asker: access.Person{ID: "adele"},
			Drafted: noon, Asked: noon, Changed: noon, Registered: map[bool]time.Time{true: noon.Add(took)}[took > 0],
		})
	}
	h.keep(access.Request{Ref: "PD-33333", Kind: access.Exclusion, State: access.InForce, Drafted: noon, Asked: noon, Ends: noon.Add(time.Hour)})
	h.keep(access.Request{Ref: "PD-33334", Kind: access.Exclusion, State: access.Approved, Drafted: noon, Asked: noon, Ends: noon})
	h.later(10 * time.Minute)
	r = report(t, d, "adele", true)
	require.Equal(t, 4, r.Rollout.Passkeys)
	require.Equal(t, 150*time.Minute, r.Rollout.Median)
	require.Equal(t, 1, r.Leases)
	require.Equal(t, noon.Add(time.Hour), r.Next)
}

func read(t *testing.T, f access.LeftFile) string {
	t.Helper()
	text, err := io.ReadAll(io.NewSectionReader(f, 0, f.Size))
	require.NoError(t, err)
	return string(text)
}

func (h *house) keep(r access.Request) {
	h.t.Helper()
	require.NoError(h.t, h.store.Update(h.t.Context(), func(tx access.Tx) error { return tx.Insert(h.t.Context(), r) }))
}

// audited are the entries of an action.
func (h *house) audited(action string) []audit.Entry {
	h.t.Helper()
	all, err := h.store.Entries(h.t.Context(), "", "", 1000)
	require.NoError(h.t, err)
	var some []audit.Entry
	for _, e := range all {
		if e.Action == action {
			some = append(some, e)
		}
	}
	return some
}
