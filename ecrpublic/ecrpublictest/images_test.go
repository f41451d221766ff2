package ecrpublictest_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	dockerList     = "application/vnd.docker.distribution.manifest.list.v2+json"
	dockerSchema1  = "application/vnd.docker.distribution.manifest.v1+prettyjws"
)

// with returns a copy of an object with another member; nil removes it.
func (o object) with(name string, value any) object {
	changed := object{}
	maps.Copy(changed, o)
	changed[name] = value
	if value == nil {
		delete(changed, name)
	}
	return changed
}

func TestKindsOfManifests(t *testing.T) {
	t.Parallel()
	foreign := descriptor("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "elsewhere").with("urls", []string{"https://example.com"})
	for name, tt := range map[string]struct {
		manifest     object
		size         int
		artifactType string
	}{
		"OCI":             {image("layer"), 5, "application/vnd.oci.image.config.v1+json"},
		"Docker":          {image("layer").with("mediaType", dockerManifest), 5, "application/vnd.oci.image.config.v1+json"},
		"a Helm chart":    {image("layer").with("config", descriptor("application/vnd.cncf.helm.config.v1+json", "{}")), 5, "application/vnd.cncf.helm.config.v1+json"},
		"schema 1":        {object{"mediaType": dockerSchema1, "schemaVersion": 1, "fsLayers": []object{{"blobSum": sha("layer")}}}, 5, ""},
		"a foreign layer": {image().with("layers", []object{foreign}), 9, "application/vnd.oci.image.config.v1+json"},
		"an OCI index":    {index(image("layer"), image("layer", "another")), 12, ""},
		"a Docker list":   {index(image("layer")).with("mediaType", dockerList), 5, ""},
		"an empty index":  {index(), 0, ""},
		"a nested index":  {index(image("layer", "another")).with("manifests", []object{descriptor(ociIndex, index(image("layer", "another")).String())}), 12, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t)
			r.layers("{}", "layer", "another")
			for _, child := range []object{image("layer"), image("layer", "another"), index(image("layer", "another"))} {
				require.NoError(t, r.put(child.String(), "child"))
			}
			text := tt.manifest.String()
			if err := r.put(text, "tag"); err != nil {
				require.NoError(t, err)
			}
			d, err := r.describe(byTag("tag"))
			require.NoError(t, err)
			assert.Equal(t, sha(text), *d.ImageDigest)
			assert.EqualValues(t, tt.size, *d.ImageSizeInBytes)
			assert.Equal(t, tt.artifactType, aws.ToString(d.ArtifactMediaType))
			assert.Equal(t, tt.manifest["mediaType"], *d.ImageManifestMediaType)
		})
	}
}

func TestBadManifests(t *testing.T) {
	t.Parallel()
	const noJSON = "Invalid JSON syntax"
	for name, tt := range map[string]struct {
		manifest object
		text     string
	}{
		"no media type":      {image().with("mediaType", nil), noJSON},
		"unknown media type": {image().with("mediaType", "text/plain"), noJSON},
		"no config":          {image().with("config", nil), noJSON},
		"no digest":          {image().with("config", object{}), noJSON},
		"a layer's digest":   {image().with("layers", []object{{"digest": "x"}}), noJSON},
		"a child's digest":   {index().with("manifests", []object{{"digest": "x"}}), noJSON},
		"a subject's digest": {image().with("subject", object{"digest": "x"}), noJSON},
		"a schema 1 layer":   {object{"mediaType": dockerSchema1, "fsLayers": []object{{}}}, noJSON},
		"wrong types":        {image().with("layers", "none"), noJSON},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t)
			r.layers("{}")
			refused := new(types.InvalidParameterException)
			require.ErrorAs(t, r.put(tt.manifest.String(), "tag"), &refused)
			assert.Equal(t, "Invalid parameter at 'ImageManifest' failed to satisfy constraint: '"+tt.text+"'", refused.ErrorMessage())
		})
	}
}

// TestTagsThatCannotBeServed puts tags that the API's pattern allows and the
// registry host cannot serve.
func TestTagsThatCannotBeServed(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "layer")
	for _, tag := range []string{"-v1", ".v1", strings.Repeat("x", 129)} {
		assert.ErrorAs(t, r.put(image("layer").String(), tag), new(*types.InvalidParameterException), tag)
	}
	require.NoError(t, r.put(image("layer").String(), strings.Repeat("x", 128)))
}

func TestLayerlessImagesByTheSpecification(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithRegistryMode(ecrpublictest.RegistryOCI))
	r.layers("{}")
	assert.Equal(t, 201, r.v2("PUT", "manifests/v1", image().String(), "Content-Type", ociManifest).status)
}

