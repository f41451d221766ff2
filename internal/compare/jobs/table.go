package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// result is what one run took.
type result struct {
	wall, cpu time.Duration
	requests  int
	lost      int // images that are missing afterwards
}

// key names a row.
type key struct{ job, tool string }

// table holds the results of all runs.
type table struct {
	order   []key
	results map[key][]result
}

func newTable() *table { return &table{results: map[key][]result{}} }

func (t *table) add(job, tool string, r result) {
	k := key{job, tool}
	if t.results[k] == nil {
		t.order = append(t.order, k)
	}
	t.results[k] = append(t.results[k], r)
}

// slow reports whether a tool took too long to do a job again.
func (t *table) slow(job, tool string, limit time.Duration) bool {
	results := t.results[key{job, tool}]
	return len(results) > 0 && results[0].wall > limit
}

// median returns the medians of a row, and the most that was lost. It is zero for a
// row that is not there.
func (t *table) median(job, tool string) (m result) {
	results := t.results[key{job, tool}]
	if len(results) == 0 {
		return m
	}
	for _, r := range results {
		m.lost = max(m.lost, r.lost)
	}
	m.wall = middle(results, func(r result) time.Duration { return r.wall })
	m.cpu = middle(results, func(r result) time.Duration { return r.cpu })
	m.requests = middle(results, func(r result) int { return r.requests })
	return m
}

func middle[T cmp.Ordered](results []result, of func(result) T) T {
	var values []T
	for _, r := range results {
		values = append(values, of(r))
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// isOurs reports whether a tool is an example of this module.
func isOurs(tool string) bool { return slices.Contains([]string{"registry", "api", "before"}, tool) }

// bestOther is the shortest time of another tool that lost nothing, and the fewest
// requests.
func (t *table) bestOther(job string) (wall time.Duration, requests int) {
	for _, k := range t.order {
		if k.job != job || isOurs(k.tool) {
			continue
		}
		m := t.median(job, k.tool)
		if m.lost > 0 {
			continue
		}
		if wall == 0 || m.wall < wall {
			wall = m.wall
		}
		if requests == 0 || m.requests < requests {
			requests = m.requests
		}
	}
	return wall, requests
}

// String writes a row for each job and tool. Ratios are those of our rows.
func (t *table) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "job\ttool\truns\twall ms\tCPU ms\trequests\tlost\twall ÷ best other\trequests - fewest\tCPU ÷ crane\twall ÷ before\t")
	slices.SortStableFunc(t.order, func(a, b key) int { return t.jobOrder(a.job) - t.jobOrder(b.job) })
	for _, k := range t.order {
		m := t.median(k.job, k.tool)
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%.1f\t%d\t%d\t", k.job, k.tool, len(t.results[k]), m.wall.Milliseconds(), milliseconds(m.cpu), m.requests, m.lost)
		if isOurs(k.tool) {
			wall, requests := t.bestOther(k.job)
			more := ""
			if requests > 0 {
				more = fmt.Sprintf("%+d", m.requests-requests)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t", ratio(m.wall, wall), more, ratio(m.cpu, t.median(k.job, "crane").cpu), ratio(m.wall, t.median(k.job, "before").wall))
		} else {
			fmt.Fprint(w, "\t\t\t\t")
		}
		fmt.Fprintln(w)
	}
	_ = w.Flush() // memory does not fail
	return b.String()
}

func (t *table) jobOrder(job string) int {
	return slices.IndexFunc(t.order, func(k key) bool { return k.job == job })
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// ratio is empty if there is nothing to compare with.
func ratio(a, b time.Duration) string {
	if b == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}
