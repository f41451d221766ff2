package imagepush_test

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// without removes blobs from a layout.
func without(t *testing.T, folder string, blobs ...digest.Digest) string {
	t.Helper()
	for _, d := range blobs {
		require.NoError(t, os.Remove(filepath.Join(folder, "blobs", "sha256", d.Encoded())))
	}
	return folder
}

// An index that lists a blob is complete if that is there, and no image is pushed in its
// place.
func TestIndexThatListsABlob(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.image("{}", images.layer("abc"))
	text := images.blob("text/plain", []byte("text"))
	index := images.tag(images.index(image, text), "v1")
	folder := layout(t, images, "v1")
	assert.Equal(t, index.Digest, digestOf(t, open(t, folder), "v1"))
	assert.Equal(t, image.Digest, digestOf(t, open(t, without(t, folder, text.Digest)), "v1"))
}

func TestOfAPartialIndexThePlatformThatIsThere(t *testing.T) {
	t.Parallel()
	images, _, amd64, arm64 := platforms(t)
	arm64Layer := layerOf("for arm64").Digest
	for what, missing := range map[string][]digest.Digest{
		"a layer":     {arm64Layer},
		"a manifest":  {arm64.Digest},
		"everything":  {arm64.Digest, arm64Layer},
		"config only": {digest.FromString(`{"architecture":"arm64","os":"linux"}`)},
	} {
		folder := without(t, layout(t, images, "v1"), missing...)
		for _, source := range []*imagepush.Source{open(t, folder), open(t, pack(t, folder))} {
			for _, reference := range []string{"", "v1"} {
				assert.Equal(t, amd64.Digest, digestOf(t, source, reference), what)
			}
			f := newFake()
			result, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
			require.NoError(t, err, what)
			assert.Equal(t, amd64.Digest, result.Descriptor.Digest, what)
			assert.Equal(t, []string{name(amd64.Digest, "v1")}, puts(f), what)
		}
	}
}

// A choice that is not clear is the caller's: the error lists what is there.
func TestPartialIndexThatLeavesAChoice(t *testing.T) {
	t.Parallel()
	images, _, amd64, arm64 := platforms(t)
	s390x := images.image(`{"architecture":"s390x"}`, images.layer("for s390x"))
	index := images.tag(images.index(amd64, arm64, s390x), "v2")
	folder := without(t, layout(t, images, "v2"), layerOf("for s390x").Digest)
	_, err := open(t, folder).Resolve(t.Context(), "")
	require.ErrorIs(t, err, errdef.ErrNotFound)
	for _, want := range []string{index.Digest.String(), "linux/amd64 " + amd64.Digest.String(), "linux/arm64/v8 " + arm64.Digest.String()} {
		require.ErrorContains(t, err, want)
	}

	list := `[{"Config":"blobs/sha256/` + digest.FromString(`{"architecture":"arm64","os":"linux"}`).Encoded() +
		`","Layers":["blobs/sha256/` + layerOf("for arm64").Digest.Encoded() + `"]}]`
	require.NoError(t, os.WriteFile(filepath.Join(folder, "manifest.json"), []byte(list), 0o600))
	assert.Equal(t, arm64.Digest, digestOf(t, open(t, pack(t, folder)), ""), "manifest.json names it")

	without(t, folder, layerOf("for arm64").Digest, layerOf("for amd64").Digest)
	_, err = open(t, folder).Resolve(t.Context(), "")
	require.ErrorContains(t, err, "none of its platforms is complete")
}

// Attestations come and go with the index; they are no platform to choose.
func TestAttestationsOfAnIndex(t *testing.T) {
	t.Parallel()
	images, _, amd64, _ := platforms(t)
	attestation := images.image(`{"about":"amd64"}`, images.layer("provenance"))
	attestation.Platform = &ocispec.Platform{OS: "unknown", Architecture: "unknown"}
	index := images.tag(images.index(amd64, attestation), "v3")
	assert.Equal(t, index.Digest, digestOf(t, open(t, layout(t, images, "v3")), ""))
	assert.Equal(t, amd64.Digest, digestOf(t, open(t, without(t, layout(t, images, "v3"), attestation.Digest)), ""))
	_, err := open(t, without(t, layout(t, images, "v3"), amd64.Digest)).Resolve(t.Context(), "")
	require.ErrorContains(t, err, "none of its platforms is complete")
}

