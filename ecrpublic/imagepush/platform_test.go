package imagepush_test

import (
	"testing"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/errdef"
)

// platforms makes an index of two platforms, named v1.
func platforms(t *testing.T) (all images, index, amd64, arm64 ocispec.Descriptor) {
	all = newImages(t)
	amd64 = all.image(`{"architecture":"amd64","os":"linux"}`, all.layer("for amd64"))
	arm64 = all.image(`{"architecture":"arm64","os":"linux"}`, all.layer("for arm64"))
	amd64.Platform = &ocispec.Platform{OS: "linux", Architecture: "amd64"}
	arm64.Platform = &ocispec.Platform{OS: "linux", Architecture: "arm64", Variant: "v8"}
	index = all.tag(all.index(amd64, arm64), "v1")
	return all, index, amd64, arm64
}

func TestPlatformOfAnIndex(t *testing.T) {
	t.Parallel()
	images, index, amd64, arm64 := platforms(t)
	images.tag(amd64, "amd64")
	push := func(platform, reference string) (digest.Digest, error) {
		result, err := imagepush.Push(t.Context(), newFake(), images, imagepush.PushOptions{Repository: "team/app", Reference: reference, Platform: platform}, unlimited)
		return result.Descriptor.Digest, err
	}
	for platform, want := range map[string]digest.Digest{"": index.Digest, "linux/amd64": amd64.Digest, "linux/arm64": arm64.Digest, "linux/arm64/v8": arm64.Digest, "linux/amd64/v1": amd64.Digest} {
		got, err := push(platform, "v1")
		require.NoError(t, err, platform)
		assert.Equal(t, want, got, platform)
	}
	_, err := push("linux/s390x", "v1")
	require.ErrorIs(t, err, errdef.ErrNotFound)
	assert.ErrorContains(t, err, "it has linux/amd64 "+amd64.Digest.String()+", linux/arm64/v8 "+arm64.Digest.String())
	_, err = push("linux/amd64", "amd64")
	require.NoError(t, err, "an image by itself")
	images.tag(arm64, "arm64")
	_, err = push("linux/arm64/v8", "arm64")
	require.NoError(t, err, "its config leaves out the usual variant")
	for platform, reference := range map[string]string{"linux/amd64/v2": "v1", "linux/arm64/v9": "arm64"} {
		_, err = push(platform, reference)
		require.ErrorIs(t, err, errdef.ErrNotFound, platform)
	}
	_, err = push("linux/arm64", "amd64")
	require.ErrorContains(t, err, "is an image for linux/amd64, not linux/arm64")
	images.tag(images.image("{}", images.layer("abc")), "bare")
	_, err = push("linux/arm64", "bare")
	require.ErrorContains(t, err, "is an image for no platform, not linux/arm64")
	for _, bad := range []string{"linux", "linux/", "/arm64", "a/b/c/d"} {
		_, err = push(bad, "v1")
		require.ErrorContains(t, err, "want os/architecture", bad)
	}

	partial := open(t, without(t, layout(t, images, "v1"), layerOf("for amd64").Digest, layerOf("for arm64").Digest))
	_, err = imagepush.Push(t.Context(), newFake(), partial, imagepush.PushOptions{Repository: "team/app", Reference: "v1", Platform: "linux/amd64"}, unlimited)
	require.ErrorIs(t, err, errdef.ErrNotFound)
}

func TestPlatformByItsDigest(t *testing.T) {
	t.Parallel()
	images, index, amd64, arm64 := platforms(t)
	source := open(t, layout(t, images, "v1"))
	assert.Equal(t, index.Digest, digestOf(t, source, "v1"), "all is there")
	for _, image := range []ocispec.Descriptor{amd64, arm64} {
		desc, err := source.Resolve(t.Context(), image.Digest.String())
		require.NoError(t, err)
		assert.Equal(t, ocispec.Descriptor{MediaType: image.MediaType, Digest: image.Digest, Size: image.Size}, desc)
	}
	_, err := source.Resolve(t.Context(), layerOf("for arm64").Digest.String())
	require.ErrorIs(t, err, errdef.ErrNotFound, "a layer is no image")
	assert.ErrorContains(t, err, `"v1"]`)

	partial := open(t, without(t, layout(t, images, "v1"), layerOf("for arm64").Digest))
	_, err = partial.Resolve(t.Context(), arm64.Digest.String())
	require.ErrorIs(t, err, errdef.ErrNotFound)
	assert.ErrorContains(t, err, layerOf("for arm64").Digest.String())
}

// Beside an image that states the requested variant, one without a variant is another, in
// the index as well as in configs.
func TestPlatformThatOnlyOneImageStates(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	stated := images.image(`{"architecture":"arm","variant":"v7","os":"linux"}`, images.layer("v7"))
	bare := images.image(`{"architecture":"arm","os":"linux"}`, images.layer("bare"))
	images.tag(images.index(bare, stated), "configs")
	stated.Platform = &ocispec.Platform{OS: "linux", Architecture: "arm", Variant: "v7"}
	bare.Platform = &ocispec.Platform{OS: "linux", Architecture: "arm"}
	images.tag(images.index(bare, stated), "index")
	images.tag(images.index(bare, bare), "bare")
	for reference, want := range map[string]digest.Digest{"configs": stated.Digest, "index": stated.Digest, "bare": bare.Digest} {
		result, err := imagepush.Push(t.Context(), newFake(), images, imagepush.PushOptions{Repository: "team/app", Reference: reference, Tag: "v1", Platform: "linux/arm/v7"}, unlimited)
		require.NoError(t, err, reference)
		assert.Equal(t, want, result.Descriptor.Digest, reference)
		_, err = imagepush.Push(t.Context(), newFake(), images, imagepush.PushOptions{Repository: "team/app", Reference: reference, Tag: "v1", Platform: "linux/arm"}, unlimited)
		assert.Equal(t, reference != "bare", err != nil, "any variant: %v", err)
	}
}
