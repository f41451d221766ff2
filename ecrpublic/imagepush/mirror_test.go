package imagepush_test

import (
	"context"
	"io"
	"maps"
	"path"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
)

// upstream is a source that lists its tags.
type upstream struct {
	images
	tags    map[string]ocispec.Descriptor
	broken  digest.Digest // cannot be fetched
	listing error
}

func newUpstream(t *testing.T, tags ...string) *upstream {
	images := newImages(t)
	u := &upstream{images: images, tags: map[string]ocispec.Descriptor{}}
	for _, tag := range tags {
		u.tags[tag] = images.tag(images.image(`{"tag":"`+tag+`"}`, images.layer("shared by all"), images.layer("layer of "+tag)), tag)
	}
	return u
}

func (u *upstream) Tags(_ context.Context, _ string, fn func([]string) error) error {
	if u.listing != nil {
		return u.listing
	}
	return fn(slices.Sorted(maps.Keys(u.tags)))
}

func (u *upstream) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	if desc.Digest == u.broken {
		return nil, errRefused
	}
	return u.images.Fetch(ctx, desc)
}

func mirror(t *testing.T, f *fake, source imagepush.MirrorSource, tags ...string) (imagepush.MirrorResult, error) {
	t.Helper()
	return imagepush.Mirror(t.Context(), f, source, imagepush.MirrorOptions{Repository: "team/app", Tags: tags}, unlimited)
}

func tagsOf(images []imagepush.MirroredImage) (tags []string) {
	for _, image := range images {
		tags = append(tags, image.Tag)
	}
	return tags
}

func TestMirrorCopiesAllTags(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1.0", "v1.1", "v2.0", "latest", "edge", "nightly")
	f := newFake()
	result, err := mirror(t, f, source)
	require.NoError(t, err)
	assert.Equal(t, []string{"edge", "latest", "nightly", "v1.0", "v1.1", "v2.0"}, tagsOf(result.Images))
	for _, image := range result.Images {
		assert.Equal(t, source.tags[image.Tag].Digest.String(), f.tags[image.Tag])
		assert.Equal(t, source.tags[image.Tag].Digest, image.Descriptor.Digest)
		assert.False(t, image.UpToDate)
	}
	assert.Len(t, f.uploads, 13, "the shared layer goes up once")
	assert.Len(t, result.Uploaded, 19)
}

func TestMirrorSkipsUnchangedTags(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1", "latest")
	f := newFake()
	_, err := mirror(t, f, source)
	require.NoError(t, err)
	source.tag(source.tags["v1"], "latest") // moves
	source.tags["latest"] = source.tags["v1"]

	again := newFake()
	again.layers, again.images, again.tags = f.layers, f.images, f.tags
	result, err := mirror(t, again, source)
	require.NoError(t, err)
	assert.False(t, result.Images[0].UpToDate, "latest")
	assert.True(t, result.Images[1].UpToDate, "v1")
	assert.Equal(t, []digest.Digest{source.tags["v1"].Digest}, digests(result.Uploaded), "for its tag")
	assert.Empty(t, result.Skipped)
	assert.Equal(t, source.tags["v1"].Size, result.Images[0].Bytes)
	assert.Zero(t, result.Images[1].Bytes)
	assert.Empty(t, again.uploads)
	assert.Equal(t, []string{name(source.tags["v1"].Digest, "latest")}, puts(again))
}

// A dry run announces as many bytes as are then sent, also for an image that the
// repository has as a part of an index and that only gets a tag.
func TestBytesOfATagForAnExistingImage(t *testing.T) {
	t.Parallel()
	source := tagged{newImages(t), []string{"index", "child"}}
	child := source.tag(source.image("{}", source.layer("abc")), "child")
	source.tag(source.index(child, source.image(`{"i":1}`)), "index")
	f := newFake()
	_, err := mirror(t, f, source, "index")
	require.NoError(t, err)
	for _, parallel := range []int{1, 2} {
		delete(f.tags, "child")
		for _, dryRun := range []bool{true, false} {
			result, err := imagepush.Mirror(t.Context(), f, source, imagepush.MirrorOptions{Repository: "team/app", DryRun: dryRun}, unlimited, func(o *imagepush.TargetOptions) { o.Parallel = parallel })
			require.NoError(t, err)
			assert.Equal(t, []imagepush.Change{{Tag: "child", Then: child.Digest, Bytes: child.Size}}, result.Changes())
			assert.Equal(t, dryRun, result.UploadedBytes == 0)
			assert.Equal(t, dryRun, result.UploadedBytes != child.Size)
		}
	}
}

