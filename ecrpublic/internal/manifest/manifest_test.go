package manifest_test

import (
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

func TestParse(t *testing.T) {
	t.Parallel()
	a, b := digest.FromString("a"), digest.FromString("b")
	m, err := manifest.Parse([]byte(`{"mediaType":"x","manifests":[{"digest":"` + a.String() + `"}],"subject":{"digest":"` + b.String() + `","size":3},"fsLayers":[{"blobSum":"` + a.String() + `"}]}`))
	require.NoError(t, err)
	assert.Equal(t, "x", m.MediaType)
	assert.Equal(t, []ocispec.Descriptor{{Digest: a}}, m.Manifests)
	assert.Equal(t, &ocispec.Descriptor{Digest: b, Size: 3}, m.Subject)
	assert.Equal(t, []manifest.FSLayer{{BlobSum: a}}, m.FSLayers)
	assert.Nil(t, m.Config)
	for _, text := range []string{"", "[]", "<html>", `{"manifests":3}`, `{"manifests":[`} {
		_, err := manifest.Parse([]byte(text))
		assert.ErrorContains(t, err, "manifest: ", text)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for mediaType, want := range map[string][4]bool{
		ocispec.MediaTypeImageIndex:                                    {true, false, true, false},
		manifest.MediaTypeDockerList:                                   {true, false, true, false},
		ocispec.MediaTypeImageManifest:                                 {false, true, true, false},
		manifest.MediaTypeDockerManifest:                               {false, true, true, false},
		manifest.MediaTypeDockerSchema1:                                {},
		manifest.MediaTypeOCIArtifact:                                  {false, false, true, false},
		manifest.MediaTypeDockerForeignLayer:                           {false, false, false, true},
		"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip": {false, false, false, true},
		"": {},
	} {
		assert.Equal(t, want, [4]bool{manifest.IsIndex(mediaType), manifest.IsImage(mediaType), manifest.IsManifest(mediaType), manifest.IsForeignLayer(mediaType)}, mediaType)
	}
}
