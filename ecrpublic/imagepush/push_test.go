package imagepush_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
	"github.com/ecr-public/ecr-public-go/types"
)

// puts lists the manifests that were put, as the first bytes of the digest and
// the tag.
func puts(f *fake) (all []string) {
	for _, put := range inputs[ecrpublic.PutImageInput](f) {
		all = append(all, name(digest.Digest(*put.ImageDigest), aws.ToString(put.ImageTag)))
	}
	return all
}

func name(d digest.Digest, tag string) string { return d.Encoded()[:8] + ":" + tag }

func TestPushSendsEverythingOnce(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.tag(images.image("{}", images.layer(alphabet(25)), images.layer("abc")), "v1")
	f := newFake()
	result, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.NoError(t, err)
	assert.Equal(t, image.Digest, result.Descriptor.Digest)
	assert.Empty(t, result.RepositoryURI)
	assert.Len(t, result.Uploaded, 4)
	assert.Equal(t, image.Digest, result.Uploaded[3].Digest, "the image comes last")
	assert.Empty(t, result.Skipped)
	assert.Equal(t, 2+25+3+image.Size, result.UploadedBytes)
	assert.Equal(t, []string{name(image.Digest, "v1")}, puts(f))
	assert.Len(t, f.uploads, 3)

	again := newFake()
	again.layers, again.images, again.tags = f.layers, f.images, f.tags
	result, err = imagepush.Push(t.Context(), again, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.NoError(t, err)
	assert.Equal(t, []digest.Digest{image.Digest}, digests(result.Skipped))
	assert.Empty(t, result.Uploaded)
	assert.Zero(t, result.UploadedBytes)
	assert.Len(t, again.calls, 1, "one call finds image and tag")
}

func TestPushSetsAnotherTagWithOneCall(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.tag(images.image("{}", images.layer("abc")), "v1")
	f := newFake()
	push := func(tag string) imagepush.PushResult {
		result, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1", Tag: tag}, unlimited)
		require.NoError(t, err)
		return result
	}
	push("v1")
	result := push("v2")
	assert.Equal(t, []string{name(image.Digest, "v1"), name(image.Digest, "v2")}, puts(f))
	assert.Equal(t, []digest.Digest{image.Digest}, digests(result.Uploaded))
	assert.Empty(t, result.Skipped)
	assert.Len(t, f.uploads, 2)
}

func TestIndexComesAfterItsImages(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	shared := images.layer("shared")
	var children []ocispec.Descriptor
	var want []string
	for i := range 5 {
		child := images.image(fmt.Sprintf(`{"i":%d}`, i), shared, images.layer(fmt.Sprint("layer ", i)))
		children = append(children, child)
		want = append(want, name(child.Digest, ""))
	}
	index := images.tag(images.index(children...), "v1")
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.NoError(t, err)
	got := puts(f)
	assert.ElementsMatch(t, want, got[:5])
	assert.Equal(t, []string{name(index.Digest, "v1")}, got[5:])
	assert.Len(t, f.uploads, 11, "the shared layer goes up once")
}

func TestPushSendsOnlyWhatIsMissing(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc"), images.layer("def")), "v1")
	f := newFake()
	f.layers[layerOf("abc").Digest.String()] = []byte("abc")
	var progress []string
	result, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited,
		func(o *imagepush.TargetOptions) {
			o.Progress = func(p imagepush.Progress) {
				if p.Descriptor.MediaType == ocispec.MediaTypeImageLayer {
					progress = append(progress, fmt.Sprint(p.Descriptor.Digest.Encoded()[:4], " ", p.Done, " of ", p.Descriptor.Size, " ", p.Skipped))
				}
			}
		})
	require.NoError(t, err)
	assert.Equal(t, []digest.Digest{layerOf("abc").Digest}, digests(result.Skipped))
	assert.Contains(t, progress, layerOf("abc").Digest.Encoded()[:4]+" 3 of 3 true")
	assert.Contains(t, progress, layerOf("def").Digest.Encoded()[:4]+" 3 of 3 false")
	assert.Len(t, inputs[ecrpublic.BatchCheckLayerAvailabilityInput](f), 1)
}