func TestMirrorChoosesTags(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ patterns, want []string }{
		{[]string{"v1.*"}, []string{"v1.0", "v1.1"}},
		{[]string{"v[12].0", "latest"}, []string{"latest", "v1.0", "v2.0"}},
		{[]string{"v1.?", "v1.0"}, []string{"v1.0", "v1.1"}},
		{[]string{"latest"}, []string{"latest"}},
	} {
		source := newUpstream(t, "v1.0", "v1.1", "v2.0", "latest")
		result, err := mirror(t, newFake(), source, test.patterns...)
		require.NoError(t, err)
		assert.Equal(t, test.want, tagsOf(result.Images))
	}
}

func TestMirrorListsOnlyForPatterns(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1")
	source.listing = errRefused
	_, err := mirror(t, newFake(), source, "v1")
	require.NoError(t, err)
	_, err = mirror(t, newFake(), source, "v*")
	require.ErrorIs(t, err, errRefused)
}

func TestMirrorRefusesBeforeAnyCall(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1")
	f := newFake()
	_, err := mirror(t, f, source, "v[")
	require.ErrorIs(t, err, path.ErrBadPattern)
	_, err = mirror(t, f, source, "w*")
	require.ErrorContains(t, err, `"w*" matches none of the source's 1 tags`)
	_, err = imagepush.Mirror(t.Context(), f, source, imagepush.MirrorOptions{Repository: "team/app", Tags: []string{}}, unlimited)
	require.ErrorContains(t, err, "Tags is an empty list")
	_, err = mirror(t, f, source, "")
	require.ErrorContains(t, err, "an empty tag")
	_, err = imagepush.Mirror(t.Context(), f, source, imagepush.MirrorOptions{})
	require.ErrorContains(t, err, "repository name")
	_, err = imagepush.Mirror(t.Context(), f, source, imagepush.MirrorOptions{Repository: "team/app", CreateRepository: &fakeRepositories{err: errRefused}})
	require.ErrorIs(t, err, errRefused)
	assert.Empty(t, f.calls)
}

func TestMirrorContinuesAfterAFailure(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1", "v2", "v3")
	source.broken = layerOf("layer of v2").Digest
	f := newFake()
	repositories := &fakeRepositories{}
	options := imagepush.MirrorOptions{Repository: "team/app", Tags: []string{"v1", "v2", "v3", "v4"}, CreateRepository: repositories}
	result, err := imagepush.Mirror(t.Context(), f, source, options, unlimited)
	require.ErrorIs(t, err, errRefused)
	require.ErrorIs(t, err, errdef.ErrNotFound)
	assert.ErrorContains(t, err, "mirror tag v2: ")
	assert.ErrorContains(t, err, "mirror tag v4: ")
	assert.Equal(t, "public.ecr.aws/a1b2c3d4/team/app", result.RepositoryURI)
	assert.Equal(t, []string{"v1", "v3"}, slices.Sorted(maps.Keys(f.tags)))
	require.NoError(t, result.Images[0].Err)
	require.Error(t, result.Images[1].Err)
	require.NoError(t, result.Images[2].Err)
	assert.Zero(t, result.Images[3].Descriptor)
}

func TestMirrorDoesNotTakeAFailureForAbsence(t *testing.T) {
	t.Parallel()
	f := newFake()
	refuse[ecrpublic.DescribeImagesInput](f)
	_, err := mirror(t, f, newUpstream(t, "v1"))
	require.ErrorIs(t, err, errRefused)
	assert.Empty(t, f.uploads)
}

func TestCancelledMirror(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f := newFake()
	result, err := imagepush.Mirror(ctx, f, newUpstream(t, "v1", "v2"), imagepush.MirrorOptions{Repository: "team/app"}, unlimited)
	require.ErrorIs(t, err, context.Canceled)
	assert.Len(t, result.Images, 2)
	assert.Empty(t, f.calls)
}

