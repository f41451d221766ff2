package imagepush_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/types"
)

// boundless is a source that has more of everything than can be read.
type boundless struct {
	images
	tagPages, referrerPages int
}

func (s *boundless) Tags(_ context.Context, _ string, fn func([]string) error) error {
	for {
		s.tagPages++
		if err := fn([]string{fmt.Sprint("t", s.tagPages)}); err != nil {
			return err
		}
	}
}

func (s *boundless) Referrers(_ context.Context, _ ocispec.Descriptor, _ string, fn func([]ocispec.Descriptor) error) error {
	for {
		s.referrerPages++
		if err := fn([]ocispec.Descriptor{{MediaType: ocispec.MediaTypeImageManifest, Digest: digest.FromString(fmt.Sprint(s.referrerPages))}}); err != nil {
			return err
		}
	}
}

// emptyPages lists nothing, on as many pages as are read.
type emptyPages struct {
	images
	pages int
}

func (s *emptyPages) Tags(_ context.Context, _ string, fn func([]string) error) error {
	for {
		s.pages++
		if err := fn(nil); err != nil {
			return err
		}
	}
}

// An error that says what the source has reads no more than a few pages for that.
func TestEmptyPagesForAnError(t *testing.T) {
	t.Parallel()
	source := &emptyPages{images: newImages(t)}
	_, err := imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.ErrorIs(t, err, errdef.ErrNotFound)
	assert.ErrorContains(t, err, `the source has no image "v1"`)
	assert.NotContains(t, err.Error(), "it has no tags", "which is not known")
	assert.Equal(t, 10, source.pages)
}

func TestListsThatDoNotEnd(t *testing.T) {
	t.Parallel()
	source := &boundless{images: newImages(t)}
	source.tag(source.image("{}", source.layer("abc")), "v1")
	_, err := imagepush.Mirror(t.Context(), newFake(), source, imagepush.MirrorOptions{Repository: "team/app"}, unlimited)
	require.ErrorIs(t, err, errdef.ErrSizeExceedsLimit)
	assert.Equal(t, 1001, source.tagPages)
	_, err = imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v1", Referrers: true}, unlimited)
	require.ErrorIs(t, err, errdef.ErrSizeExceedsLimit)
	assert.Equal(t, 1001, source.referrerPages)
}

// claims is a source whose referrer says that it is larger than it may be.
type claims struct {
	images
	referrer ocispec.Descriptor
}

func (s claims) Referrers(_ context.Context, _ ocispec.Descriptor, _ string, fn func([]ocispec.Descriptor) error) error {
	return fn([]ocispec.Descriptor{s.referrer})
}

func (s claims) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	assert.LessOrEqual(s.t, desc.Size, int64(4<<20), "the limit is checked before anything is fetched")
	return s.images.Fetch(ctx, desc)
}

func TestManifestsThatAreTooLarge(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	large := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageManifest, Digest: digest.FromString("large"), Size: 5 << 30}
	source := claims{images, large}
	images.tag(images.image("{}", images.layer("abc")), "v1")
	images.tag(images.index(large), "v2")
	for _, reference := range []string{"v1", "v2"} {
		_, err := imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app", Reference: reference, Referrers: true}, unlimited)
		require.ErrorIs(t, err, errdef.ErrSizeExceedsLimit, reference)
		assert.ErrorContains(t, err, large.Digest.String(), reference)
	}
}

// sized is a service that says how large its layers are.
type sized struct{ *fake }

func (s sized) BatchCheckLayerAvailability(ctx context.Context, in *ecrpublic.BatchCheckLayerAvailabilityInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	out, err := s.fake.BatchCheckLayerAvailability(ctx, in, optFns...)
	for i, layer := range out.Layers {
		if layer.LayerAvailability == types.LayerAvailabilityAvailable {
			out.Layers[i].LayerSize = aws.Int64(int64(len(s.layers[*layer.LayerDigest])))
		}
	}
	return out, err
}

// lax is a source that has content of any size.
type lax struct{ images }

func (lax) Exists(context.Context, ocispec.Descriptor) (bool, error) { return true, nil }

// What is in the repository already is checked like what is not.
func TestWrongSizesOfWhatIsThere(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	layer := images.layer("layer one")
	good := images.tag(images.image("{}", layer), "good")
	wrong := layer
	wrong.Size--
	bad := images.tag(images.image("{}", wrong), "bad")
	child := good
	child.Size++
	images.tag(images.index(child), "bad index")
	images.tag(images.image("{}", layer, wrong), "both")

	f := newFake()
	_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "good"}, unlimited)
	require.NoError(t, err)
	_, err = imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "bad"}, unlimited)
	require.ErrorIs(t, err, errdef.ErrNotFound, "the source has no such layer")
	_, err = imagepush.Push(t.Context(), sized{f}, lax{images}, imagepush.PushOptions{Repository: "team/app", Reference: "bad"}, unlimited)
	require.ErrorIs(t, err, content.ErrInvalidDescriptorSize)
	require.ErrorContains(t, err, "has 9 bytes, but its descriptor says 8")
	for _, reference := range []string{"bad index", "both"} {
		_, err = imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: reference, Tag: "x"}, unlimited)
		require.Error(t, err, reference)
	}
	assert.NotContains(t, f.images, bad.Digest.String())
	assert.Len(t, f.images, 1)

	target := newTarget(t, sized{f})
	_, err = target.Exists(t.Context(), wrong)
	require.ErrorIs(t, err, content.ErrInvalidDescriptorSize)
}