// Both lists of an archive have to lead to the same image.
func TestManifestJSONThatNamesAnotherImage(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	images.tag(images.image("{}", images.layer("good")), "v1")
	folder := layout(t, images, "v1")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "other"), []byte(`{"other":1}`), 0o600))
	for tags, want := range map[string]string{
		`["app:v1"]`: "manifest.json names an image with config " + digest.FromString(`{"other":1}`).String() + ", but index.json does not",
		`null`:       "but manifest.json does not",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, "manifest.json"), []byte(`[{"Config":"other","RepoTags":`+tags+`,"Layers":[]}]`), 0o600))
		_, err := imagepush.Open(t.Context(), pack(t, folder))
		require.ErrorContains(t, err, want)
	}
}

// An archive with both lists is refused if they mean different images by a name, or if
// index.json names an image that manifest.json has not.
func TestListsOfAnArchiveThatDisagree(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	config := map[string]string{"good": `{"n":"good","rootfs":{"diff_ids":[]}}`, "evil": `{"n":"evil","rootfs":{"diff_ids":[]}}`}
	good, evil := images.image(config["good"]), images.image(config["evil"])
	name := func(image ocispec.Descriptor, ref, full string) ocispec.Descriptor {
		image.Annotations = map[string]string{ocispec.AnnotationRefName: ref}
		if full != "" {
			image.Annotations["io.containerd.image.name"] = full
		}
		return image
	}
	saved := func(image string, tags string) string {
		return fmt.Sprintf(`{"Config":"blobs/sha256/%s","RepoTags":%s,"Layers":[]}`, digest.FromString(config[image]).Encoded(), tags)
	}
	images.tag(good, "good")
	images.tag(evil, "evil")
	attestation := name(evil, "v9", "")
	attestation.Annotations["vnd.docker.reference.type"] = "attestation-manifest"
	for test, c := range map[string]struct {
		index []ocispec.Descriptor
		list  string
		want  string // in the error, if any
	}{
		"same names": {
			[]ocispec.Descriptor{name(good, "v1", "docker.io/library/app:v1"), name(evil, "v2", "docker.io/library/app:v2")},
			saved("good", `["app:v1"]`) + "," + saved("evil", `["app:v2"]`), "",
		},
		"same tag of two repositories": {
			[]ocispec.Descriptor{name(good, "v1", "docker.io/library/a:v1"), name(evil, "v1", "docker.io/library/b:v1")},
			saved("good", `["a:v1"]`) + "," + saved("evil", `["b:v1"]`), "",
		},
		"an index": {
			[]ocispec.Descriptor{name(images.index(good, evil), "v1", "")},
			saved("good", `["app:v1"]`), "",
		},
		"no tags": {[]ocispec.Descriptor{name(good, "v1", "")}, saved("good", `null`), ""},
		"swapped": {
			[]ocispec.Descriptor{name(good, "v2", "docker.io/library/app:v2"), name(evil, "v1", "docker.io/library/app:v1")},
			saved("good", `["app:v1"]`) + "," + saved("evil", `["app:v2"]`), `is image`,
		},
		"swapped, by tag alone": {
			[]ocispec.Descriptor{name(good, "v2", ""), name(evil, "v1", "")},
			saved("good", `["app:v1"]`) + "," + saved("evil", `["app:v2"]`), `is image`,
		},
		"swapped, with the host": {
			[]ocispec.Descriptor{name(good, "x", ""), name(evil, "app:v1", "")},
			saved("good", `["docker.io/library/app:v1"]`) + "," + saved("evil", `null`), `"app:v1" is image`,
		},
		"another one with a name": {
			[]ocispec.Descriptor{good, name(evil, "v9", "")},
			saved("good", `["app:v1"]`), "index.json lists image " + evil.Digest.String() + ", but manifest.json does not",
		},
		"another one that poses as an attestation": {
			[]ocispec.Descriptor{good, attestation},
			saved("good", `["app:v1"]`), "manifest.json does not",
		},
		"an index of another one": {
			[]ocispec.Descriptor{good, name(images.index(evil), "v9", "")},
			saved("good", `["app:v1"]`), "manifest.json does not",
		},
	} {
		folder := layout(t, images, "good", "evil")
		for _, desc := range c.index {
			data, err := content.FetchAll(t.Context(), images, desc)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(folder, "blobs", "sha256", desc.Digest.Encoded()), data, 0o600))
		}
		index, err := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: c.index})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "index.json"), index, 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(folder, "manifest.json"), []byte("["+c.list+"]"), 0o600))
		_, err = imagepush.Open(t.Context(), pack(t, folder))
		if c.want == "" {
			require.NoError(t, err, test)
		} else {
			require.ErrorContains(t, err, c.want, test)
		}
	}
}

