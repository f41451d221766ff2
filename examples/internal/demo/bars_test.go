package demo

import (
	"bytes"
	"errors"
	"flag"
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
		for i, size := range []int64{1 << 40, 1} {
			d := ocispec.Descriptor{Digest: digest.FromString(strings.Repeat("x", i)), Size: size}
			show(imagepush.Progress{Descriptor: d})
			show(imagepush.Progress{Descriptor: d, Done: size})
		}
		assert.NotContains(t, out.String(), "100%", "nobody knows yet whether the image arrives")
		finish(failure)
		states := painted(out.String())
		assert.Equal(t, failure == nil, strings.Contains(out.String(), "100%"))
		assert.Empty(t, states[len(states)-1], "the next output begins on a new line")
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
