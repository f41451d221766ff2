package main

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"time"
)

// rounds is how often the two clients take turns in a run.
const rounds = 21

// cost is what one call takes.
type cost struct {
	time          time.Duration
	bytes, allocs uint64
}

// ratios are this client's costs by the official client's.
type ratios struct{ time, bytes, allocs float64 }

// row is a measured case.
type row struct {
	name           string
	ours, official cost // of the run in the middle
	runs           []ratios
}

func (r row) String() string {
	m := r.median()
	return fmt.Sprintf("%-22s time %.2f, allocations %.2f, bytes %.2f", r.name, m.time, m.allocs, m.bytes)
}

// median returns the figures of the run with the median time.
func (r row) median() ratios { return r.sorted()[len(r.runs)/2] }

func (r row) sorted() []ratios {
	return slices.SortedFunc(slices.Values(r.runs), func(a, b ratios) int { return cmp.Compare(a.time, b.time) })
}

func measureCase(c benchmark, runs int) row {
	r := row{name: c.name}
	c.ours()
	c.official()
	for range runs {
		r.ours, r.official = compare(c)
		r.runs = append(r.runs, ratios{
			time:   float64(r.ours.time) / float64(r.official.time),
			bytes:  float64(r.ours.bytes) / float64(r.official.bytes),
			allocs: float64(r.ours.allocs) / float64(r.official.allocs),
		})
	}
	return r
}

// compare lets both clients make the calls in turns.
func compare(c benchmark) (ours, official cost) {
	var a, b []cost
	for range rounds {
		a = append(a, measure(c.ours, c.calls))
		b = append(b, measure(c.official, c.calls))
	}
	return medians(a), medians(b)
}

func medians(rounds []cost) cost {
	return cost{
		time:   median(rounds, func(c cost) time.Duration { return c.time }),
		bytes:  median(rounds, func(c cost) uint64 { return c.bytes }),
		allocs: median(rounds, func(c cost) uint64 { return c.allocs }),
	}
}

func median[T cmp.Ordered](rounds []cost, of func(cost) T) T {
	values := make([]T, len(rounds))
	for i, c := range rounds {
		values[i] = of(c)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func measure(call func(), n int) cost {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	for range n {
		call()
	}
	elapsed := time.Since(start)
	runtime.ReadMemStats(&after)
	return cost{
		time:   elapsed / time.Duration(n),
		bytes:  (after.TotalAlloc - before.TotalAlloc) / uint64(n),
		allocs: (after.Mallocs - before.Mallocs) / uint64(n),
	}
}
