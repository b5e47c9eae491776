package manifest_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "draw the icons anew")

// draw writes an icon with -update, compares what is written with its drawing,
// and returns it. A level of difference is another processor's arithmetic.
func draw(t *testing.T, name string, icon *image.NRGBA) image.Image {
	t.Helper()
	if *update {
		var out bytes.Buffer
		require.NoError(t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, icon))
		require.NoError(t, os.WriteFile(name, out.Bytes(), 0o644))
	}
	content, err := os.ReadFile(name)
	require.NoError(t, err)
	have, kind, err := image.Decode(bytes.NewReader(content))
	require.NoError(t, err)
	require.Equal(t, "png", kind)
	require.Equal(t, icon.Bounds(), have.Bounds())
	for y := range icon.Bounds().Dy() {
		for x := range icon.Bounds().Dx() {
			a, b := icon.NRGBAAt(x, y), at(have, x, y)
			for _, pair := range [][2]uint8{{a.R, b.R}, {a.G, b.G}, {a.B, b.B}, {a.A, b.A}} {
				require.InDelta(t, pair[0], pair[1], 1, "%s at %d, %d", name, x, y)
			}
		}
	}
	return have
}

func at(icon image.Image, x, y int) color.NRGBA {
	return color.NRGBAModel.Convert(icon.At(x, y)).(color.NRGBA) //nolint:errcheck,forcetypeassert // what the model is for
}

// Teams wants exactly this size, and every pixel its own colour.
func TestColourIcon(t *testing.T) {
	t.Parallel()
	icon := draw(t, "color.png", coloured())
	require.Equal(t, image.Rect(0, 0, 192, 192), icon.Bounds())
	seen := map[color.NRGBA]bool{}
	for y := range 192 {
		for x := range 192 {
			c := at(icon, x, y)
			require.Equal(t, uint8(255), c.A, "at %d, %d", x, y)
			seen[c] = true
		}
	}
	require.Greater(t, len(seen), 20, "an icon of one colour shows nothing")
}

// Teams tints the outline: anything but white on nothing would stay as it is.
func TestOutlineIcon(t *testing.T) {
	t.Parallel()
	icon := draw(t, "outline.png", outline())
	require.Equal(t, image.Rect(0, 0, 32, 32), icon.Bounds())
	clear, full := 0, 0
	for y := range 32 {
		for x := range 32 {
			c := at(icon, x, y)
			switch c.A {
			case 0:
				clear++
				continue
			case 255:
				full++
			}
			require.Equal(t, color.NRGBA{255, 255, 255, c.A}, c, "at %d, %d", x, y)
		}
	}
	require.Greater(t, clear, 32*32/2)
	require.Greater(t, full, 32)
}