func TestLayersThatAreKeptElsewhere(t *testing.T) {
	t.Parallel()
	foreign := `{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","size":321,"digest":"` + digest.FromString("elsewhere").String() + `","urls":["https://example.com/x"]}`
	sources := `{"` + digest.FromString("top").String() + `":` + foreign + `,"` + digest.FromString("base").String() + `":{"mediaType":"application/vnd.oci.image.layer.v1.tar","size":4,"digest":"` + digest.FromString("base").String() + `"}}`
	source := open(t, archiveOf(t,
		file("config", configOf("base", "top")), file("base.tar", "base"),
		file("manifest.json", `[{"Config":"config","RepoTags":["app:v1"],"Layers":["base.tar","top.tar"],"LayerSources":`+sources+`}]`),
	))
	m := manifestFor(t, source, "")
	assert.Equal(t, digest.FromString("elsewhere"), m.Layers[1].Digest)
	assert.Equal(t, []string{"https://example.com/x"}, m.Layers[1].URLs)
	assert.Equal(t, "application/vnd.docker.image.rootfs.diff.tar.gzip", m.Layers[0].MediaType, "Docker lists plain layers, too")
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
	require.NoError(t, err)
	assert.Len(t, f.layers, 2, "config and base")
}

// An archive is read as tar unpacks it, or refused.
func TestEntriesThatToolsReadInDifferentWays(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	good, evil := images.image("{}"), images.image(`{"evil":1}`)
	blobs := map[string]string{}
	for _, image := range []struct {
		desc   ocispec.Descriptor
		config string
	}{{good, "{}"}, {evil, `{"evil":1}`}} {
		m, err := json.Marshal(ocispec.Manifest{
			Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
			Config: images.blob(ocispec.MediaTypeImageConfig, []byte(image.config)),
		})
		require.NoError(t, err)
		blobs[image.desc.Digest.Encoded()], blobs[digest.FromString(image.config).Encoded()] = string(m), image.config
	}
	index := func(image ocispec.Descriptor) string {
		data, err := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: []ocispec.Descriptor{image}})
		require.NoError(t, err)
		return string(data)
	}
	start := []tar.Header{file("oci-layout", `{"imageLayoutVersion":"1.0.0"}`)}
	for name, content := range blobs {
		start = append(start, file("blobs/sha256/"+name, content))
	}
	typed := func(name string, typeflag byte) tar.Header {
		return tar.Header{Name: name, Typeflag: typeflag, Mode: 0o755}
	}
	for name, test := range map[string]struct {
		entries []tar.Header
		want    string // in the error; empty for the good image
	}{
		"file, file":              {[]tar.Header{file("index.json", index(evil)), file("index.json", index(good))}, ""},
		"link, file":              {[]tar.Header{file("e", index(evil)), link(tar.TypeSymlink, "index.json", "e"), file("index.json", index(good))}, ""},
		"hard link, file":         {[]tar.Header{file("e", index(evil)), link(tar.TypeLink, "index.json", "e"), file("index.json", index(good))}, ""},
		"file, link":              {[]tar.Header{file("index.json", index(evil)), file("g", index(good)), link(tar.TypeSymlink, "index.json", "g")}, ""},
		"link to a later file":    {[]tar.Header{link(tar.TypeSymlink, "index.json", "g"), file("g", index(good))}, ""},
		"hard link before a file": {[]tar.Header{file("g", index(good)), link(tar.TypeLink, "index.json", "g"), file("g", index(evil))}, ""},
		"file, ./file":            {[]tar.Header{file("index.json", index(evil)), file("./index.json", index(good))}, ""},
		"global header":           {[]tar.Header{{Typeflag: tar.TypeXGlobalHeader, PAXRecords: map[string]string{"comment": "x"}}, file("index.json", index(good))}, ""},
		"..":                      {[]tar.Header{file("index.json", index(good)), file("x/../index.json", index(evil))}, `the name must not contain ".."`},
		"absolute":                {[]tar.Header{file("/index.json", index(evil))}, "the name must not be absolute"},
		"absolute link":           {[]tar.Header{file("e", index(evil)), link(tar.TypeSymlink, "index.json", "/e")}, "the name must not be absolute"},
		"link out of it":          {[]tar.Header{link(tar.TypeSymlink, "index.json", "../e")}, "leads out of the archive"},
		"hard link to nothing":    {[]tar.Header{link(tar.TypeLink, "index.json", "g"), file("g", index(good))}, "no entry before it has that name"},
		"folder at the end":       {[]tar.Header{file("index.json", index(evil)), typed("index.json", tar.TypeDir)}, "not a regular file"},
		"FIFO at the end":         {[]tar.Header{file("index.json", index(evil)), typed("index.json", tar.TypeFifo)}, "not a regular file"},
		"device":                  {[]tar.Header{typed("index.json", tar.TypeChar)}, "not a regular file"},
		"below a link":            {[]tar.Header{typed("d", tar.TypeDir), link(tar.TypeSymlink, "l", "d"), file("l/index.json", index(good))}, `its parent "l" is not a directory`},
		"folder over a link":      {[]tar.Header{link(tar.TypeSymlink, "l", "d"), typed("l", tar.TypeDir)}, "a directory must not replace a link"},
		"circle":                  {[]tar.Header{link(tar.TypeSymlink, "index.json", "a"), link(tar.TypeSymlink, "a", "index.json")}, "a cycle of links"},
		"hard link to a link":     {[]tar.Header{file("a/e", index(good)), link(tar.TypeSymlink, "a/l", "e"), file("b/e", index(evil)), link(tar.TypeLink, "b/l", "a/l"), link(tar.TypeSymlink, "index.json", "b/l")}, "leads elsewhere from here"},
		"link back through links": {[]tar.Header{link(tar.TypeSymlink, "d", "e/f"), file("e/f/x", ""), file("e/g", index(good)), file("g", index(evil)), link(tar.TypeSymlink, "index.json", "d/../g")}, `".." must not follow a name`},
		"link over a folder":      {[]tar.Header{file("d/g", index(evil)), file("e/g", index(good)), link(tar.TypeSymlink, "d", "e"), link(tar.TypeSymlink, "index.json", "d/g")}, "replaces a directory that is not empty"},
		"file over a folder":      {[]tar.Header{file("d/e/g", index(good)), file("d", ""), link(tar.TypeSymlink, "index.json", "d/e/g")}, "replaces a directory that is not empty"},
		"link over empty folder":  {[]tar.Header{typed("d", tar.TypeDir), link(tar.TypeSymlink, "d", "g"), file("g", index(good)), link(tar.TypeSymlink, "index.json", "d")}, ""},
		"link with a slash":       {[]tar.Header{file("g", index(good)), link(tar.TypeSymlink, "index.json/", "g")}, "has a directory's name"},
		"long name":               {[]tar.Header{file(strings.Repeat("a", 5000), "")}, "a name of 5000 bytes"},
	} {
		source, err := imagepush.Open(t.Context(), archiveOf(t, append(start[:len(start):len(start)], test.entries...)...))
		if test.want != "" {
			assert.ErrorContains(t, err, test.want, name)
			continue
		}
		if assert.NoError(t, err, name) {
			assert.Equal(t, good.Digest, digestOf(t, source, ""), name)
		}
	}
}