func TestProgressOfALayer(t *testing.T) {
	t.Parallel()
	f := newFake()
	var lost bool
	f.received = func(u *fakeUpload) {
		if !lost && u.parts == 2 {
			lost, u.gone = true, true
		}
	}
	var done []int64
	target := newTarget(t, f, func(o *imagepush.TargetOptions) {
		o.Progress = func(p imagepush.Progress) { done = append(done, p.Done) }
	})
	data := alphabet(25)
	require.NoError(t, target.Push(t.Context(), layerOf(data), strings.NewReader(data)))
	assert.Equal(t, []int64{0, 10, 20, 25}, done, "the second upload is reported once it gets further than the first")
}

func TestPushStartsALostLayerOver(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer(alphabet(25))), "v1")
	f := newFake()
	var lost bool
	f.received = func(u *fakeUpload) {
		if !lost && u.parts == 2 {
			lost, u.gone = true, true
		}
	}
	source := &counted{ReadOnlyTarget: streams{images}}
	_, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.NoError(t, err, "although the source is a stream")
	assert.True(t, lost)
	assert.Zero(t, source.open.Load())
	assert.Zero(t, source.late.Load())
}

// streams hides that a source's contents can seek.
type streams struct{ images }

func (s streams) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	rc, err := s.images.Fetch(ctx, desc)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{rc, rc}, nil
}

func TestPushThatCannotFetchAgain(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer(alphabet(25))), "v1")
	f := newFake()
	f.received = func(u *fakeUpload) { u.gone = u.gone || u.parts == 2 }
	source := &counted{ReadOnlyTarget: &fetchOnce{images: images, seen: map[digest.Digest]bool{}}}
	_, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.ErrorIs(t, err, errRefused)
	assert.Zero(t, source.open.Load())
	assert.Zero(t, source.late.Load())
}

type fetchOnce struct {
	images
	mu   sync.Mutex
	seen map[digest.Digest]bool
}

func (s *fetchOnce) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen[desc.Digest] {
		return nil, errRefused
	}
	s.seen[desc.Digest] = true
	return s.images.Fetch(ctx, desc)
}

func TestPushRefusesBeforeAnyCall(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc")), "app:v1")
	for want, options := range map[string]imagepush.PushOptions{
		"repository name must have 2":                                 {Reference: "app:v1", Tag: "v1"},
		`imagepush: tag "a b" does not match`:                         {Repository: "team/app", Reference: "app:v1", Tag: "a b"},
		`Tag is empty, and Reference cannot be the tag: tag "app:v1"`: {Repository: "team/app", Reference: "app:v1"},
		`the source has no image "v2"`:                                {Repository: "team/app", Reference: "v2"},
		"Reference is empty":                                          {Repository: "team/app"},
	} {
		f := newFake()
		repositories := &fakeRepositories{}
		options.CreateRepository = repositories
		_, err := imagepush.Push(t.Context(), f, images, options, unlimited)
		require.ErrorContains(t, err, want)
		assert.Empty(t, f.calls, want)
		assert.Empty(t, repositories.created, want)
	}
}

func TestPushOfADigestSetsNoTag(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.image("{}", images.layer("abc"))
	images.tag(image, image.Digest.String())
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: image.Digest.String()}, unlimited)
	require.NoError(t, err)
	assert.Equal(t, []string{name(image.Digest, "")}, puts(f))
}

func TestFailedPushTellsWhatItDid(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc")), "v1")
	f := newFake()
	refuse[ecrpublic.PutImageInput](f)
	result, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.ErrorIs(t, err, errRefused)
	assert.ErrorContains(t, err, `imagepush: push "v1" to team/app`)
	assert.Len(t, result.Uploaded, 2)
}

// fakeRepositories is the part of a client that creates repositories.
type fakeRepositories struct {
	housekeeping.EnsureRepositoryAPIClient
	created []string
	err     error
}

func (r *fakeRepositories) DescribeRepositories(_ context.Context, in *ecrpublic.DescribeRepositoriesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error) {
	if !slices.Contains(r.created, in.RepositoryNames[0]) {
		return nil, &types.RepositoryNotFoundException{}
	}
	uri := "public.ecr.aws/a1b2c3d4/" + in.RepositoryNames[0]
	return &ecrpublic.DescribeRepositoriesOutput{Repositories: []types.Repository{{RepositoryUri: &uri}}}, nil
}

