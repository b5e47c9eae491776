package load

import (
	"cmp"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// The names of what is measured, in the report.
const (
	Passdesk = "passdesk"
	TheFloor = "floor"
	ThePeer  = "agents-hosting"
)

// What Microsoft's SDKs for Node did on the machine of the design, in requests
// per CPU second with token validation. Stated, not measured by this program.
var stated = []struct {
	name string
	rate float64
}{{"agents-hosting", 2_700}, {"botbuilder", 2_400}, {"teams.apps", 2_100}}

// Measurement is what a load cost the program under it.
type Measurement struct {
	Result
	CPU            time.Duration
	Held, MostHeld int64 // memory, in bytes
}

// Measure fires a load at a program.
func Measure(ctx context.Context, p *Process, l Load, s Shot) (Measurement, error) {
	before, err := p.CPU()
	if err != nil {
		return Measurement{}, err
	}
	var m Measurement
	if m.Result, err = l.Run(ctx, s); err != nil {
		return m, err
	}
	after, err1 := p.CPU()
	m.CPU = after - before
	var err2 error
	m.Held, m.MostHeld, err2 = p.Memory()
	return m, errors.Join(err1, err2)
}

// perCPU is how many requests a second of the processor is enough for.
func (m Measurement) perCPU() float64 { return float64(m.N) / max(m.CPU, tick).Seconds() }

func (m Measurement) perSecond() float64 { return float64(m.N) / m.Took.Seconds() }

// row is what was measured of one program at one number of connections.
type row struct {
	name  string
	conns int
	all   []Measurement
}

// Report gathers measurements and tells them twice: line by line as Go's
// benchmarks do, for benchstat, and in a table.
type Report struct {
	rows   []*row
	starts []time.Duration
	size   int64
	static bool
}

// Binary notes how large a program is, and whether it needs a loader. A script
// that starts one tells neither.
func (r *Report) Binary(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	f, err := elf.Open(path)
	if _, other := errors.AsType[*elf.FormatError](err); other {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	r.size = info.Size()
	r.static = !slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP })
	return f.Close()
}

// Start notes how long a start took, and returns its line.
func (r *Report) Start(took time.Duration) string {
	r.starts = append(r.starts, took)
	return fmt.Sprintf("BenchmarkStart/database=warm \t%8d\t%12d ns/op", 1, took.Nanoseconds())
}

// Add notes a measurement, and returns its line.
func (r *Report) Add(name string, conns int, m Measurement) string {
	i := slices.IndexFunc(r.rows, func(o *row) bool { return o.name == name && o.conns == conns })
	if i < 0 {
		i = len(r.rows)
		r.rows = append(r.rows, &row{name: name, conns: conns})
	}
	r.rows[i].all = append(r.rows[i].all, m)
	return fmt.Sprintf("BenchmarkServe/view/server=%s/conns=%d \t%8d\t%10d ns/op\t%10d cpu-ns/op\t%8.0f req/cpu-s\t%8.0f req/s\t%8d p50-µs\t%8d p99-µs\t%6.1f rss-MB\t%6.1f rss-most-MB",
		name, conns, m.N, m.Took.Nanoseconds()/int64(max(m.N, 1)), m.CPU.Nanoseconds()/int64(max(m.N, 1)), m.perCPU(), m.perSecond(),
		m.Quantile(0.5).Microseconds(), m.Quantile(0.99).Microseconds(), megabytes(m.Held), megabytes(m.MostHeld))
}

// Table tells the medians, and what they are beside the floor and the peers.
func (r *Report) Table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-16s %5s %9s %11s %9s %9s %8s %14s\n", "server", "conns", "req/s", "req/CPU s", "p50", "p99", "RSS MB", "CPU over floor")
	for _, row := range r.rows {
		over := "1"
		if floor := r.row(TheFloor, row.conns); floor != nil && row != floor {
			over = fmt.Sprintf("%.2f", floor.times(row))
		}
		fmt.Fprintf(&b, "%-16s %5d %9.0f %11.0f %9s %9s %8.1f %14s\n", row.name, row.conns, middle(row.all, Measurement.perSecond),
			middle(row.all, Measurement.perCPU), row.quantile(0.5), row.quantile(0.99), middle(row.all, held), over)
	}
	fmt.Fprintf(&b, "budgets: CPU over floor 1.5, RSS 80 MB, p99 below the peer's\n")
	fmt.Fprintf(&b, "\nstart to ready, warm database: %s (median of %d; budget 300ms)\n", middle(r.starts, itself).Round(time.Millisecond), len(r.starts))
	if r.size > 0 {
		fmt.Fprintf(&b, "binary: %.1f MB, static: %v (budget 60 MB, static)\n", megabytes(r.size), r.static)
	}
	r.beside(&b)
	return b.String()
}

// beside tells how Passdesk stands beside the stated figures.
func (r *Report) beside(b *strings.Builder) {
	for _, row := range r.rows {
		if row.name != Passdesk {
			continue
		}
		rate := middle(row.all, Measurement.perCPU)
		if peer := r.row(ThePeer, row.conns); peer != nil {
			fmt.Fprintf(b, "%d connections: %4.1f times %s's %.0f requests per CPU second (measured here; budget 10 times)\n",
				row.conns, row.times(peer), ThePeer, middle(peer.all, Measurement.perCPU))
			continue
		}
		for _, s := range stated {
			fmt.Fprintf(b, "%d connections: %4.1f times %s's %.0f requests per CPU second (stated, not measured here)\n",
				row.conns, rate/s.rate, s.name, s.rate)
		}
	}
}

// times is how much more a program does with a processor than another. They are
// compared round by round, so that what else the machine does falls on both.
func (o *row) times(other *row) float64 {
	rounds := min(len(o.all), len(other.all))
	ratios := make([]float64, 0, rounds)
	for i := range rounds {
		ratios = append(ratios, o.all[i].perCPU()/other.all[i].perCPU())
	}
	return middle(ratios, func(f float64) float64 { return f })
}

func (r *Report) row(name string, conns int) *row {
	for _, row := range r.rows {
		if row.name == name && row.conns == conns {
			return row
		}
	}
	return nil
}

func (o *row) quantile(part float64) time.Duration {
	return middle(o.all, func(m Measurement) time.Duration { return m.Quantile(part) }).Round(time.Microsecond)
}

func held(m Measurement) float64 { return megabytes(m.MostHeld) }

func itself(d time.Duration) time.Duration { return d }

// middle is the median of what is told of each.
func middle[T any, V cmp.Ordered](all []T, tell func(T) V) V {
	told := make([]V, 0, len(all))
	for _, one := range all {
		told = append(told, tell(one))
	}
	slices.Sort(told)
	var none V
	if len(told) == 0 {
		return none
	}
	return told[len(told)/2]
}

func megabytes(bytes int64) float64 { return float64(bytes) / (1 << 20) }
