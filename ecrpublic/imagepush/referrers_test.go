package imagepush_test

import (
	"context"
	"io"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

func TestReferrers(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	child := images.image("{}", images.layer("abc"))
	index := images.tag(images.index(child), "v1")
	images.index(child, images.image("{}", images.layer("not a referrer")))
	signature := images.referrer("signature", index)
	attestation := images.referrer("attestation", child)
	countersignature := images.referrer("countersignature", signature)

	for _, source := range []imagepush.PushOptions{{Referrers: false}, {Referrers: true}} {
		f := newFake()
		source.Repository, source.Reference = "team/app", "v1"
		want := []string{name(child.Digest, ""), name(index.Digest, "v1")}
		if source.Referrers {
			want = append(want, name(signature.Digest, ""), name(attestation.Digest, ""), name(countersignature.Digest, ""))
		}
		_, err := imagepush.Push(t.Context(), f, images, source, unlimited)
		require.NoError(t, err)
		assert.ElementsMatch(t, want, puts(f))
	}

	f := newFake()
	options := imagepush.PushOptions{Repository: "team/app", Reference: "v1", Referrers: true}
	_, err := imagepush.Push(t.Context(), f, plain{images}, options, unlimited)
	require.NoError(t, err)
	assert.Len(t, puts(f), 2, "a source that lists no referrers has none")
}

// Referrers of manifests at any depth are copied. Those of the image's own subject are
// not.
func TestReferrersOfChildren(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	child := images.image("{}", images.layer("abc"))
	inner := images.index(child)
	images.tag(images.index(inner), "v1")
	about := images.tag(images.referrer("signature", child), "signature")
	other := images.referrer("another signature", child)
	for reference, want := range map[string][]string{
		"v1":        {name(about.Digest, ""), name(other.Digest, "")},
		"signature": {name(about.Digest, "signature")},
	} {
		f := newFake()
		_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: reference, Referrers: true}, unlimited)
		require.NoError(t, err)
		got := slices.DeleteFunc(puts(f), func(put string) bool {
			return !slices.Contains([]string{name(about.Digest, ""), name(other.Digest, ""), name(about.Digest, "signature")}, put)
		})
		assert.ElementsMatch(t, want, got, reference)
	}
}

// Each manifest is examined once. Other content in an index, such as that of build
// caches, is not examined.
func TestReferrersOfOddIndexes(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	deep := images.image("{}", images.layer("abc"))
	for range 12 {
		deep = images.index(deep, deep)
	}
	images.tag(deep, "deep")
	images.tag(images.index(images.layer("no JSON")), "cache")
	for _, reference := range []string{"deep", "cache"} {
		source := &counting{images: images}
		options := imagepush.PushOptions{Repository: "team/app", Reference: reference, Referrers: true}
		_, err := imagepush.Push(t.Context(), newFake(), source, options, unlimited)
		require.NoError(t, err, reference)
		assert.Less(t, source.fetches.Load(), int64(100), reference)
	}
}

// counting counts fetches.
type counting struct {
	images
	fetches atomic.Int64
}

func (c *counting) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	c.fetches.Add(1)
	return c.images.Fetch(ctx, desc)
}

func TestArtifactBringsItsSubject(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.image("{}", images.layer("abc"))
	signature := images.tag(images.referrer("signature", image), "sig")
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, images, imagepush.PushOptions{Repository: "team/app", Reference: "sig"}, unlimited)
	require.NoError(t, err)
	assert.Equal(t, []string{name(image.Digest, ""), name(signature.Digest, "sig")}, puts(f))
}

func TestErrorsOfReferrers(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.tag(images.image("{}", images.layer("abc")), "v1")
	signature := images.referrer("signature", image)
	options := imagepush.PushOptions{Repository: "team/app", Reference: "v1", Referrers: true}
	for name, source := range map[string]faulty{
		"predecessors": {images: images, hidden: image.Digest},
		"fetch":        {images: images, lost: signature.Digest},
	} {
		f := newFake()
		_, err := imagepush.Push(t.Context(), f, source, options, unlimited)
		require.ErrorIs(t, err, errRefused, name)
		assert.Len(t, puts(f), 1, name)
	}
	f := newFake()
	f.before = func(in any) error {
		if put, ok := in.(*ecrpublic.PutImageInput); ok && *put.ImageDigest == signature.Digest.String() {
			return errRefused
		}
		return nil
	}
	_, err := imagepush.Push(t.Context(), f, images, options, unlimited)
	require.ErrorIs(t, err, errRefused)
}

// faulty is a source that fails for some content.
type faulty struct {
	images
	hidden, lost digest.Digest
}

func (i faulty) Predecessors(ctx context.Context, node ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	if node.Digest == i.hidden {
		return nil, errRefused
	}
	return i.images.Predecessors(ctx, node)
}

func (i faulty) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	if desc.Digest == i.lost {
		return nil, errRefused
	}
	return i.images.Fetch(ctx, desc)
}