func (r *fakeRepositories) CreateRepository(_ context.Context, in *ecrpublic.CreateRepositoryInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.CreateRepositoryOutput, error) {
	if r.err != nil {
		return nil, r.err
	}
	r.created = append(r.created, *in.RepositoryName)
	return &ecrpublic.CreateRepositoryOutput{}, nil
}

func TestPushCreatesTheRepository(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc")), "v1")
	repositories := &fakeRepositories{}
	options := imagepush.PushOptions{Repository: "team/app", Reference: "v1", CreateRepository: repositories}
	result, err := imagepush.Push(t.Context(), newFake(), images, options, unlimited)
	require.NoError(t, err)
	assert.Equal(t, "public.ecr.aws/a1b2c3d4/team/app", result.RepositoryURI)
	assert.Equal(t, []string{"team/app"}, repositories.created)

	f := newFake()
	options.CreateRepository = &fakeRepositories{err: errRefused}
	_, err = imagepush.Push(t.Context(), f, images, options, unlimited)
	require.ErrorIs(t, err, errRefused)
	assert.Empty(t, f.calls)
}

// A bubble of synctest does not end while a goroutine is left.
func TestCancelledPushLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	bubble.Test(t, func(t *testing.T) {
		images := newImages(t)
		var layers []ocispec.Descriptor
		for i := range 20 {
			layers = append(layers, images.layer(fmt.Sprintf("layer %d %s", i, alphabet(25))))
		}
		images.tag(images.image("{}", layers...), "v1")
		f := newFake()
		ctx, cancel := context.WithCancel(t.Context())
		f.before = func(in any) error {
			f.mu.Lock()
			complete := len(f.layers)
			f.mu.Unlock()
			if part, ok := in.(*ecrpublic.UploadLayerPartInput); ok && *part.PartFirstByte > 0 && complete > 4 {
				cancel()
				return ctx.Err()
			}
			return nil
		}
		source := &counted{ReadOnlyTarget: images}
		options := imagepush.PushOptions{Repository: "team/app", Reference: "v1"}
		result, err := imagepush.Push(ctx, f, source, options, unlimited)
		require.ErrorIs(t, err, context.Canceled)
		assert.Zero(t, source.open.Load())
		assert.Zero(t, source.late.Load())
		assert.Empty(t, f.images)

		f.before = nil
		sent := len(result.Uploaded)
		assert.NotZero(t, sent)
		result, err = imagepush.Push(t.Context(), f, source, options, unlimited)
		require.NoError(t, err)
		assert.Len(t, result.Skipped, sent)
		assert.Len(t, result.Uploaded, 22-sent)
		assert.Zero(t, source.open.Load())
		assert.Zero(t, source.late.Load())
	})
}

// Layers that are kept elsewhere are neither asked for, sent nor reported.
func TestForeignLayersAreLeftOut(t *testing.T) {
	t.Parallel()
	for _, mediaType := range []string{
		"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
	} {
		for _, size := range []int64{0, 9, 20_000 << 20} {
			images := newImages(t)
			foreign := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromString("elsewhere"), Size: size, URLs: []string{"https://example.com"}}
			images.tag(images.image("{}", images.layer("abc"), foreign), "v1")
			f := newFake()
			_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited, func(o *imagepush.TargetOptions) {
				o.Progress = func(p imagepush.Progress) { assert.NotEqual(t, foreign.Digest, p.Descriptor.Digest) }
			})
			require.NoError(t, err)
			assert.Len(t, f.uploads, 2)
		}
	}
}

func TestExistsErrorEndsThePush(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc")), "v1")
	f := newFake()
	refuse[ecrpublic.DescribeImagesInput](f)
	_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.ErrorIs(t, err, errRefused)
	_, err = imagepush.Push(t.Context(), newFake(), images, imagepush.PushOptions{Repository: "team/app", Reference: "none"}, unlimited)
	require.ErrorIs(t, err, errdef.ErrNotFound)
}
