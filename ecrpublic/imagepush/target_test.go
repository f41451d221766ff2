package imagepush_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/internal/testdata/bubble"
	"github.com/ecr-public/ecr-public-go/types"
)

var errRefused = errors.New("refused")

// refuse makes every call of an operation fail.
func refuse[In any](f *fake) {
	f.before = func(in any) error {
		if _, ok := in.(*In); ok {
			return errRefused
		}
		return nil
	}
}

func rates(r imagepush.Rates) func(*imagepush.TargetOptions) {
	return func(o *imagepush.TargetOptions) { o.Limiter = imagepush.NewLimiter(r) }
}

func TestNewTargetRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		repository string
		option     func(*imagepush.TargetOptions)
		want       string
	}{
		"no repository":     {"", unlimited, "repository name must have 2 to 205 characters"},
		"bad repository":    {"Team/App", unlimited, `"Team/App"`},
		"a URI":             {"public.ecr.aws/a1b2c3d4/app", unlimited, "leave out the host"},
		"negative Parallel": {"app", func(o *imagepush.TargetOptions) { o.Parallel = -1 }, "Parallel is -1"},
		"huge Parallel":     {"app", func(o *imagepush.TargetOptions) { o.Parallel = 1 << 30 }, "Parallel is 1073741824: want 1 to 1000"},
		"little Memory":     {"app", func(o *imagepush.TargetOptions) { o.Memory = 1 }, "Memory is 1 bytes: want at least 20971520"},
		"no rate":           {"app", rates(imagepush.Rates{PutImage: math.NaN()}), "Rates.PutImage is NaN calls a second"},
		"huge rate":         {"app", rates(imagepush.Rates{InitiateLayerUpload: math.Inf(1)}), "Rates.InitiateLayerUpload is +Inf"},
	} {
		_, err := imagepush.NewTarget(newFake(), test.repository, test.option)
		require.ErrorContains(t, err, test.want, name)
	}
}

func TestAnyMemory(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc")), "v1")
	_, err := imagepush.Push(t.Context(), newFake(), images, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited, func(o *imagepush.TargetOptions) { o.Memory = math.MaxInt64 })
	require.NoError(t, err)
}

func TestExistsAsksTheServiceOnce(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.layers[layerOf("abc").Digest.String()] = []byte("abc")
	target := newTarget(t, f)
	for range 2 {
		found, err := target.Exists(t.Context(), layerOf("abc"))
		require.NoError(t, err)
		assert.True(t, found)
		found, err = target.Exists(t.Context(), layerOf("def"))
		require.NoError(t, err)
		assert.False(t, found)
	}
	assert.Len(t, f.calls, 2)
}

func TestExistsDoesNotTakeAFailureForAbsence(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.image("{}", images.layer("abc"))

	f := newFake()
	refuse[ecrpublic.BatchCheckLayerAvailabilityInput](f)
	_, err := newTarget(t, f).Exists(t.Context(), layerOf("abc"))
	require.ErrorIs(t, err, errRefused)

	refuse[ecrpublic.DescribeImagesInput](f)
	_, err = newTarget(t, f).Exists(t.Context(), image)
	require.ErrorIs(t, err, errRefused)

	_, err = newTarget(t, malformed{f}).Exists(t.Context(), layerOf("abc"))
	require.ErrorContains(t, err, "InvalidLayerDigest")
	assert.ErrorContains(t, err, "not a digest")

	_, err = newTarget(t, f).Exists(t.Context(), ocispec.Descriptor{Digest: "abc"})
	require.ErrorContains(t, err, `digest "abc"`)
}

type malformed struct{ *fake }

func (malformed) BatchCheckLayerAvailability(_ context.Context, in *ecrpublic.BatchCheckLayerAvailabilityInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.BatchCheckLayerAvailabilityOutput, error) {
	return &ecrpublic.BatchCheckLayerAvailabilityOutput{Failures: []types.LayerFailure{{
		LayerDigest:   &in.LayerDigests[0],
		FailureCode:   types.LayerFailureCodeInvalidLayerDigest,
		FailureReason: aws.String("not a digest"),
	}}}, nil
}