func TestMediaTypeOfTheRequestWins(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "layer")
	out, err := r.api.PutImage(t.Context(), &ecrpublic.PutImageInput{
		RepositoryName: aws.String("app"), ImageManifest: aws.String(image("layer").with("mediaType", nil).String()), ImageManifestMediaType: aws.String(dockerManifest),
	})
	require.NoError(t, err)
	assert.Equal(t, dockerManifest, *out.Image.ImageManifestMediaType)
	assert.Nil(t, out.Image.ImageId.ImageTag)
}

func TestMissingReferencesAreNamed(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("a")
	layers := new(types.LayersNotFoundException)
	require.ErrorAs(t, r.put(image("a", "b").String(), ""), &layers)
	assert.Equal(t, "Layers with digests '["+sha("{}")+", "+sha("b")+"]' required for pushing image into repository with name 'app' in the registry with id '"+account+"' do not exist", layers.ErrorMessage())
	images := new(types.ReferencedImagesNotFoundException)
	require.ErrorAs(t, r.put(index(image("a"), image("b")).String(), ""), &images)
	assert.Equal(t, "Images with digests '["+sha(image("a").String())+", "+sha(image("b").String())+"]' required for pushing image into repository with name 'app' in the registry with id '"+account+"' do not exist", images.ErrorMessage())
}

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	digest, err := r.srv.AddImage("app", "v1")
	require.NoError(t, err)
	other, err := r.srv.AddImage("app", "v2")
	require.NoError(t, err)

	both, err := r.describe(types.ImageIdentifier{ImageDigest: &digest, ImageTag: aws.String("v1")})
	require.NoError(t, err)
	assert.Equal(t, digest, *both.ImageDigest)
	_, err = r.describe(types.ImageIdentifier{ImageDigest: &other, ImageTag: aws.String("v1")})
	missing := new(types.ImageNotFoundException)
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, "The image with imageId {imageDigest:'"+other+"', imageTag:'v1'} does not exist within the repository with name 'app' in the registry with id '"+account+"'", missing.ErrorMessage())
	for _, id := range []types.ImageIdentifier{{}, byTag("a b"), byDigest("x")} {
		_, err = r.describe(id)
		assert.ErrorAs(t, err, new(*types.InvalidParameterException))
	}
}

func TestRetagging(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "layer")
	require.NoError(t, r.put(image("layer").String(), "v1"))
	before, err := r.describe(byTag("v1"))
	require.NoError(t, err)
	require.NoError(t, r.put(image("layer").String(), "v2"))
	after, err := r.describe(byTag("v2"))
	require.NoError(t, err)
	assert.Equal(t, before.ImagePushedAt, after.ImagePushedAt)
	assert.Equal(t, []string{"v1", "v2"}, after.ImageTags)
}

func TestBatchDeleteSeesWhatItDeletedBefore(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	digest, err := r.srv.AddImage("app", "a", "b", "c")
	require.NoError(t, err)
	out, err := r.api.BatchDeleteImage(t.Context(), &ecrpublic.BatchDeleteImageInput{RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{
		byTag("a"),
		byTag("a"),
		{ImageDigest: &digest, ImageTag: aws.String("a")},
		{ImageDigest: &digest, ImageTag: aws.String("b")},
		byDigest(digest),
		byTag("c"),
	}})
	require.NoError(t, err)
	of := func(tag string) types.ImageIdentifier {
		return types.ImageIdentifier{ImageDigest: &digest, ImageTag: &tag}
	}
	assert.Equal(t, []types.ImageIdentifier{of("a"), of("b"), of("c")}, out.ImageIds)
	failure := func(id types.ImageIdentifier, code types.ImageFailureCode, reason string) types.ImageFailure {
		return types.ImageFailure{ImageId: &id, FailureCode: code, FailureReason: &reason}
	}
	assert.Equal(t, []types.ImageFailure{
		failure(byTag("a"), types.ImageFailureCodeImageNotFound, "Requested image not found"),
		failure(of("a"), types.ImageFailureCodeImageTagDoesNotMatchDigest, "Requested image tag does not belong to the requested image digest"),
		failure(byDigest(digest), types.ImageFailureCodeImageNotFound, "Requested image not found"),
		failure(byTag("c"), types.ImageFailureCodeImageNotFound, "Requested image not found"),
	}, out.Failures)
}

func TestImagesOfAnIndexAreFreeOnceItIsGone(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "layer")
	child, parent := image("layer").String(), index(image("layer")).String()
	require.NoError(t, r.put(child, ""))
	require.NoError(t, r.put(parent, "multi"))
	remove := func(id types.ImageIdentifier) []types.ImageFailure {
		out, err := r.api.BatchDeleteImage(t.Context(), &ecrpublic.BatchDeleteImageInput{RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{id}})
		require.NoError(t, err)
		return out.Failures
	}
	failures := remove(byDigest(sha(child)))
	require.Len(t, failures, 1)
	assert.Equal(t, "Requested image referenced by manifest list: ["+sha(parent)+"]", *failures[0].FailureReason)
	assert.Empty(t, remove(byTag("multi")))
	assert.Empty(t, remove(byDigest(sha(child))))
}
