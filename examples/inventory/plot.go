package main

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// The layout of a chart, in pixels.
const (
	chartWidth = 880
	margin     = 40
	barWidth   = chartWidth - 2*margin
	barHeight  = 10
	firstBar   = 112
	barSpacing = 46
)

const (
	chartTitle = "Size of the repositories"
	mostBars   = 20 // further repositories share one
	longest    = 72 // characters of a name that have room
)

// A chart has a bar for each repository, the largest first.
type chart struct {
	Summary string
	Bars    []bar
	Height  int
}

// bar is a row of the chart: a name and a size above a bar.
type bar struct {
	Name, Label string
	Width, Y    int
}

// drawing makes the content of a chart's file.
type drawing func(chart) ([]byte, error)

// drawFor chooses the format by a file's ending.
func drawFor(file string) (drawing, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".svg":
		return drawSVG, nil
	case ".png":
		return drawPNG, nil
	}
	return nil, demo.Usagef("-plot %s: the name must end in .svg or .png, which chooses the format", file)
}

func newChart(inventory Inventory) chart {
	count, total := inventory.Total()
	rows := bars(inventory.Repositories)
	return chart{
		Summary: fmt.Sprintf("%s, %s, %s on %s", demo.Count(len(inventory.Repositories), "repository"), demo.Count(count, "image"),
			demo.Size(total), inventory.Taken.Format(time.DateOnly)),
		Bars:   rows,
		Height: firstBar + barSpacing*len(rows),
	}
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
		rest := row{name: demo.Count(len(rows)-mostBars, "other")}
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
	if images == 0 {
		return "empty"
	}
	return fmt.Sprintf("%s in %s", demo.Size(bytes), demo.Count(int(images), "image"))
}

// shorten leaves out the middle of a name that is too long, because both ends
// say more.
func shorten(name string) string {
	if len(name) <= longest {
		return name
	}
	return name[:longest/2] + "…" + name[len(name)-longest/2+1:]
}