func TestLayersAreCheckedAHundredAtATime(t *testing.T) {
	t.Parallel()
	f := newFake()
	images := newImages(t)
	var layers []ocispec.Descriptor
	for i := range 249 {
		layers = append(layers, images.layer(fmt.Sprint("layer ", i)))
	}
	layers = append(layers, layers[0]) // requested once
	target := newTarget(t, f)
	successors, err := target.FindSuccessors(t.Context(), images, images.image("{}", layers...))
	require.NoError(t, err)
	assert.Len(t, successors, 251)
	for _, layer := range successors {
		found, err := target.Exists(t.Context(), layer)
		require.NoError(t, err)
		assert.False(t, found)
	}
	var sizes []int
	for _, check := range inputs[ecrpublic.BatchCheckLayerAvailabilityInput](f) {
		sizes = append(sizes, len(check.LayerDigests))
	}
	assert.Equal(t, []int{100, 100, 50}, sizes)
	assert.Len(t, f.calls, 3)
}

func TestFindSuccessorsFails(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.image("{}", images.layer("abc"))
	f := newFake()
	refuse[ecrpublic.BatchCheckLayerAvailabilityInput](f)
	_, err := newTarget(t, f).FindSuccessors(t.Context(), images, image)
	require.ErrorIs(t, err, errRefused)

	_, err = newTarget(t, newFake()).FindSuccessors(t.Context(), newImages(t), image)
	require.ErrorIs(t, err, errdef.ErrNotFound)

	empty := images.image("{}", images.layer(""))
	_, err = newTarget(t, newFake()).FindSuccessors(t.Context(), images, empty)
	require.ErrorContains(t, err, "0 bytes", "an empty layer is refused before others are sent")

	other := images.image("{}", ocispec.Descriptor{Digest: "md5:abc", Size: 3})
	_, err = newTarget(t, newFake()).FindSuccessors(t.Context(), images, other)
	require.ErrorContains(t, err, "md5:abc")
}

func TestManifestIsPutUnchanged(t *testing.T) {
	t.Parallel()
	f := newFake()
	const manifest = `{ "schemaVersion": 2 }`
	desc := manifestOf(manifest)
	target := newTarget(t, f, func(o *imagepush.TargetOptions) { o.RegistryID = "123456789012" })
	require.NoError(t, target.PushReference(t.Context(), desc, strings.NewReader(manifest), "v1"))
	put := inputs[ecrpublic.PutImageInput](f)[0]
	assert.Equal(t, ecrpublic.PutImageInput{
		RepositoryName:         aws.String("team/app"),
		RegistryId:             aws.String("123456789012"),
		ImageManifest:          aws.String(manifest),
		ImageManifestMediaType: aws.String(ocispec.MediaTypeImageManifest),
		ImageDigest:            aws.String(desc.Digest.String()),
		ImageTag:               aws.String("v1"),
	}, *put)
}

func manifestOf(manifest string) ocispec.Descriptor {
	desc := layerOf(manifest)
	desc.MediaType = ocispec.MediaTypeImageManifest
	return desc
}

func TestManifestIsVerified(t *testing.T) {
	t.Parallel()
	f := newFake()
	target := newTarget(t, f)
	require.ErrorContains(t, target.Push(t.Context(), manifestOf("{}"), strings.NewReader("[]")), "mismatched digest")
	huge := manifestOf("{}")
	huge.Size = 4<<20 + 1
	require.ErrorIs(t, target.Push(t.Context(), huge, strings.NewReader("{}")), errdef.ErrSizeExceedsLimit)
	assert.Empty(t, f.calls)
}

func TestExistingManifestIsSuccess(t *testing.T) {
	t.Parallel()
	f := newFake()
	f.after = sentTwice[ecrpublic.PutImageInput](f)
	require.NoError(t, newTarget(t, f).PushReference(t.Context(), manifestOf("{}"), strings.NewReader("{}"), "v1"))

	refuse[ecrpublic.PutImageInput](f)
	err := newTarget(t, f).PushReference(t.Context(), manifestOf("{}"), strings.NewReader("{}"), "v1")
	require.ErrorIs(t, err, errRefused)
	assert.ErrorContains(t, err, manifestOf("{}").Digest.String())
}

