package sim_test

import (
	"runtime"
	"testing"

	"github.com/passdesk/passdesk/internal/sim"
)

// BenchmarkStartWith100000People measures the start of a big tenant: less than
// 5 s and 500 MB are the budget.
func BenchmarkStartWith100000People(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		s, err := sim.Start(b.Context(), sim.Options{Users: 100_000})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		b.ReportMetric(float64(memory.HeapAlloc)/(1<<20), "MB-held")
		b.ReportMetric(float64(memory.Sys)/(1<<20), "MB-taken")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
