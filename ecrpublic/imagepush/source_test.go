package imagepush_test

import (
	"archive/tar"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
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

// annotate changes the annotations in the index of a layout.
func annotate(t *testing.T, folder string, change func(annotations map[string]string)) {
	t.Helper()
	path := filepath.Join(folder, "index.json")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	var index ocispec.Index
	require.NoError(t, json.Unmarshal(data, &index))
	for _, image := range index.Manifests {
		change(image.Annotations)
	}
	data, err = json.Marshal(index)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data, 0o600))
}

func TestNamesThatDockerGives(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	names := []string{"docker.io/library/app0:latest", "docker.io/team/app1:latest", "example.com/library/app2:v2"}
	for _, name := range names {
		images.tag(images.image("{}", images.layer(name)), name)
	}
	folder := layout(t, images, names...)
	annotate(t, folder, func(annotations map[string]string) {
		name := annotations[ocispec.AnnotationRefName]
		annotations["io.containerd.image.name"] = name
		_, annotations[ocispec.AnnotationRefName], _ = strings.Cut(name, ":")
	})
	var saved []string
	for _, name := range names {
		saved = append(saved, fmt.Sprintf(`{"Config":"blobs/sha256/%s","RepoTags":[%q],"Layers":["blobs/sha256/%s"]}`,
			digest.FromString("{}").Encoded(), strings.TrimPrefix(name, "docker.io/"), layerOf(name).Digest.Encoded()))
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "manifest.json"), []byte("["+strings.Join(saved, ",")+"]"), 0o600))
	for _, source := range []*imagepush.Source{open(t, folder), open(t, pack(t, folder))} {
		for reference, name := range map[string]string{
			names[0]: names[0], "app0:latest": names[0],
			names[1]: names[1], "team/app1:latest": names[1],
			names[2]: names[2], "v2": names[2],
		} {
			want, err := images.Resolve(t.Context(), name)
			require.NoError(t, err)
			assert.Equal(t, want.Digest, digestOf(t, source, reference), reference)
		}
		_, err := source.Resolve(t.Context(), "latest")
		require.ErrorIs(t, err, errdef.ErrMissingReference)
		require.ErrorContains(t, err, `"latest" is ambiguous, it may be ["app0:latest" "team/app1:latest"]`)
		_, err = source.Resolve(t.Context(), "")
		require.ErrorContains(t, err, `there are several images, choose one of ["app0:latest" "example.com/library/app2:v2" "team/app1:latest"]`)
		for _, unknown := range []string{"app2:v2", "library/app2:v2", "library/app0:latest", "app1:latest"} {
			_, err = source.Resolve(t.Context(), unknown)
			require.ErrorIs(t, err, errdef.ErrNotFound, unknown)
		}

		f := newFake()
		_, err = imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Reference: "app0:latest", Tag: "v1"}, unlimited)
		require.NoError(t, err)
		assert.Contains(t, f.layers, digest.FromString(names[0]).String())
		_, err = mirror(t, f, source)
		require.ErrorContains(t, err, `tag latest: missing reference: "latest" is ambiguous, it may be`)
	}
}

func TestNameOfTwoImages(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	one := images.tag(images.image("{}", images.layer("abc")), "one")
	two := images.tag(images.image("{}", images.layer("def")), "two")
	folder := layout(t, images, "one", "two")
	annotate(t, folder, func(annotations map[string]string) { annotations[ocispec.AnnotationRefName] = "v1" })
	source := open(t, folder)
	for _, reference := range []string{"", "v1"} {
		_, err := source.Resolve(t.Context(), reference)
		require.ErrorIs(t, err, errdef.ErrMissingReference)
		assert.ErrorContains(t, err, one.Digest.String())
		assert.ErrorContains(t, err, two.Digest.String())
	}
	assert.Equal(t, one.Digest, digestOf(t, source, one.Digest.String()))

	images.tag(one, "again")
	folder = layout(t, images, "one", "again")
	annotate(t, folder, func(annotations map[string]string) { annotations[ocispec.AnnotationRefName] = "v1" })
	assert.Equal(t, one.Digest, digestOf(t, open(t, folder), "v1"), "twice the same image")
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
		"empty folder":    {t.TempDir(), "it has no oci-layout"},
		"compressed":      {text, "compressed with gzip as a whole: decompress it first"},
		"another tar":     {archiveOf(t, file("readme", "hello")), "neither oci-layout nor manifest.json"},
		"broken list":     {saved(`{`), "manifest.json"},
		"missing config":  {saved(`[{"Config":"none"}]`), "open none: file does not exist"},
		"missing layer":   {saved(`[{"Config":"config","Layers":["none"]}]`, file("config", configOf(""))), "open none: file does not exist"},
		"broken config":   {saved(`[{"Config":"config"}]`, file("config", "{")), "config: unexpected end"},
		"zstd":            {saved(`[{"Config":"config","Layers":["zstd"]}]`, file("config", configOf("")), file("zstd", "\x28\xb5\x2f\xfd")), "zstd: zstd in a docker save archive"},
		"broken index":    {archiveOf(t, file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`), file("index.json", "{")), "index.json: unexpected end"},
		"broken, both":    {saved(`[]`, file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`), file("index.json", "{")), "index.json"},
		"layout, no more": {archiveOf(t, file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`)), "index.json"},
	} {
		_, err := imagepush.Open(t.Context(), test.path)
		require.ErrorContains(t, err, test.want, name)
		assert.ErrorContains(t, err, "imagepush: open "+test.path, name)
	}
	_, err := imagepush.Open(t.Context(), "")
	require.EqualError(t, err, "imagepush: open: the path is empty")
}

// ending is a context that ends after it was asked left times.
type ending struct {
	context.Context
	left int
}

func (e *ending) Err() error {
	e.left--
	if e.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestOpenEndsWithTheContext(t *testing.T) {
	t.Parallel()
	saved := archiveOf(t, file("config", configOf("layer")), file("layer", "layer"), file("manifest.json", `[{"Config":"config","Layers":["layer"]}]`))
	packed := pack(t, layout(t, newImages(t)))
	for name, test := range map[string]struct {
		path string
		left int
	}{
		"before a layout":        {packed, 0},
		"in a layout":            {packed, 1},
		"in an archive":          {saved, 3},
		"before a layer is read": {saved, 4},
		"as a layer is read":     {saved, 5},
	} {
		_, err := imagepush.Open(&ending{context.Background(), test.left}, test.path)
		assert.ErrorIs(t, err, context.Canceled, name)
	}
}
