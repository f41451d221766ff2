package main

import (
	"fmt"
	"strings"
)

// The chart's measures, in pixels.
const (
	left, barMax, lineHeight, top = 200, 460, 46, 78
	chartWidth                    = left + barMax + 60
)

// chart draws the ratios of time and allocations as bars, the official client
// being the full width. It reads on a light and on a dark page.
func (r report) chart() string {
	var b strings.Builder
	height := top + len(r.rows)*lineHeight + 40
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" font-family="system-ui, sans-serif" font-size="13">
<title>Cost of calls, compared with the official client</title>
<style>
text { fill: #1f2328 } .dim { fill: #656d76 } .full { fill: #d0d7de } .time { fill: #0969da } .allocs { fill: #1a7f37 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .dim { fill: #8d96a0 } .full { fill: #30363d } .time { fill: #58a6ff } .allocs { fill: #3fb950 } }
</style>
<text x="0" y="20" font-size="16" font-weight="600">What a call costs, compared with the official client (100 %%)</text>
<rect class="time" x="0" y="34" width="12" height="12" rx="2"/><text x="18" y="45">time</text>
<rect class="allocs" x="66" y="34" width="12" height="12" rx="2"/><text x="84" y="45">memory allocations</text>
<rect class="full" x="216" y="34" width="12" height="12" rx="2"/><text x="234" y="45">official client</text>
`, chartWidth, height, chartWidth, height)
	for i, row := range r.rows {
		y, m := top+i*lineHeight, row.median()
		fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", left-12, y+21, row.name)
		bar(&b, "time", y, m.time)
		bar(&b, "allocs", y+17, m.allocs)
	}
	fmt.Fprintf(&b, `<text class="dim" x="0" y="%d" font-size="11">%s · %s · lower is better</text>`+"\n</svg>\n", height-10, r.date, r.machine)
	return b.String()
}

func bar(b *strings.Builder, class string, y int, ratio float64) {
	fmt.Fprintf(b, `<rect class="full" x="%d" y="%d" width="%d" height="14" rx="2"/><rect class="%s" x="%d" y="%d" width="%.0f" height="14" rx="2"/><text class="dim" x="%d" y="%d" font-size="11">%.0f %%</text>`+"\n",
		left, y, barMax, class, left, y, min(ratio, 1)*barMax, left+barMax+8, y+11, ratio*100)
}
