package imagepush_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// reports records progress and checks what Progress promises of each report.
type reports struct {
	t      *testing.T
	active atomic.Bool

	last           map[digest.Digest]imagepush.Progress
	total, done    int64
	sending, grown bool // the total grew while bytes were sent
}

func newReports(t *testing.T) *reports {
	return &reports{t: t, last: map[digest.Digest]imagepush.Progress{}}
}

func (r *reports) option(o *imagepush.TargetOptions) { o.Progress = r.add }

func (r *reports) add(p imagepush.Progress) {
	r.t.Helper()
	if !assert.False(r.t, r.active.Swap(true), "two reports at a time") {
		return
	}
	defer r.active.Store(false)
	d := p.Descriptor.Digest
	before, known := r.last[d]
	if known {
		assert.Equal(r.t, before.Descriptor, p.Descriptor, d)
		assert.Greater(r.t, p.Done, before.Done, d)
	} else {
		assert.True(r.t, p.Done == 0 || p.Skipped, "%s: the first report is of %d bytes", d, p.Done)
		r.total += p.Descriptor.Size
		r.grown = r.grown || r.sending
	}
	assert.LessOrEqual(r.t, p.Done, p.Descriptor.Size, d)
	assert.True(r.t, !p.Skipped || p.Done == p.Descriptor.Size, d)
	r.done += p.Done - before.Done
	r.sending = r.sending || p.Done > 0 && !p.Skipped
	r.last[d] = p
}

// complete checks that all content was reported to its end.
func (r *reports) complete() {
	r.t.Helper()
	for d, p := range r.last {
		assert.Equal(r.t, p.Descriptor.Size, p.Done, d)
	}
	assert.Equal(r.t, r.total, r.done)
}

// randomImages makes images, some of which share layers, and returns their tags. A
// shared layer does not have the same descriptor everywhere.
func randomImages(images images, random *rand.Rand) (tags []string) {
	for i := range 1 + random.IntN(4) {
		var children []ocispec.Descriptor
		for j := range 1 + random.IntN(3) {
			var layers []ocispec.Descriptor
			for range random.IntN(6) {
				layer := images.layer(alphabet(1 + random.IntN(8)*13))
				layer.Annotations = map[string]string{"of": fmt.Sprint(i, j)}
				layers = append(layers, layer)
			}
			child := images.image(fmt.Sprintf(`{"image":"%d.%d"}`, i, j), layers...)
			child.Platform = &ocispec.Platform{OS: "linux", Architecture: fmt.Sprint("a", j)}
			children = append(children, child)
		}
		tag := fmt.Sprint("v", i)
		tags = append(tags, tag)
		if len(children) == 1 {
			images.tag(children[0], tag)
			continue
		}
		images.referrer("a signature of "+tag, images.tag(images.index(children...), tag))
	}
	return tags
}

// losing makes a fake that has some of the layers and loses some uploads, or bytes of
// them.
func losing(images images, random *rand.Rand) *fake {
	f := newFake()
	for n := range 8 {
		if data := alphabet(1 + n*13); random.IntN(6) == 0 {
			f.layers[layerOf(data).Digest.String()] = []byte(data)
		}
	}
	f.received = func(u *fakeUpload) { // with the lock, which guards random, too
		switch random.IntN(24) {
		case 0:
			u.gone = true
		case 1:
			u.bytes = u.bytes[:random.IntN(len(u.bytes)+1)]
		}
	}
	return f
}

func TestProgressNeverGoesBack(t *testing.T) {
	t.Parallel()
	succeeded := 0
	for seed := range uint64(150) {
		random := rand.New(rand.NewPCG(seed, 0))
		images := newImages(t)
		tags := randomImages(images, random)
		referrers := random.IntN(2) == 0
		f := losing(images, random)
		r := newReports(t)
		var err error
		if random.IntN(2) == 0 {
			_, err = imagepush.Mirror(t.Context(), f, tagged{images, tags}, imagepush.MirrorOptions{Repository: "team/app", Referrers: referrers}, unlimited, r.option)
		} else {
			_, err = imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: tags[0], Tag: "v1", Referrers: referrers}, unlimited, r.option)
			assert.True(t, referrers || !r.grown, "all of an image is reported before its first byte is sent")
		}
		if err == nil {
			succeeded++
			r.complete()
		}
		require.False(t, t.Failed(), "seed %d", seed)
	}
	assert.Greater(t, succeeded, 20, "most pushes get by")
	assert.Less(t, succeeded, 150, "some lose a layer for good")
}

// A request to the registry host that fails after most of a layer was sent is repeated.
func TestProgressOfALayerThatIsSentToTheHostTwice(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	var failed atomic.Bool
	repository, _ := onHost(t, srv, "team/app", func(transport http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			const most = 2*limits.UsualPart + 1
			if r.ContentLength < most || failed.Swap(true) {
				return transport.RoundTrip(r)
			}
			_, _ = io.CopyN(io.Discard, r.Body, most)
			r.Body.Close()
			return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
		})
	})
	data := random(1, 3*limits.UsualPart)
	layer := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageLayer, Digest: digest.FromBytes(data), Size: int64(len(data))}
	r := newReports(t)
	target := newTarget(t, srv.Client(), via(repository), r.option)
	require.NoError(t, target.Push(t.Context(), layer, bytes.NewReader(data)))
	assert.True(t, failed.Load())
	r.complete()
}
