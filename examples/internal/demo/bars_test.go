package demo

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// painted splits what a bar wrote into the states it showed; an empty one is a new
// line.
func painted(out string) []string {
	var states []string
	for line := range strings.SplitSeq(out, "\n") {
		for state := range strings.SplitSeq(line, "\r") {
			if s := strings.TrimSpace(state); s != "" {
				states = append(states, s)
			}
		}
		states = append(states, "")
	}
	return states
}

func TestSpinnerEndsBeforeTheNextBar(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	bars := &stepBars{w: &out}
	bars.show("list", 100, 0)
	bars.show("list", 250, 0)
	bars.show("read", 1, 4)
	bars.show("read", 4, 4)
	bars.show("delete", 1, 3)
	bars.finish()
	bars.finish() // nothing is shown any more
	lines := strings.Split(out.String(), "\n")
	require.Len(t, lines, 4)
	for i, step := range []string{"list", "read", "delete"} {
		for _, other := range []string{"list", "read", "delete"} {
			assert.Equal(t, step == other, strings.Contains(lines[i], other), "%s in line %d", other, i)
		}
	}
	assert.Contains(t, lines[0], "250/-")
	assert.Contains(t, lines[1], "100%")
	assert.NotContains(t, lines[2], "100%", "the deletion was cut off")
	assert.Empty(t, lines[3])
}

func TestOnlyASuccessFillsTheBar(t *testing.T) {
	t.Parallel()
	for _, failure := range []error{nil, errors.New("the manifest was refused")} {
		var out bytes.Buffer
		show, finish := transferBar(&out)
		for _, done := range []int64{0, 1} { // everything is reported before it is sent
			for i, size := range []int64{1 << 40, 1} {
				d := ocispec.Descriptor{Digest: digest.FromString(strings.Repeat("x", i)), Size: size}
				show(imagepush.Progress{Descriptor: d, Done: size * done})
			}
		}
		assert.NotContains(t, out.String(), "100%", "nobody knows yet whether the image arrives")
		finish(failure)
		states := painted(out.String())
		assert.Equal(t, failure == nil, strings.Contains(out.String(), "100%"))
		assert.Empty(t, states[len(states)-1], "the next output begins on a new line")
	}
}

func TestBarFollowsATotalThatShrinks(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	bars := &stepBars{w: &out}
	bars.show("read", 1, 10)
	bars.show("read", 2, 10)
	bars.show("read", 3, 4) // six manifests need not be read
	bars.show("read", 4, 4)
	assertGrows(t, percents(out.String()))
	assert.Contains(t, out.String(), "100%")
}

// percents returns the percentages that a bar showed.
func percents(out string) (shown []float64) {
	for _, state := range painted(out) {
		if found := regexp.MustCompile(`(\d+)% `).FindStringSubmatch(state); found != nil {
			percent, _ := strconv.ParseFloat(found[1], 64)
			shown = append(shown, percent)
		}
	}
	return shown
}

// bytesShown returns the numbers of bytes that a spinner showed.
func bytesShown(out string) (shown []float64) {
	factors := map[string]float64{"B": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
	for _, state := range painted(out) {
		if found := regexp.MustCompile(`\(([\d.]+) ?(\w+)[,)]`).FindStringSubmatch(state); found != nil {
			n, _ := strconv.ParseFloat(found[1], 64)
			shown = append(shown, n*factors[found[2]])
		}
	}
	return shown
}

func assertGrows(t *testing.T, shown []float64) {
	t.Helper()
	assert.Greater(t, len(shown), 1)
	assert.IsNonDecreasing(t, shown)
}

// push makes reports as imagepush does: of several images one after the other, each
// with all that it lacks before its first byte.
func push(random *rand.Rand, images int, show func(imagepush.Progress)) {
	for image := range images {
		var missing []imagepush.Progress
		for i := range 2 + random.IntN(8) {
			p := imagepush.Progress{Descriptor: ocispec.Descriptor{
				Digest: digest.FromString(fmt.Sprint(image, i)),
				Size:   1 + random.Int64N(1<<random.IntN(34)),
			}}
			if p.Skipped = random.IntN(3) == 0; p.Skipped {
				p.Done = p.Descriptor.Size
			} else {
				missing = append(missing, p)
			}
			show(p)
		}
		for len(missing) > 0 {
			i := random.IntN(len(missing))
			p := &missing[i]
			p.Done += 1 + random.Int64N(p.Descriptor.Size-p.Done)
			show(*p)
			if p.Done == p.Descriptor.Size {
				missing = slices.Delete(missing, i, i+1)
			}
		}
	}
}

func TestTransferNeverGoesBack(t *testing.T) {
	t.Parallel()
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 0))
		var one, many bytes.Buffer
		show, finish := transferBar(&one)
		push(random, 1, show)
		finish(nil)
		if one.Len() > 0 { // else all was there already
			assertGrows(t, percents(one.String()))
		}
		show, finish = transferSpinner(&many)
		push(random, 5, show)
		finish(nil)
		assertGrows(t, bytesShown(many.String()))
		assert.NotContains(t, many.String(), "%", "of what is not known")
		require.False(t, t.Failed(), "seed %d", seed)
	}
}

func TestNothingToSendShowsNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	for _, transfer := range []func(io.Writer) (func(imagepush.Progress), func(error)){transferBar, transferSpinner} {
		show, finish := transfer(&out)
		show(imagepush.Progress{Descriptor: ocispec.Descriptor{Digest: digest.FromString(""), Size: 5}, Done: 5, Skipped: true})
		finish(nil)
		assert.Empty(t, out.String())
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestLostOutputIsAnError(t *testing.T) {
	t.Parallel()
	full := &output{w: failing{}}
	require.NoError(t, full.check(nil), "nothing was written")
	_, _ = full.Write([]byte("digest")) // as fmt.Fprint in a program that ignores its error
	require.EqualError(t, full.check(nil), "disk full")
	require.EqualError(t, full.check(flag.ErrHelp), "disk full")
	require.EqualError(t, full.check(errors.New("first")), "first")
}
