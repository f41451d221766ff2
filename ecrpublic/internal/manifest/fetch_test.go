package manifest_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

func TestFetch(t *testing.T) {
	t.Parallel()
	texts := map[digest.Digest]string{}
	store := content.FetcherFunc(func(_ context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
		if text, ok := texts[desc.Digest]; ok {
			return io.NopCloser(strings.NewReader(text)), nil
		}
		return nil, errdef.ErrNotFound
	})
	stored := func(mediaType, text string) ocispec.Descriptor {
		texts[digest.FromString(text)] = text
		return content.NewDescriptorFromBytes(mediaType, []byte(text))
	}
	const text = `{"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"digest":"a"},"layers":[{"digest":"b"}],"subject":{"digest":"c"}}`
	image := stored(ocispec.MediaTypeImageManifest, text)
	data, m, err := manifest.Fetch(t.Context(), store, image)
	require.NoError(t, err)
	assert.Equal(t, text, string(data))
	children, blobs, subject := m.Links(image.MediaType)
	assert.Empty(t, children)
	assert.Equal(t, []ocispec.Descriptor{{Digest: "a"}, {Digest: "b"}}, blobs)
	assert.EqualValues(t, "c", subject.Digest)

	large := image
	large.Size = 4<<20 + 1
	_, _, err = manifest.Fetch(t.Context(), nil, large)
	require.ErrorIs(t, err, errdef.ErrSizeExceedsLimit, "before anything is read")
	assert.ErrorContains(t, err, "accepts up to 4194304")

	for text, want := range map[string]string{
		"{": "unexpected end",
		`{"mediaType":"application/vnd.oci.image.index.v1+json"}`:              "but the manifest says",
		`{"manifests":[{}],"layers":[{}]}`:                                     "both an index and an image",
		`{"layers":[` + strings.Repeat("null,", manifest.MaxElements+1) + `{}`: fmt.Sprintf("more than %d members", manifest.MaxElements),
	} {
		_, _, err := manifest.Fetch(t.Context(), store, stored(ocispec.MediaTypeImageManifest, text))
		assert.ErrorContains(t, err, want)
	}
	many := `{"layers":[` + strings.Repeat("{},", manifest.MaxDescriptors) + `{}]}`
	_, _, err = manifest.Fetch(t.Context(), store, stored(ocispec.MediaTypeImageManifest, many))
	require.ErrorContains(t, err, "more than 10000 in a list")
	_, _, err = manifest.Fetch(t.Context(), store, content.NewDescriptorFromBytes(ocispec.MediaTypeImageManifest, bytes.Repeat([]byte("x"), 3)))
	assert.ErrorIs(t, err, errdef.ErrNotFound)
}

func TestLinks(t *testing.T) {
	t.Parallel()
	m, err := manifest.Parse([]byte(`{"manifests":[{"digest":"m"}],"config":{"digest":"c"},"layers":[{"digest":"l"}],"blobs":[{"digest":"b"}],"subject":{"digest":"s"}}`))
	require.NoError(t, err)
	for mediaType, want := range map[string]string{
		ocispec.MediaTypeImageIndex:      "m s",
		manifest.MediaTypeDockerList:     "m ",
		ocispec.MediaTypeImageManifest:   "cl s",
		manifest.MediaTypeDockerManifest: "cl ",
		manifest.MediaTypeOCIArtifact:    "b s",
		"text/plain":                     " ",
	} {
		children, blobs, subject := m.Links(mediaType)
		var got strings.Builder
		for _, desc := range append(children, blobs...) {
			got.WriteString(desc.Digest.String())
		}
		got.WriteString(" ")
		if subject != nil {
			got.WriteString(subject.Digest.String())
		}
		assert.Equal(t, want, got.String(), mediaType)
	}
}
