package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// report is everything that was measured, and where.
type report struct {
	date, machine string
	versions      []string
	rows          []row
	scaling       []scale
	programs      []programs
}

// machine names what the figures were taken on.
func machine() string {
	name := runtime.GOARCH
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if key, value, _ := strings.Cut(line, ":"); strings.TrimSpace(key) == "model name" {
				name = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d CPUs, %s, %s", name, runtime.NumCPU(), runtime.GOOS, runtime.Version())
}

// versions names the modules that were measured.
func versions() []string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	measured := []string{"github.com/aws/aws-sdk-go-v2", "github.com/aws/aws-sdk-go-v2/service/ecrpublic", "github.com/aws/smithy-go"}
	var lines []string
	for _, m := range info.Deps {
		if slices.Contains(measured, m.Path) {
			lines = append(lines, strings.TrimPrefix(m.Path, "github.com/aws/")+" "+m.Version)
		}
	}
	return lines
}

// markdown is the report as tables.
func (r report) markdown() string {
	var b strings.Builder
	b.WriteString("| ratio to the official client | time | allocations | bytes | this client | official client |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, row := range r.rows {
		m := row.median()
		fmt.Fprintf(&b, "| %s | **%.2f** (%s) | %.2f | %.2f | %v | %v |\n", row.name, m.time, row.spread(), m.allocs, m.bytes,
			short(row.ours), short(row.official))
	}
	for _, p := range r.programs {
		p.rows(&b)
	}
	for _, s := range r.scaling {
		fmt.Fprintf(&b, "| small calls over loopback, %s | %.2f | | | %.0f/s | %.0f/s |\n", goroutines(s.goroutines), s.official/s.ours, s.ours, s.official)
	}
	fmt.Fprintf(&b, "\n%s; %s; %s.\n", r.date, r.machine, strings.Join(r.versions, ", "))
	return b.String()
}

// spread is the lowest and the highest ratio of the runs.
func (r row) spread() string {
	sorted := r.sorted()
	return fmt.Sprintf("%.2f–%.2f", sorted[0].time, sorted[len(sorted)-1].time)
}

func short(c cost) string {
	switch t := c.time; {
	case t.Milliseconds() >= 10:
		return fmt.Sprintf("%d ms", t.Milliseconds())
	case t.Microseconds() >= 1000:
		return fmt.Sprintf("%.1f ms", float64(t.Microseconds())/1000)
	default:
		return fmt.Sprintf("%.1f µs", float64(t.Nanoseconds())/1000)
	}
}

func mb(n int64) float64 { return float64(n) / 1e6 }

// write updates the tables and the chart.
func (r report) write(tables, chart string) error {
	if err := os.WriteFile(tables, []byte(heading+r.markdown()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(chart, []byte(r.chart()), 0o644)
}

const heading = `# Performance beside the official client

Written by ` + "`go -C internal/compare run ./report -write`" + `. Lower ratios are better. Both clients make the
same calls in one process, in turns. The transport responds at once, so the figures measure the clients and not a
network. Each figure is the median of several runs, with their range in parentheses; garbage collection is included.

`

func goroutines(n int) string {
	if n == 1 {
		return "1 goroutine"
	}
	return fmt.Sprintf("%d goroutines", n)
}