// Go's reader takes what follows such an entry for the next one, GNU tar for its bytes.
func TestLinksThatClaimBytes(t *testing.T) {
	t.Parallel()
	for _, typeflag := range []byte{tar.TypeSymlink, tar.TypeLink, tar.TypeDir, tar.TypeFifo, tar.TypeChar, tar.TypeBlock} {
		var data bytes.Buffer
		w := tar.NewWriter(&data)
		require.NoError(t, w.WriteHeader(&tar.Header{Name: "g", Typeflag: tar.TypeReg}))
		require.NoError(t, w.WriteHeader(&tar.Header{Name: "x", Linkname: "g", Typeflag: typeflag, Size: 512}))
		name := filepath.Join(t.TempDir(), "archive.tar")
		require.NoError(t, os.WriteFile(name, append(data.Bytes(), make([]byte, 1024)...), 0o600))
		_, err := imagepush.Open(t.Context(), name)
		require.ErrorContains(t, err, "has 512 bytes, but an entry", string(typeflag))
	}
}

// GNU tar makes a folder of a file whose name ends in a slash.
func TestFileWithTheNameOfAFolder(t *testing.T) {
	t.Parallel()
	_, err := imagepush.Open(t.Context(), archiveOf(t, file("index.json", "{}")))
	require.ErrorContains(t, err, "neither oci-layout nor manifest.json")
	name := archiveOf(t, file("index.jsonX", "{}"))
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	data[len("index.json")] = '/'
	sum := 0
	for i, b := range data[:512] {
		if i >= 148 && i < 156 {
			b = ' '
		}
		sum += int(b)
	}
	copy(data[148:156], fmt.Sprintf("%06o\x00 ", sum))
	require.NoError(t, os.WriteFile(name, data, 0o600))
	_, err = imagepush.Open(t.Context(), name)
	require.ErrorContains(t, err, "has a directory's name")
}

