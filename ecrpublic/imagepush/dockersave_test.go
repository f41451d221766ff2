package imagepush_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// configOf makes an image's config for layers that hold this uncompressed.
func configOf(layers ...string) string {
	ids := []digest.Digest{}
	for _, layer := range layers {
		ids = append(ids, digest.FromString(layer))
	}
	config, _ := json.Marshal(ocispec.Image{RootFS: ocispec.RootFS{Type: "layers", DiffIDs: ids}})
	return string(config)
}

func gzipped(t *testing.T, data string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, data)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return b.String()
}

func gunzipped(t *testing.T, data []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	require.NoError(t, err)
	plain, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(plain)
}

// manifestFor reads an image's manifest from a source.
func manifestFor(t *testing.T, source *imagepush.Source, reference string) ocispec.Manifest {
	t.Helper()
	desc, data, err := oras.FetchBytes(t.Context(), source, reference, oras.DefaultFetchBytesOptions)
	require.NoError(t, err)
	assert.Equal(t, desc.Digest, digest.FromBytes(data))
	var manifest ocispec.Manifest
	require.NoError(t, json.Unmarshal(data, &manifest))
	return manifest
}

func TestOpenWhatCraneSaves(t *testing.T) {
	t.Parallel()
	config, layer := configOf("layer"), gzipped(t, "layer")
	path := archiveOf(t,
		file("sha256:abc", config),
		file("def.tar.gz", layer),
		file("manifest.json", `[{"Config":"sha256:abc","RepoTags":["app:v1"],"Layers":["def.tar.gz"]}]`),
	)
	source := open(t, path)
	want := fmt.Sprintf(`{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json",`+
		`"config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":%d,"digest":"%s"},`+
		`"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":%d,"digest":"%s"}]}`,
		len(config), digest.FromString(config), len(layer), digest.FromString(layer))
	for _, reference := range []string{"app:v1", digest.FromString(want).String()} {
		_, data, err := oras.FetchBytes(t.Context(), source, reference, oras.DefaultFetchBytesOptions)
		require.NoError(t, err)
		assert.Equal(t, want, string(data), "crane computes its digest over these bytes")
	}
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
	require.NoError(t, err)
	assert.Equal(t, layer, string(f.layers[digest.FromString(layer).String()]))
}

func TestOpenWhatDockerSaves(t *testing.T) {
	t.Parallel()
	path := archiveOf(t,
		file("./111/layer.tar", "base"),
		file("111/json", "{}"),
		link(tar.TypeSymlink, "222/layer.tar", "../111/layer.tar"),
		link(tar.TypeLink, "333/layer.tar", "222/layer.tar"),
		link(tar.TypeSymlink, "circle", "circle"),
		link(tar.TypeSymlink, "444/layer.tar", "../nowhere"),
		file("555/layer.tar", "top"),
		file("one.json", configOf("base", "top")),
		file("two.json", configOf("base", "base")),
		file("manifest.json", `[
			{"Config":"one.json","RepoTags":["app:v1","app:latest"],"Layers":["111/layer.tar","555/layer.tar"]},
			{"Config":"two.json","RepoTags":null,"Layers":["222/layer.tar","333/layer.tar"]}
		]`),
	)
	source := open(t, path)
	one := manifestFor(t, source, "app:latest")
	assert.Equal(t, digest.FromString(configOf("base", "top")), one.Config.Digest)
	require.Len(t, one.Layers, 2)
	for i, want := range []string{"base", "top"} {
		assert.Equal(t, "application/vnd.docker.image.rootfs.diff.tar.gzip", one.Layers[i].MediaType)
		data, err := content.FetchAll(t.Context(), source, one.Layers[i])
		require.NoError(t, err)
		assert.Equal(t, want, gunzipped(t, data))
	}

	assert.Equal(t, digestOf(t, source, "app:v1"), digestOf(t, source, ""), "the only one that has a name, or two")

	f := newFake()
	_, err := mirror(t, f, source, "app:v1")
	require.Error(t, err, "a name of docker's is no tag")
	_, err = imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Reference: "app:v1", Tag: "v1"}, unlimited)
	require.NoError(t, err)
	assert.Len(t, f.layers, 3)
	var tags []string
	require.NoError(t, source.Tags(t.Context(), "", func(all []string) error { tags = all; return nil }))
	assert.Equal(t, []string{"app:latest", "app:v1"}, tags)
}

