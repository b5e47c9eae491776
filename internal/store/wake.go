package store

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// driver is River's driver for SQLite with a bell in its place: what is stored
// in this process rings it after the commit, so that nobody has to look into the
// database twenty times a second, and a job starts at once. What another process
// stores is found by the ordinary poll.
type driver struct {
	*riversqlite.Driver
	wake *wake
}

func newDriver(db *sql.DB, w *wake) *driver { return &driver{riversqlite.New(db), w} }

// GetListener implements riverdriver.Driver.
func (d *driver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener { return d.wake }

// SupportsListenNotify implements riverdriver.Driver: false keeps River from
// writing notifications into a table.
func (d *driver) SupportsListenNotify() bool { return false }

// wake implements riverdriver.Listener with a bell.
type wake struct{ bell chan struct{} }

func newWake() *wake { return &wake{bell: make(chan struct{}, 1)} }

// ring says that there are new jobs. It never waits; one ring is as good as ten.
func (w *wake) ring() {
	select {
	case w.bell <- struct{}{}:
	default:
	}
}

// WaitForNotification implements riverdriver.Listener.
func (w *wake) WaitForNotification(ctx context.Context) (*riverdriver.Notification, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-w.bell:
		return &riverdriver.Notification{Topic: "river_insert", Payload: `{"queue":"` + river.QueueDefault + `"}`}, nil
	}
}

// Connect implements riverdriver.Listener.
func (w *wake) Connect(context.Context) error { return nil }

// Close implements riverdriver.Listener.
func (w *wake) Close(context.Context) error { return nil }

// Listen implements riverdriver.Listener.
func (w *wake) Listen(context.Context, string) error { return nil }

// Unlisten implements riverdriver.Listener.
func (w *wake) Unlisten(context.Context, string) error { return nil }

// Ping implements riverdriver.Listener.
func (w *wake) Ping(context.Context) error { return nil }

// Schema implements riverdriver.Listener.
func (w *wake) Schema() string { return "" }

// SetAfterConnectExec implements riverdriver.Listener.
func (w *wake) SetAfterConnectExec(string) {}