// Readers of docker save take the first entry of a name, tar the last.
func TestSavedMetadataThatIsThereTwice(t *testing.T) {
	t.Parallel()
	list := `[{"Config":"config","RepoTags":["app:v1"],"Layers":["layer"]}]`
	ok := []tar.Header{file("config", configOf("layer")), file("layer", "layer"), file("manifest.json", list)}
	for name, entries := range map[string][]tar.Header{
		"the same list":   {file("manifest.json", list)},
		"the same config": {file("config", configOf("layer"))},
	} {
		_, err := imagepush.Open(t.Context(), archiveOf(t, append(ok[:3:3], entries...)...))
		assert.NoError(t, err, name)
	}
	for name, first := range map[string]tar.Header{
		"another list":   file("manifest.json", "[]"),
		"another config": file("config", "{}"),
		"a link":         link(tar.TypeSymlink, "config", "layer"),
	} {
		_, err := imagepush.Open(t.Context(), archiveOf(t, append([]tar.Header{first}, ok...)...))
		assert.ErrorContains(t, err, "two entries named", name)
	}
	_, err := imagepush.Open(t.Context(), archiveOf(t, append([]tar.Header{link(tar.TypeSymlink, "layer", "config")}, ok...)...))
	require.NoError(t, err, "the last entry of a layer counts")
	_, err = imagepush.Open(t.Context(), archiveOf(t, append(ok[:3:3], file("layer", "other"))...))
	require.ErrorContains(t, err, "mismatched digest")
}

func TestArchivesThatAreNamedInTheError(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	large := images.image("{}", images.layer("abc"))
	folder := layout(t, images)
	schema1 := ocispec.Descriptor{MediaType: "application/vnd.docker.distribution.manifest.v1+prettyjws", Digest: large.Digest, Size: large.Size}
	writeIndex := func(images ...ocispec.Descriptor) {
		data, err := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: images})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "index.json"), data, 0o600))
	}
	writeIndex(schema1)
	_, err := imagepush.Push(t.Context(), newFake(), open(t, folder), imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
	require.ErrorContains(t, err, "Docker schema 1")

	large.Size = 4<<20 + 1
	writeIndex(large)
	_, err = imagepush.Open(t.Context(), folder)
	require.ErrorIs(t, err, errdef.ErrSizeExceedsLimit)

	require.NoError(t, os.WriteFile(filepath.Join(folder, "index.json"), make([]byte, 4<<20+1), 0o600))
	_, err = imagepush.Open(t.Context(), folder)
	require.ErrorContains(t, err, "index.json has more than 4194304 bytes")

	_, err = imagepush.Open(t.Context(), archiveOf(t, file("repositories", "{}")))
	require.ErrorContains(t, err, "Docker before 1.10")
}
