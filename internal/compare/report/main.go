// Command report measures the same calls on this client and on the official one,
// in turns and in one process, and prints a table of ratios.
//
//	go -C internal/compare run ./report
//
// A call's time is the best of its rounds, which other work on the machine
// disturbs least; bytes and allocations are means. The transport is a stub, so
// that what is measured is the client.
package main

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"
)

// rounds is how often the two clients take turns.
const rounds = 40

// cost is what one call takes.
type cost struct {
	time          time.Duration
	bytes, allocs uint64
}

func main() {
	fmt.Printf("%s/%s, %s, %d CPUs\n\n", runtime.GOOS, runtime.GOARCH, runtime.Version(), runtime.NumCPU())
	fmt.Println("| call | time | allocations | bytes | this client | official |")
	fmt.Println("| --- | --- | --- | --- | --- | --- |")
	for _, c := range cases() {
		ours, official := compare(c)
		fmt.Printf("| %s | %.2f | %.2f | %.2f | %v, %d allocs | %v, %d allocs |\n", c.name,
			ratio(ours.time, official.time), ratio(ours.allocs, official.allocs), ratio(ours.bytes, official.bytes),
			ours.time, ours.allocs, official.time, official.allocs)
	}
	for _, module := range versions() {
		fmt.Println("\n" + module)
	}
}

func ratio[N time.Duration | uint64](a, b N) float64 { return float64(a) / float64(b) }

// compare lets both clients make the call in turns.
func compare(c benchmark) (ours, official cost) {
	ours.time, official.time = time.Hour, time.Hour
	for range rounds {
		ours = better(ours, measure(c.ours, c.calls))
		official = better(official, measure(c.official, c.calls))
	}
	return ours, official
}

// better keeps the shorter time and the newer counts.
func better(best, next cost) cost {
	next.time = min(best.time, next.time)
	return next
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

// versions names the modules that were measured.
func versions() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	var lines []string
	for _, m := range info.Deps {
		if bytes.Contains([]byte(m.Path), []byte("service/ecrpublic")) || m.Path == "github.com/aws/aws-sdk-go-v2" || m.Path == "github.com/aws/smithy-go" {
			lines = append(lines, m.Path+" "+m.Version)
		}
	}
	return lines
}
