package main

import (
	"runtime"
	"sync"
	"time"
)

// scale is how many calls a second go through one client from a number of
// goroutines.
type scale struct {
	goroutines     int
	ours, official float64
}

// measureScaling makes small calls from more and more goroutines.
func measureScaling() []scale {
	small := describeRepositories("", stub{200, `{"repositories":[]}`}, nil)
	var scales []scale
	for _, n := range []int{1, runtime.NumCPU(), 8 * runtime.NumCPU()} {
		s := scale{goroutines: n}
		for range 5 { // in turns; the best counts, which other work disturbs least
			s.ours = max(s.ours, throughput(small.ours, n))
			s.official = max(s.official, throughput(small.official, n))
		}
		scales = append(scales, s)
	}
	return scales
}

func throughput(call func(), goroutines int) float64 {
	const calls = 8000
	var wg sync.WaitGroup
	start := time.Now()
	for range goroutines {
		wg.Go(func() {
			for range calls / goroutines {
				call()
			}
		})
	}
	wg.Wait()
	return calls / time.Since(start).Seconds()
}
