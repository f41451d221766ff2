package main

import (
	"bytes"
	"cmp"
	_ "embed" // for the chart
	"fmt"
	"html/template"
	"slices"
	"time"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

//go:embed chart.svg
var chart string

const (
	mostBars   = 20 // further repositories share one
	longest    = 72 // characters of a name that have room
	barWidth   = 800
	firstBar   = 112
	barSpacing = 46
)

// bar is a row of the chart: a name and a size above a bar.
type bar struct {
	Name, Label string
	Width, Y    int
}

// plot draws a bar for each repository, the largest first.
func plot(inventory Inventory) []byte {
	count, total := inventory.Total()
	rows := bars(inventory.Repositories)
	var svg bytes.Buffer
	template.Must(template.New("chart").Parse(chart)).Execute(&svg, map[string]any{ // a buffer takes everything
		"Summary": fmt.Sprintf("%d repositories, %d images, %s on %s", len(inventory.Repositories), count, demo.Size(total), inventory.Taken.Format(time.DateOnly)),
		"Bars":    rows,
		"Full":    barWidth,
		"Height":  firstBar + barSpacing*len(rows),
	})
	return svg.Bytes()
}

func bars(repositories []Repository) []bar {
	type row struct {
		name          string
		images, bytes int64
	}
	var rows []row
	for _, r := range repositories {
		rows = append(rows, row{shorten(r.Name), int64(len(r.Images)), r.Bytes()})
	}
	slices.SortStableFunc(rows, func(a, b row) int { return cmp.Compare(b.bytes, a.bytes) })
	if len(rows) > mostBars {
		rest := row{name: fmt.Sprintf("%d others", len(rows)-mostBars)}
		for _, r := range rows[mostBars:] {
			rest.images, rest.bytes = rest.images+r.images, rest.bytes+r.bytes
		}
		rows = append(rows[:mostBars], rest)
	}
	widest := int64(1)
	for _, r := range rows {
		widest = max(widest, r.bytes)
	}
	var out []bar
	for i, r := range rows {
		b := bar{Name: r.name, Label: label(r.images, r.bytes), Y: firstBar + barSpacing*i}
		if r.bytes > 0 {
			b.Width = max(6, int(barWidth*float64(r.bytes)/float64(widest)))
		}
		out = append(out, b)
	}
	return out
}

func label(images, bytes int64) string {
	switch images {
	case 0:
		return "empty"
	case 1:
		return demo.Size(bytes) + " in 1 image"
	}
	return fmt.Sprintf("%s in %d images", demo.Size(bytes), images)
}

// shorten leaves out the middle of a name that is too long, since both ends tell
// more.
func shorten(name string) string {
	if len(name) <= longest {
		return name
	}
	return name[:longest/2] + "…" + name[len(name)-longest/2+1:]
}
