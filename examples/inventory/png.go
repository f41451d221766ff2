package main

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// The colors of chart.svg.
var (
	black = color.RGBA{0x1f, 0x29, 0x33, 0xff}
	gray  = color.RGBA{0x5f, 0x6c, 0x7b, 0xff}
	track = color.RGBA{0xed, 0xf1, 0xf5, 0xff}
	blue  = color.RGBA{0x2f, 0x6f, 0xb0, 0xff}
)

// scale is how many pixels of the file a pixel of the layout has, so that text is
// sharp on every screen.
const scale = 2

// canvas is a picture in the layout's pixels.
type canvas struct{ draw.Image }

func drawPNG(c chart) ([]byte, error) {
	title, err := face(gomedium.TTF, 22)
	if err != nil {
		return nil, err
	}
	text, err := face(goregular.TTF, 14)
	if err != nil {
		return nil, err
	}
	on := canvas{image.NewRGBA(image.Rect(0, 0, scale*chartWidth, scale*c.Height))}
	on.fill(0, 0, chartWidth, c.Height, color.White)
	on.write(title, black, margin, 48, chartTitle)
	on.write(text, gray, margin, 74, c.Summary)
	for _, b := range c.Bars {
		on.write(text, black, margin, b.Y, b.Name)
		on.write(text, gray, margin+barWidth-width(text, b.Label), b.Y, b.Label)
		on.fill(margin, b.Y+9, barWidth, barHeight, track)
		on.fill(margin, b.Y+9, b.Width, barHeight, blue)
	}
	var out bytes.Buffer
	err = png.Encode(&out, on)
	return out.Bytes(), err
}

func face(ttf []byte, size float64) (font.Face, error) {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: scale * size, DPI: 72})
}

func width(f font.Face, text string) int { return font.MeasureString(f, text).Ceil() / scale }

func (c canvas) fill(x, y, width, height int, with color.Color) {
	draw.Draw(c, image.Rect(scale*x, scale*y, scale*(x+width), scale*(y+height)), image.NewUniform(with), image.Point{}, draw.Src)
}

func (c canvas) write(f font.Face, in color.Color, x, y int, text string) {
	d := font.Drawer{Dst: c, Src: image.NewUniform(in), Face: f, Dot: fixed.P(scale*x, scale*y)}
	d.DrawString(text)
}
