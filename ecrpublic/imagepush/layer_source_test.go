package imagepush_test

import (
	"context"
	"fmt"
	"io"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// flaky is a source of which some readings of layers break off in the middle.
type flaky struct {
	images
	breaks  int64 // how many
	err     error // that the reader returns then
	fetches atomic.Int64
}

func (f *flaky) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	rc, err := f.images.Fetch(ctx, desc)
	if err != nil || desc.MediaType != ocispec.MediaTypeImageLayer {
		return rc, err
	}
	if f.fetches.Add(1) > f.breaks {
		return io.NopCloser(io.MultiReader(rc)), nil // which cannot seek
	}
	half := io.LimitReader(rc, desc.Size/2)
	return io.NopCloser(io.MultiReader(half, iotest.ErrReader(f.err))), nil
}

// A source is read again from its start, by a new upload, whatever error ended the last
// reading.
func TestSourceThatBreaksOff(t *testing.T) {
	t.Parallel()
	for _, way := range []string{"API", "registry host"} {
		for breaks, reason := range []error{nil, io.ErrUnexpectedEOF, fmt.Errorf("response body: %w", io.EOF), syscall.ECONNRESET} {
			srv := smallParts(t)
			repository, _ := onHost(t, srv, "team/app", asIs)
			source := &flaky{images: newImages(t), breaks: int64(breaks), err: reason}
			image := source.tag(source.image("{}", source.layer(alphabet(testPart+1))), "v1")
			_, err := imagepush.Push(t.Context(), srv.Client(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited, func(o *imagepush.TargetOptions) {
				if way != "API" {
					o.Registry = repository
				}
			})
			if breaks == 3 {
				require.ErrorIs(t, err, syscall.ECONNRESET, way)
				assert.ErrorContains(t, err, "read the source: connection reset", way)
				assert.EqualValues(t, 3, source.fetches.Load(), way)
				continue
			}
			require.NoError(t, err, way)
			assert.EqualValues(t, breaks+1, source.fetches.Load(), way)
			_, root := readBack(t, srv, "x/"+repository.Reference.Repository, "v1")
			assert.Equal(t, image.Digest, root.Digest, way)
		}
	}
}