func TestOnlyImageOfAnArchiveWithTwoNames(t *testing.T) {
	t.Parallel()
	source := open(t, archiveOf(t,
		file("config", "{}"),
		file("manifest.json", `[{"Config":"config","RepoTags":["app:v1","app:v2"],"Layers":[]}]`),
	))
	desc, err := source.Resolve(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, desc.Digest, digestOf(t, source, "app:v2"))
	assert.NotNil(t, manifestFor(t, source, "app:v1").Layers, "no layers are an empty list")
}

func digestOf(t *testing.T, source *imagepush.Source, reference string) digest.Digest {
	t.Helper()
	desc, err := source.Resolve(t.Context(), reference)
	require.NoError(t, err)
	return desc.Digest
}

func TestOpenRefusesDamagedLayers(t *testing.T) {
	t.Parallel()
	layer := alphabet(100_000)
	damaged := layer[:50_000] + "X" + layer[50_001:]
	mismatch := fmt.Sprintf("layer 222/layer.tar is %s uncompressed, but %s in config.json: mismatched digest", digest.FromString(damaged), digest.FromString(layer))
	for name, test := range map[string]struct{ config, layer, want string }{
		"plain":            {configOf("base", layer), damaged, mismatch},
		"gzip":             {configOf("base", layer), gzipped(t, damaged), mismatch},
		"gzip, cut off":    {configOf("base", layer), gzipped(t, layer)[:200], "222/layer.tar: unexpected EOF"},
		"gzip, no more":    {configOf("base", layer), "\x1f\x8b", "222/layer.tar: unexpected EOF"},
		"in another order": {configOf(layer, "base"), layer, "layer 111/layer.tar is"},
		"one ID":           {configOf("base"), layer, `config.json: 1 diff_ids for 2 layers`},
		"three IDs":        {configOf("base", layer, layer), layer, "config.json: 3 diff_ids for 2 layers"},
		"no IDs":           {"{}", layer, "config.json: 0 diff_ids for 2 layers"},
	} {
		_, err := imagepush.Open(t.Context(), archiveOf(t,
			file("111/layer.tar", "base"),
			file("222/layer.tar", test.layer),
			file("config.json", test.config),
			file("manifest.json", `[{"Config":"config.json","Layers":["111/layer.tar","222/layer.tar"]}]`),
		))
		assert.ErrorContains(t, err, test.want, name)
	}
}

func TestEachImageHasItsLayersChecked(t *testing.T) {
	t.Parallel()
	_, err := imagepush.Open(t.Context(), archiveOf(t,
		file("layer", "layer"),
		file("one", configOf("layer")),
		file("two", configOf("another")),
		file("manifest.json", `[{"Config":"one","Layers":["layer"]},{"Config":"two","Layers":["layer"]}]`),
	))
	require.ErrorIs(t, err, content.ErrMismatchedDigest)
	assert.ErrorContains(t, err, "in two")
}

func TestOpenWhatDocker25SavesWithoutNames(t *testing.T) {
	t.Parallel()
	layer, config := "blobs/sha256/"+digest.FromString("layer").Encoded(), "blobs/sha256/"+digest.FromString(configOf("layer")).Encoded()
	for _, index := range []string{`{"schemaVersion":2,"manifests":null}`, `{"schemaVersion":2,"manifests":[]}`} {
		source := open(t, archiveOf(t,
			file(config, configOf("layer")),
			file(layer, "layer"),
			file("index.json", index),
			file("manifest.json", fmt.Sprintf(`[{"Config":%q,"RepoTags":null,"Layers":[%q]}]`, config, layer)),
			file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`),
		))
		f := newFake()
		_, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
		require.NoError(t, err, index)
		assert.Equal(t, configOf("layer"), string(f.layers[digest.FromString(configOf("layer")).String()]), index)
		assert.Len(t, f.layers, 2, index)
	}
}
