// Package load drives a running bot as the Teams channel does, and measures
// what that costs: one activity after the other over each of several
// connections, with the channel's token and a new activity id each. It reaches
// loopback only, and always comes to an end.
package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// grace is how long an answer may take beyond the time of the load.
const grace = 10 * time.Second

// Shot is a request that is fired again and again.
type Shot struct {
	raw  []byte
	id   int    // where the activity's id ends in raw
	want []byte // what stands in every good answer
}

// idDigits is how much of an activity id changes from one shot to the next.
const idDigits = 12

// NewShot makes a shot of a request that the channel sent. A good answer has
// the status 200, and want somewhere in its body.
func NewShot(header http.Header, body []byte, want string) (Shot, error) {
	var activity struct {
		ID string `json:"id"`
	}
	if err := json.Unmarshal(body, &activity); err != nil || len(activity.ID) < idDigits {
		return Shot{}, errors.New("load: this is no activity with an id as Teams makes them")
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://127.0.0.1/api/messages", bytes.NewReader(body))
	if err != nil {
		return Shot{}, err
	}
	request.Header = header.Clone()
	var raw bytes.Buffer
	if err := request.Write(&raw); err != nil {
		return Shot{}, fmt.Errorf("load: %w", err)
	}
	at := bytes.LastIndex(raw.Bytes(), []byte(activity.ID))
	if at < 0 {
		return Shot{}, errors.New("load: the activity's id is not written as it reads")
	}
	return Shot{raw: raw.Bytes(), id: at + len(activity.ID), want: []byte(want)}, nil
}

// Load says how much is fired at whom. For and Most bound it: what comes first.
type Load struct {
	Address string // host:port, loopback only
	Conns   int
	For     time.Duration
	Most    int
}

// Result is what came of a load.
type Result struct {
	N         int
	Took      time.Duration
	latencies []time.Duration // sorted
}

// Quantile is the latency that a part of the requests stayed under.
func (r Result) Quantile(part float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	return r.latencies[min(int(part*float64(len(r.latencies))), len(r.latencies)-1)]
}

// Run fires, and returns when every answer is there. One bad answer ends it.
func (l Load) Run(ctx context.Context, s Shot) (Result, error) {
	if err := loopback(l.Address); err != nil {
		return Result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.For+grace)
	defer cancel()
	guns, err := l.guns(ctx, s)
	defer func() {
		for _, g := range guns {
			_ = g.conn.Close()
		}
	}()
	if err != nil {
		return Result{}, err
	}
	var left atomic.Int64
	left.Store(int64(l.Most))
	var running sync.WaitGroup
	begun := time.Now()
	for _, g := range guns {
		running.Go(func() {
			for g.err == nil && time.Since(begun) < l.For && left.Add(-1) >= 0 {
				g.err = g.fire()
			}
		})
	}
	running.Wait()
	r := Result{Took: time.Since(begun)}
	for _, g := range guns {
		err = errors.Join(err, g.err)
		r.latencies = append(r.latencies, g.latencies...)
	}
	slices.Sort(r.latencies)
	r.N = len(r.latencies)
	return r, err
}

func (l Load) guns(ctx context.Context, s Shot) ([]*gun, error) {
	guns := make([]*gun, 0, l.Conns)
	for n := range l.Conns {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.Address)
		if err != nil {
			return guns, fmt.Errorf("load: %w", err)
		}
		until, _ := ctx.Deadline()
		if err := conn.SetDeadline(until); err != nil {
			return guns, errors.Join(err, conn.Close())
		}
		guns = append(guns, &gun{
			conn: conn, answers: bufio.NewReaderSize(conn, 16<<10), raw: bytes.Clone(s.raw), shot: s,
			next: uint64(n) << 32, latencies: make([]time.Duration, 0, 1<<14),
		})
	}
	return guns, nil
}

// gun is one connection: it fires when the answer before has come.
type gun struct {
	conn      net.Conn
	answers   *bufio.Reader
	raw       []byte
	body      bytes.Buffer
	shot      Shot
	next      uint64
	latencies []time.Duration
	err       error
}

func (g *gun) fire() error {
	g.next++
	renumber(g.raw[g.shot.id-idDigits:g.shot.id], g.next)
	begun := time.Now()
	if _, err := g.conn.Write(g.raw); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	answer, err := http.ReadResponse(g.answers, nil)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	g.body.Reset()
	_, err = io.Copy(&g.body, answer.Body)
	if err = errors.Join(err, answer.Body.Close()); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	g.latencies = append(g.latencies, time.Since(begun))
	if answer.StatusCode != http.StatusOK || !bytes.Contains(g.body.Bytes(), g.shot.want) {
		return fmt.Errorf("load: the answer is %s without %s: %.300s", answer.Status, g.shot.want, g.body.Bytes())
	}
	return nil
}

// renumber writes a number over the end of an activity's id.
func renumber(digits []byte, n uint64) {
	const hex = "0123456789abcdef"
	for i := len(digits) - 1; i >= 0; i-- {
		digits[i] = hex[n&0xf]
		n >>= 4
	}
}

// loopback refuses an address that is not on this machine.
func loopback(address string) error {
	a, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if !a.IP.IsLoopback() {
		return fmt.Errorf("load: %s is not on this machine: a load is fired at loopback only", address)
	}
	return nil
}