func TestReferencesOfAPush(t *testing.T) {
	t.Parallel()
	desc := manifestOf("{}")
	push := func(f *fake, desc ocispec.Descriptor, reference string) error {
		return newTarget(t, f).PushReference(t.Context(), desc, strings.NewReader("{}"), reference)
	}
	for _, untagged := range []string{"", desc.Digest.String()} {
		f := newFake()
		require.NoError(t, push(f, desc, untagged))
		assert.Nil(t, inputs[ecrpublic.PutImageInput](f)[0].ImageTag)
	}
	f := newFake()
	require.Error(t, push(f, desc, "a:b"))
	require.Error(t, push(f, desc, layerOf("other").Digest.String()))
	require.ErrorIs(t, push(f, layerOf("{}"), "v1"), errdef.ErrUnsupported)
	require.Error(t, push(f, ocispec.Descriptor{}, "v1"))
	require.Error(t, newTarget(t, f).Push(t.Context(), ocispec.Descriptor{}, strings.NewReader("")))
	assert.Empty(t, f.calls)
}

func TestTag(t *testing.T) {
	t.Parallel()
	desc := manifestOf("{}")
	f := newFake()
	target := newTarget(t, f)
	require.NoError(t, target.Push(t.Context(), desc, strings.NewReader("{}")))
	require.NoError(t, target.Tag(t.Context(), desc, "v1"))
	assert.Equal(t, map[string]string{"v1": desc.Digest.String()}, f.tags)
	require.NoError(t, target.Tag(t.Context(), desc, "v1"))
	assert.Len(t, inputs[ecrpublic.PutImageInput](f), 2, "a tag that is right is left alone")
	require.Error(t, target.Tag(t.Context(), desc, "a:b"))
	oversized := desc
	oversized.Size = math.MaxInt64 / 4
	require.NoError(t, target.Tag(t.Context(), oversized, "v3"), "the size of what is put is known")

	other := newTarget(t, f) // which has not seen the manifest
	require.NoError(t, other.Tag(t.Context(), desc, "v1"))
	require.ErrorIs(t, other.Tag(t.Context(), desc, "v2"), errdef.ErrUnsupported)
	refuse[ecrpublic.DescribeImagesInput](f)
	require.ErrorIs(t, newTarget(t, f).Tag(t.Context(), desc, "v1"), errRefused)
}

func TestResolve(t *testing.T) {
	t.Parallel()
	f := newFake()
	target := newTarget(t, f)
	desc := manifestOf("{}")
	require.NoError(t, target.PushReference(t.Context(), desc, strings.NewReader("{}"), "v1"))
	for _, reference := range []string{"v1", desc.Digest.String()} {
		got, err := target.Resolve(t.Context(), reference)
		require.NoError(t, err)
		assert.Equal(t, ocispec.Descriptor{MediaType: desc.MediaType, Digest: desc.Digest}, got)
	}
	_, err := target.Resolve(t.Context(), "v2")
	require.ErrorIs(t, err, errdef.ErrNotFound)
	_, err = target.Resolve(t.Context(), "")
	require.ErrorIs(t, err, errdef.ErrMissingReference)
	refuse[ecrpublic.DescribeImagesInput](f)
	_, err = target.Resolve(t.Context(), "v1")
	require.ErrorIs(t, err, errRefused)

	_, err = newTarget(t, silent{f}).Resolve(t.Context(), "v1")
	require.ErrorIs(t, err, errdef.ErrNotFound)
}

// A reference with a colon is a digest; whether it is valid is left to the service.
func TestResolveAsksForADigestWhereThereIsAColon(t *testing.T) {
	t.Parallel()
	var asked []types.ImageIdentifier
	client := &ecrpublictest.Client{DescribeImagesFunc: func(_ context.Context, in *ecrpublic.DescribeImagesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		asked = in.ImageIds
		return nil, errRefused
	}}
	target, err := imagepush.NewTarget(client, "app")
	require.NoError(t, err)
	_, err = target.Resolve(t.Context(), "sha256:abc")
	require.ErrorIs(t, err, errRefused)
	assert.Equal(t, []types.ImageIdentifier{{ImageDigest: aws.String("sha256:abc")}}, asked)
}

type silent struct{ *fake }

func (silent) DescribeImages(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return &ecrpublic.DescribeImagesOutput{}, nil
}

