package soak

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sample is the use of memory and goroutines while no worker works.
type sample struct {
	heap       float64 // MB
	goroutines int
}

// watch samples the process until the soak is over, about sixty times, and logs the
// samples. A short soak has fewer, because workers pause only between calls.
func (s *soak) watch(ctx context.Context, t *testing.T) []sample {
	t.Helper()
	began := time.Now()
	ticker := time.NewTicker(min(max(s.duration/60, 4*time.Second), s.duration))
	defer ticker.Stop()
	var samples []sample
	for !s.isOver(ctx) {
		select {
		case <-ctx.Done():
		case <-ticker.C:
			x := s.sample()
			samples = append(samples, x)
			calls, requests := s.traffic.totals()
			fmt.Fprintf(t.Output(), "%8s  heap %6.2f MB  goroutines %3d  %8d calls  %8d requests  %s\n",
				time.Since(began).Truncate(time.Second), x.heap, x.goroutines, calls, requests, s.done.String())
		}
	}
	return samples
}

// sample waits until all workers have paused, and takes a sample.
func (s *soak) sample() sample {
	s.pause.Lock()
	defer s.pause.Unlock()
	s.server.ResetRequests() // the emulator keeps a record of them
	s.traffic.CloseIdleConnections()
	http.DefaultClient.CloseIdleConnections()
	goroutines := quiet()
	runtime.GC()
	runtime.GC() // a pool is empty after the second collection
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return sample{heap: float64(m.HeapAlloc) / 1e6, goroutines: goroutines}
}

// quiet counts goroutines after those of closed connections have ended.
func quiet() int { return quietAt(0) }

// quietAt waits until no more goroutines than wanted are left, as long as their number
// falls.
func quietAt(wanted int) int {
	n := runtime.NumGoroutine()
	for still := 0; n > wanted && still < 10; still++ {
		time.Sleep(20 * time.Millisecond)
		if now := runtime.NumGoroutine(); now < n {
			n, still = now, 0
		}
	}
	return n
}

// requireFlat ignores the first third of the samples, in which the emulator fills. It
// compares the first third of the rest with the last: the median may grow by a share
// and an amount.
func requireFlat(t *testing.T, what string, samples []sample, value func(sample) float64, share, amount float64) {
	t.Helper()
	warm := samples[len(samples)/3:]
	third := len(warm) / 3
	require.Positive(t, third, "too few samples")
	first, last := median(warm[:third], value), median(warm[len(warm)-third:], value)
	fmt.Fprintf(t.Output(), "%s: %.2f in the first third, %.2f in the last (%d samples)\n", what, first, last, len(warm))
	require.LessOrEqual(t, last, first*(1+share)+amount, "%s grow", what)
}

func median(samples []sample, value func(sample) float64) float64 {
	var values []float64
	for _, x := range samples {
		values = append(values, value(x))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
