package manifest_test

import (
	"image"
	"image/color"
	"math"
)

// The icons are drawn here: a key, as on the playground's page. `go test
// ./manifest -update` draws them anew.

// point is a place on a drawing of 32 by 32, whatever its size in pixels.
type point struct{ x, y float64 }

// shape tells how far a point is from the shape's edge; inside is negative.
type shape func(point) float64

func ring(c point, radius, width float64) shape {
	return func(p point) float64 {
		return math.Abs(math.Hypot(p.x-c.x, p.y-c.y)-radius) - width/2
	}
}

func stroke(from, to point, width float64) shape {
	dx, dy := to.x-from.x, to.y-from.y
	return func(p point) float64 {
		t := ((p.x-from.x)*dx + (p.y-from.y)*dy) / (dx*dx + dy*dy)
		t = min(max(t, 0), 1)
		return math.Hypot(p.x-from.x-t*dx, p.y-from.y-t*dy) - width/2
	}
}

func all(shapes ...shape) shape {
	return func(p point) float64 {
		near := math.Inf(1)
		for _, s := range shapes {
			near = min(near, s(p))
		}
		return near
	}
}

// key is a key that fills a square of the given half width around the middle.
func key(half, width float64) shape {
	at := func(x, y float64) point { // along the key and across it, turned by 45 degrees
		const turn = math.Sqrt2 / 2
		x, y = x*half, y*half
		return point{16 + (x-y)*turn, 16 + (-x-y)*turn}
	}
	bow := 0.44 * half
	return all(
		ring(at(-0.74, 0.02), bow, width),
		stroke(at(-0.24, 0.02), at(1.1, 0.02), width),
		stroke(at(1.1, 0.02), at(1.1, -0.36), width),
		stroke(at(0.62, 0.02), at(0.62, -0.28), width),
	)
}

// cover draws a shape of one colour per point over what is there. The edge is as
// soft as a pixel is wide.
func cover(on *image.NRGBA, s shape, paint func(point) color.NRGBA) {
	size := on.Bounds().Dx()
	scale := 32 / float64(size)
	for y := range size {
		for x := range size {
			p := point{(float64(x) + 0.5) * scale, (float64(y) + 0.5) * scale}
			share := min(max(0.5-s(p)/scale, 0), 1)
			if share > 0 {
				on.SetNRGBA(x, y, over(on.NRGBAAt(x, y), paint(p), share))
			}
		}
	}
}

// over lays a share of a paint over a pixel that is either opaque or clear.
func over(below, paint color.NRGBA, share float64) color.NRGBA {
	if below.A == 0 {
		paint.A = uint8(math.Round(255 * share))
		return paint
	}
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return color.NRGBA{mix(below.R, paint.R), mix(below.G, paint.G), mix(below.B, paint.B), 255}
}

func white(point) color.NRGBA { return color.NRGBA{255, 255, 255, 255} }

// violet grows darker from the upper left to the lower right.
func violet(p point) color.NRGBA {
	light, dark := color.NRGBA{0x7b, 0x83, 0xeb, 255}, color.NRGBA{0x4a, 0x4f, 0xb5, 255}
	return over(light, dark, (p.x+p.y)/64)
}

func everywhere(point) float64 { return math.Inf(-1) }

// outline is what Teams shows in its bar and tints itself: white on nothing, up
// to the edge.
func outline() *image.NRGBA {
	icon := image.NewNRGBA(image.Rect(0, 0, 32, 32))
	cover(icon, key(13, 2.6), white)
	return icon
}

// coloured fills its square, whose corners Teams rounds; the key keeps to the
// middle, which is never cut off.
func coloured() *image.NRGBA {
	icon := image.NewNRGBA(image.Rect(0, 0, 192, 192))
	cover(icon, everywhere, violet)
	cover(icon, key(8.4, 2.6), white)
	return icon
}
