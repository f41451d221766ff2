package main

import (
	"bytes"
	_ "embed" // for the picture
	"html/template"
)

//go:embed chart.svg
var picture string

func drawSVG(c chart) ([]byte, error) {
	t, err := template.New("chart").Parse(picture)
	if err != nil {
		return nil, err
	}
	var svg bytes.Buffer
	err = t.Execute(&svg, map[string]any{"Title": chartTitle, "Chart": c, "Width": chartWidth, "Margin": margin, "Full": barWidth, "Thick": barHeight})
	return svg.Bytes(), err
}
