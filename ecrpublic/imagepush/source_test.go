package imagepush_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// layout writes tagged images into a folder.
func layout(t *testing.T, images images, tags ...string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	store, err := oci.New(folder)
	require.NoError(t, err)
	for _, tag := range tags {
		_, err := oras.Copy(t.Context(), images, tag, store, tag, oras.DefaultCopyOptions)
		require.NoError(t, err)
	}
	return folder
}

// pack makes a tar of a folder.
func pack(t *testing.T, folder string) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "layout.tar")
	f, err := os.Create(file)
	require.NoError(t, err)
	w := tar.NewWriter(f)
	require.NoError(t, w.AddFS(os.DirFS(folder)))
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
	return file
}

// archiveOf makes a tar of what file and link return, in order.
func archiveOf(t *testing.T, headers ...tar.Header) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "archive.tar")
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	for _, header := range headers {
		content := header.PAXRecords["test.content"]
		header.PAXRecords = nil
		header.Mode, header.Size = 0o644, int64(len(content))
		require.NoError(t, w.WriteHeader(&header))
		_, err := io.WriteString(w, content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(file, data.Bytes(), 0o600))
	return file
}

func file(name, content string) tar.Header {
	return tar.Header{Typeflag: tar.TypeReg, Name: name, PAXRecords: map[string]string{"test.content": content}}
}

func link(typeflag byte, name, target string) tar.Header {
	return tar.Header{Typeflag: typeflag, Name: name, Linkname: target}
}

func open(t *testing.T, path string) *imagepush.Source {
	t.Helper()
	source, err := imagepush.Open(t.Context(), path)
	require.NoError(t, err)
	return source
}

func TestOpenLayout(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.tag(images.image("{}", images.layer(alphabet(25))), "v1")
	folder := layout(t, images, "v1")
	for name, path := range map[string]string{"folder": folder, "tar": pack(t, folder)} {
		f := newFake()
		result, err := imagepush.Push(t.Context(), f, open(t, path), imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
		require.NoError(t, err, name)
		assert.Equal(t, image.Digest, result.Descriptor.Digest, name)
		assert.Len(t, f.layers, 2, name)
		for _, part := range inputs[ecrpublic.UploadLayerPartInput](f) {
			assert.NotNil(t, part.LayerPartReader, "%s is read in place", name)
		}
	}
}

func TestMirrorOfALayout(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("abc")), "v1")
	images.tag(images.image("{}", images.layer("def")), "v2")
	f := newFake()
	_, err := mirror(t, f, open(t, pack(t, layout(t, images, "v1", "v2"))))
	require.NoError(t, err)
	assert.Len(t, f.tags, 2)
}

func TestOnlyImageOfALayout(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	images := newImages(t)
	first := images.tag(images.image("{}", images.layer("abc")), "v1")
	second := images.image("{}", images.layer("def"))
	images.tag(second, second.Digest.String())

	got, err := open(t, layout(t, images, "v1", second.Digest.String())).Resolve(ctx, "")
	require.NoError(t, err, "the only one with a name")
	assert.Equal(t, first.Digest, got.Digest)

	source := open(t, layout(t, images, second.Digest.String()))
	got, err = source.Resolve(ctx, "")
	require.NoError(t, err, "the only one")
	assert.Equal(t, second.Digest, got.Digest)
	got, err = source.Resolve(ctx, second.Digest.String())
	require.NoError(t, err)
	assert.Equal(t, second.Digest, got.Digest)

	images.tag(second, "v2")
	_, err = open(t, layout(t, images, "v1", "v2")).Resolve(ctx, "")
	require.ErrorIs(t, err, errdef.ErrMissingReference)
	assert.ErrorContains(t, err, `"v1"`)
	assert.ErrorContains(t, err, `"v2"`)

	third := images.image("{}", images.layer("ghi"))
	images.tag(third, third.Digest.String())
	_, err = open(t, layout(t, images, second.Digest.String(), third.Digest.String())).Resolve(ctx, "")
	require.ErrorIs(t, err, errdef.ErrMissingReference)
	assert.ErrorContains(t, err, third.Digest.String())

	_, err = open(t, layout(t, images)).Resolve(ctx, "")
	require.ErrorIs(t, err, errdef.ErrMissingReference)
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
	config, layer := `{"rootfs":{}}`, gzipped(t, "layer")
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
		file("one.json", `{"one":1}`),
		file("two.json", `{"two":2}`),
		file("manifest.json", `[
			{"Config":"one.json","RepoTags":["app:v1","app:latest"],"Layers":["111/layer.tar","555/layer.tar"]},
			{"Config":"two.json","RepoTags":null,"Layers":["222/layer.tar","333/layer.tar"]}
		]`),
	)
	source := open(t, path)
	one := manifestFor(t, source, "app:latest")
	assert.Equal(t, digest.FromString(`{"one":1}`), one.Config.Digest)
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

func TestOpenFails(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "text")
	require.NoError(t, os.WriteFile(text, []byte(gzipped(t, "text")), 0o600))
	saved := func(manifest string, more ...tar.Header) string {
		return archiveOf(t, append(more, file("manifest.json", manifest))...)
	}
	for name, test := range map[string]struct{ path, want string }{
		"no file":         {filepath.Join(t.TempDir(), "none"), "no such file"},
		"empty folder":    {t.TempDir(), "oci-layout"},
		"compressed":      {text, "not a tar file, or a compressed one"},
		"another tar":     {archiveOf(t, file("readme", "hello")), "neither oci-layout nor manifest.json"},
		"broken list":     {saved(`{`), "manifest.json"},
		"missing config":  {saved(`[{"Config":"none"}]`), "open none: file does not exist"},
		"missing layer":   {saved(`[{"Config":"config","Layers":["none"]}]`, file("config", "{}")), "none"},
		"zstd":            {saved(`[{"Config":"config","Layers":["zstd"]}]`, file("config", "{}"), file("zstd", "\x28\xb5\x2f\xfd")), "zstd: zstd in an archive"},
		"broken index":    {archiveOf(t, file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`), file("index.json", "{")), "Index"},
		"layout, no more": {archiveOf(t, file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`)), "index.json"},
	} {
		_, err := imagepush.Open(t.Context(), test.path)
		require.ErrorContains(t, err, test.want, name)
		assert.ErrorContains(t, err, "imagepush: open "+test.path, name)
	}
}

func TestOpenEndsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := archiveOf(t, file("config", "{}"), file("manifest.json", `[{"Config":"config"}]`))
	_, err := imagepush.Open(ctx, path)
	require.ErrorIs(t, err, context.Canceled)
}
