package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
	programs      programs
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
	b.WriteString("| this client ÷ official | time | allocations | bytes | time here | official |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, row := range r.rows {
		m := row.median()
		fmt.Fprintf(&b, "| %s | **%.2f** (%s) | %.2f | %.2f | %v | %v |\n", row.name, m.time, row.spread(), m.allocs, m.bytes,
			short(row.ours), short(row.official))
	}
	ours, official := r.programs.ours, r.programs.official
	fmt.Fprintf(&b, "| binary of a minimal program | %.2f | | | %.1f MB | %.1f MB |\n", float64(ours.bytes)/float64(official.bytes), mb(ours.bytes), mb(official.bytes))
	fmt.Fprintf(&b, "| package initialization | | %.2f | | %.0f µs, %d allocations | %.0f µs, %d allocations |\n",
		float64(ours.initAllocs)/float64(official.initAllocs), ours.initMicros, ours.initAllocs, official.initMicros, official.initAllocs)
	for _, s := range r.scaling {
		fmt.Fprintf(&b, "| small calls, %d goroutines | %.2f | | | %.0f/s | %.0f/s |\n", s.goroutines, s.official/s.ours, s.ours, s.official)
	}
	fmt.Fprintf(&b, "\n%s; %s; %s.\n", r.date, r.machine, strings.Join(r.versions, ", "))
	return b.String()
}

// spread tells between which ratios the runs were.
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

// The marks between which README.md holds the tables.
const (
	begin = "<!-- performance: go -C internal/compare run ./report -write -->\n"
	end   = "<!-- end of performance -->\n"
)

// write updates the README and the chart at the top of the repository.
func (r report) write(top string) error {
	name := filepath.Join(top, "README.md")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		return errors.New("README.md has no marks for the performance table")
	}
	if err := os.WriteFile(name, []byte(before+begin+r.markdown()+end+after), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(top, "performance.svg"), []byte(r.chart()), 0o644)
}