func TestMirrorFindsNewReferrersOfOldImages(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1")
	f := newFake()
	_, err := mirror(t, f, source)
	require.NoError(t, err)
	signature := source.referrer("signature", source.tags["v1"])
	result, err := imagepush.Mirror(t.Context(), f, source, imagepush.MirrorOptions{Repository: "team/app", Referrers: true}, unlimited)
	require.NoError(t, err)
	assert.True(t, result.Images[0].UpToDate)
	assert.Contains(t, digests(result.Uploaded), signature.Digest)
}

// The repository's tags do not say whether it has a referrer, which has none.
func TestMirrorAgainWithReferrers(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	source := newUpstream(t, "v1", "v2")
	source.referrer("an attestation", source.referrer("a signature", source.tags["v1"]))
	options := imagepush.MirrorOptions{Repository: "team/app", Referrers: true, CreateRepository: srv.Client()}
	_, err := imagepush.Mirror(t.Context(), srv.Client(), source, options, unlimited)
	require.NoError(t, err)
	put := srv.Count("PutImage")
	result, err := imagepush.Mirror(t.Context(), srv.Client(), source, options, unlimited)
	require.NoError(t, err)
	assert.Empty(t, result.Uploaded)
	assert.Empty(t, result.Changes())
	assert.Equal(t, put, srv.Count("PutImage"))
}

func TestMirrorOfASourceWithoutTags(t *testing.T) {
	t.Parallel()
	_, err := mirror(t, newFake(), newUpstream(t))
	require.EqualError(t, err, "imagepush: mirror: the source has no tags")
}

// Only a name that is not a valid tag fails, before anything is sent for it.
func TestMirrorOfInvalidTags(t *testing.T) {
	t.Parallel()
	f := newFake()
	source := newUpstream(t, "v1", "app:v2", "example.com/app:v3")
	result, err := mirror(t, f, source)
	require.ErrorContains(t, err, `imagepush: mirror tag app:v2: `)
	require.ErrorContains(t, err, `imagepush: mirror tag example.com/app:v3: `)
	assert.Equal(t, []string{"app:v2", "example.com/app:v3", "v1"}, tagsOf(result.Images))
	assert.NoError(t, result.Images[2].Err)
	assert.Len(t, f.uploads, 3, "config and layers of v1")
}

func TestMirrorReportsWhatFailed(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1")
	source.broken = layerOf("layer of v1").Digest
	result, err := mirror(t, newFake(), source)
	require.ErrorIs(t, err, errRefused)
	assert.Equal(t, source.tags["v1"].Digest, result.Images[0].Descriptor.Digest)
	pushed, err := imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.ErrorIs(t, err, errRefused)
	assert.Equal(t, source.tags["v1"].Digest, pushed.Descriptor.Digest)
}

// Content is fetched only if it must be sent, and only when it is its turn.
func TestMirrorFetchesWhatItSends(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		source := &fetched{upstream: newUpstream(t, "v1", "v2", "v3"), times: map[digest.Digest]int{}}
		f := newFake()
		f.before = func(in any) error {
			if _, ok := in.(*ecrpublic.UploadLayerPartInput); ok {
				time.Sleep(time.Second) // the others proceed as far as they can
				assert.LessOrEqual(t, source.open.Load(), int64(2))
			}
			return nil
		}
		options := imagepush.MirrorOptions{Repository: "team/app"}
		_, err := imagepush.Mirror(t.Context(), f, source, options, unlimited, func(o *imagepush.TargetOptions) { o.Parallel = 2 })
		require.NoError(t, err)
		assert.Equal(t, 1, source.times[layerOf("shared by all").Digest])
	})
}

// fetched counts the fetches of content, and the open layers.
type fetched struct {
	*upstream
	mu    sync.Mutex
	times map[digest.Digest]int
	open  atomic.Int64
}

func (s *fetched) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	s.mu.Lock()
	s.times[desc.Digest]++
	s.mu.Unlock()
	rc, err := s.upstream.Fetch(ctx, desc)
	if err != nil || desc.MediaType != ocispec.MediaTypeImageLayer {
		return rc, err
	}
	s.open.Add(1)
	return closing{rc, func() { s.open.Add(-1) }}, nil
}

type closing struct {
	io.ReadCloser
	closed func()
}

func (c closing) Close() error {
	c.closed()
	return c.ReadCloser.Close()
}