func TestServiceThatStoresAnotherManifest(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc")), "v1")
	result, err := imagepush.Push(t.Context(), other{newFake()}, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.ErrorIs(t, err, content.ErrMismatchedDigest)
	assert.Empty(t, result.Tag)
}

type other struct{ *fake }

func (o other) PutImage(ctx context.Context, in *ecrpublic.PutImageInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.PutImageOutput, error) {
	_, err := o.fake.PutImage(ctx, in, optFns...)
	d := digest.FromString("another one").String()
	return &ecrpublic.PutImageOutput{Image: &types.Image{ImageId: &types.ImageIdentifier{ImageDigest: &d}}}, err
}

func TestSubjectThatIsNowhere(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	subject := ocispec.Descriptor{MediaType: ocispec.MediaTypeImageManifest, Digest: digest.FromString("gone"), Size: 4}
	signature := images.tag(images.referrer("a signature", subject), "v1")
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.ErrorIs(t, err, errdef.ErrNotFound)
	assert.ErrorContains(t, err, fmt.Sprintf("subject %s of %s is neither in the source nor in the repository", subject.Digest, signature.Digest))
	assert.Empty(t, f.uploads)

	f.images[subject.Digest.String()] = "gone"
	_, err = imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.NoError(t, err, "it is in the repository")
}

// Progress may look at the target, and while it does, others wait for it.
func TestProgressThatCallsBack(t *testing.T) {
	t.Parallel()
	f := newFake()
	var target *imagepush.Target
	calls := 0
	target = newTarget(t, f, func(o *imagepush.TargetOptions) {
		o.Progress = func(p imagepush.Progress) {
			calls++
			if calls < 10 {
				_, err := target.Exists(t.Context(), layerOf("def"))
				assert.NoError(t, err)
			}
		}
	})
	f.layers[layerOf("def").Digest.String()] = []byte("def")
	require.NoError(t, target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")))
	assert.Equal(t, 3, calls, "begin, found, end")
}

func TestErrorsOfAPush(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc")), "v1")
	f := newFake()
	f.before = func(any) error { return &types.RepositoryNotFoundException{} }
	_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.ErrorContains(t, err, "(create the repository first)")
	_, err = imagepush.Push(t.Context(), f, open(t, layout(t, images, "v1")), imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
	require.ErrorContains(t, err, "imagepush: push to team/app: ")
	assert.NotContains(t, err.Error(), `""`)
}

// tagged is a source with tags, as many on a page as it has.
type tagged struct {
	images
	tags []string
}

func (s tagged) Tags(_ context.Context, _ string, fn func([]string) error) error { return fn(s.tags) }

func TestErrorForAMissingReference(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	many := slices.Repeat([]string{"v"}, 21)
	for want, source := range map[string]oras.ReadOnlyTarget{
		`push "v9" to team/app: the source has no image "v9": v9: not found`: images,
		`v9: not found; it has no tags`:                                      tagged{images, nil},
		`v9: not found; it has ["v1" "v2"]`:                                  tagged{images, []string{"v1", "v2"}},
		`"v" "v"] and perhaps more`:                                          tagged{images, many},
		`the source has []`:                                                  open(t, layout(t, images)),
	} {
		for _, platform := range []string{"", "linux/amd64"} {
			_, err := imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v9", Platform: platform}, unlimited)
			require.ErrorIs(t, err, errdef.ErrNotFound)
			assert.ErrorContains(t, err, want)
		}
	}
	repository, err := remote.NewRepository("registry.test/app")
	require.NoError(t, err)
	for _, source := range []oras.ReadOnlyTarget{images, repository} {
		_, err := imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app"}, unlimited)
		require.EqualError(t, err, "imagepush: push to team/app: missing reference: Reference is empty: want a tag or digest of the source")
	}
	_, err = imagepush.Mirror(t.Context(), newFake(), tagged{images, nil}, imagepush.MirrorOptions{Repository: "team/app", Tags: []string{"v9"}}, unlimited)
	require.ErrorContains(t, err, "mirror tag v9: the source has no such image: v9: not found")
}

func TestResultSaysWhichTagWasSet(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.tag(images.image("{}", images.layer("abc")), "v1")
	for _, test := range []struct{ tag, reference, want string }{{"", "v1", "v1"}, {"v2", "v1", "v2"}, {"", image.Digest.String(), ""}} {
		images.tag(image, image.Digest.String())
		result, err := imagepush.Push(t.Context(), newFake(), images, imagepush.PushOptions{Repository: "team/app", Tag: test.tag, Reference: test.reference}, unlimited)
		require.NoError(t, err)
		assert.Equal(t, test.want, result.Tag)
		assert.EqualValues(t, result.Calls, result.Attempts)
	}
}

func TestDryRunOfAMirror(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1", "v2", "v3")
	f := newFake()
	_, err := mirror(t, f, source, "v1")
	require.NoError(t, err)
	f.images[layerOf("old").Digest.String()], f.tags["v2"] = "old", layerOf("old").Digest.String()
	before := len(f.uploads)
	dry := func(client imagepush.APIClient) []imagepush.Change {
		result, err := imagepush.Mirror(t.Context(), client, source, imagepush.MirrorOptions{Repository: "team/app", DryRun: true}, unlimited)
		require.NoError(t, err)
		assert.True(t, result.Images[0].UpToDate)
		assert.Empty(t, result.Uploaded)
		return result.Changes()
	}
	bytes := func(tag string) int64 { return source.tags[tag].Size + int64(len(`{"tag":"v1"}`)+len("layer of v1")) }
	want := []imagepush.Change{
		{Tag: "v2", Now: layerOf("old").Digest, Then: source.tags["v2"].Digest, Bytes: bytes("v2")},
		{Tag: "v3", Then: source.tags["v3"].Digest, Bytes: bytes("v3")},
	}
	assert.Equal(t, want, dry(f))
	assert.Equal(t, want, dry(listing{f}))
	assert.Len(t, f.uploads, before)
	assert.Len(t, f.tags, 2)

	var table strings.Builder
	require.NoError(t, imagepush.WriteChanges(&table, want))
	assert.Regexp(t, `^TAG +NOW +THEN +BYTES\nv2 +sha256:\w+ +sha256:\w+ +\d+\nv3 +- +sha256:\w+ +\d+\n$`, table.String())

	missing := newFake()
	missing.before = func(any) error { return &types.RepositoryNotFoundException{} }
	repositories := &fakeRepositories{}
	options := imagepush.MirrorOptions{Repository: "team/app", DryRun: true, CreateRepository: repositories}
	result, err := imagepush.Mirror(t.Context(), listing{missing}, source, options, unlimited)
	require.NoError(t, err, "it would be created")
	assert.Empty(t, repositories.created)
	assert.Len(t, result.Changes(), 3)
}

// listing is a client that can list tags, two on a page.
type listing struct{ *fake }

func (l listing) DescribeImageTags(ctx context.Context, in *ecrpublic.DescribeImageTagsInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error) {
	return call(l.fake, ctx, in, func() (*ecrpublic.DescribeImageTagsOutput, error) {
		out := new(ecrpublic.DescribeImageTagsOutput)
		for tag, d := range l.tags {
			if tag > aws.ToString(in.NextToken) {
				out.ImageTagDetails = append(out.ImageTagDetails, types.ImageTagDetail{ImageTag: &tag, ImageDetail: &types.ReferencedImageDetail{ImageDigest: &d}})
			}
		}
		sortTags(out.ImageTagDetails)
		if len(out.ImageTagDetails) > 2 {
			out.ImageTagDetails = out.ImageTagDetails[:2]
			out.NextToken = out.ImageTagDetails[1].ImageTag
		}
		return out, nil
	})
}

// A listing replaces a look at each tag, as long as it costs no more.
func TestMirrorListsTheRepositoryOnce(t *testing.T) {
	t.Parallel()
	source := newUpstream(t, "v1", "v2", "v3", "v4", "v5")
	f := newFake()
	_, err := imagepush.Mirror(t.Context(), listing{f}, source, imagepush.MirrorOptions{Repository: "team/app"}, unlimited)
	require.NoError(t, err)
	assert.Empty(t, inputs[ecrpublic.DescribeImagesInput](f))
	assert.Len(t, inputs[ecrpublic.BatchCheckLayerAvailabilityInput](f), 5)

	f.calls = nil
	result, err := imagepush.Mirror(t.Context(), listing{f}, source, imagepush.MirrorOptions{Repository: "team/app"}, unlimited)
	require.NoError(t, err)
	assert.Len(t, f.calls, 3, "pages of two")
	for _, image := range result.Images {
		assert.True(t, image.UpToDate)
		assert.Equal(t, image.Descriptor.Digest, image.Previous)
	}

	f.calls = nil
	result, err = imagepush.Mirror(t.Context(), listing{f}, source, imagepush.MirrorOptions{Repository: "team/app", Tags: []string{"v5"}}, unlimited)
	require.NoError(t, err)
	assert.True(t, result.Images[0].UpToDate, "what a listing that was not read to its end did not say is asked for")
	assert.Len(t, f.calls, 2)
}

func sortTags(tags []types.ImageTagDetail) {
	slices.SortFunc(tags, func(a, b types.ImageTagDetail) int { return strings.Compare(*a.ImageTag, *b.ImageTag) })
}