func TestFetchIsUnsupported(t *testing.T) {
	t.Parallel()
	_, err := newTarget(t, newFake()).Fetch(t.Context(), layerOf("abc"))
	require.ErrorIs(t, err, errdef.ErrUnsupported)
}

// A target works as the destination of both copy functions of oras-go, without anything
// that this package adds to them.
func TestTargetOfORAS(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.tag(images.image("{}", images.layer(alphabet(25)), images.layer("abc")), "v1")
	images.referrer("signed", image)
	for name, copy := range map[string]func(oras.Target) (ocispec.Descriptor, error){
		"Copy": func(target oras.Target) (ocispec.Descriptor, error) {
			return oras.Copy(t.Context(), images, "v1", target, "", oras.DefaultCopyOptions)
		},
		"ExtendedCopy": func(target oras.Target) (ocispec.Descriptor, error) {
			return oras.ExtendedCopy(t.Context(), images, "v1", target, "", oras.DefaultExtendedCopyOptions)
		},
	} {
		f := newFake()
		desc, err := copy(newTarget(t, f))
		require.NoError(t, err, name)
		assert.Equal(t, image.Digest, desc.Digest, name)
		assert.Equal(t, map[string]string{"v1": image.Digest.String()}, f.tags, name)
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rates imagepush.Rates
		want  time.Duration // for 25 layers and images
	}{
		"default":    {imagepush.Rates{}, 0},                                                                                     // until the service refuses
		"documented": {imagepush.Rates{InitiateLayerUpload: 10, CompleteLayerUpload: 10, PutImage: 10}, 1500 * time.Millisecond}, // ten at once, and fifteen more
		"slow":       {imagepush.Rates{InitiateLayerUpload: 1, CompleteLayerUpload: -1, PutImage: -1}, 24 * time.Second},
		"slower":     {imagepush.Rates{InitiateLayerUpload: -1, CompleteLayerUpload: 0.5, PutImage: -1}, 48 * time.Second},
		"images":     {imagepush.Rates{InitiateLayerUpload: -1, CompleteLayerUpload: -1, PutImage: 5}, 4 * time.Second},
		"unlimited":  {imagepush.Rates{InitiateLayerUpload: -1, CompleteLayerUpload: -1, PutImage: -1}, 0},
	} {
		bubble.Test(t, func(t *testing.T) {
			limiter := imagepush.NewLimiter(test.rates)
			target := newTarget(t, newFake(), func(o *imagepush.TargetOptions) { o.Limiter = limiter })
			start := time.Now()
			for i := range 25 {
				data := fmt.Sprintf(`{"i":%d}`, i)
				require.NoError(t, target.Push(t.Context(), layerOf(data), strings.NewReader(data)))
				require.NoError(t, target.Push(t.Context(), manifestOf(data), strings.NewReader(data)))
			}
			assert.InDelta(t, test.want.Seconds(), time.Since(start).Seconds(), 0.001, name)
		})
	}
}

func TestZeroLimiterSetsNoLimits(t *testing.T) {
	t.Parallel()
	target := newTarget(t, newFake(), func(o *imagepush.TargetOptions) { o.Limiter = new(imagepush.Limiter) })
	require.NoError(t, target.Push(t.Context(), layerOf("abc"), strings.NewReader("abc")))
}

func TestLimitedCallEndsWithTheContext(t *testing.T) {
	t.Parallel()
	for name, rates := range map[string]imagepush.Rates{
		"initiate": {InitiateLayerUpload: 0.001},
		"complete": {CompleteLayerUpload: 0.001},
		"put":      {PutImage: 0.001},
	} {
		bubble.Test(t, func(t *testing.T) {
			limiter := imagepush.NewLimiter(rates)
			target := newTarget(t, newFake(), func(o *imagepush.TargetOptions) { o.Limiter = limiter })
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			push := func(data string) error {
				return errors.Join(
					target.Push(ctx, layerOf(data), strings.NewReader(data)),
					target.Push(ctx, manifestOf(data), strings.NewReader(data)),
				)
			}
			require.NoError(t, push("{}"), name)
			require.ErrorIs(t, push("[]"), context.DeadlineExceeded, name)
		})
	}
}
