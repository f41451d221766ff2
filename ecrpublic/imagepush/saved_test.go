package imagepush_test

import (
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
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// docker28 makes the archive that docker save writes with containerd's image store: a
// layout with manifest.json beside index.json.
type docker28 struct {
	images
	index []ocispec.Descriptor
	saved []string
	loose []string // blobs of no image
}

// save adds an image to index.json, by a name or by none.
func (d *docker28) save(image ocispec.Descriptor, name string) {
	if name != "" {
		image.Annotations = map[string]string{"io.containerd.image.name": "docker.io/library/" + name}
		_, image.Annotations[ocispec.AnnotationRefName], _ = strings.Cut(name, ":")
	}
	d.index = append(d.index, image)
}

// list adds an image to manifest.json, by a name or by none.
func (d *docker28) list(config string, name string, layers ...digest.Digest) {
	tags, entries := []string{}, []string{}
	if name != "" {
		tags = append(tags, name)
	}
	for _, layer := range layers {
		entries = append(entries, "blobs/sha256/"+layer.Encoded())
	}
	saved, err := json.Marshal(map[string]any{"Config": "blobs/sha256/" + digest.FromString(config).Encoded(), "RepoTags": tags, "Layers": entries})
	require.NoError(d.t, err)
	d.saved = append(d.saved, string(saved))
}

// archive writes the file, without the blobs that are missing.
func (d *docker28) archive(missing ...digest.Digest) string {
	d.t.Helper()
	var names []string
	for i, image := range d.index {
		names = append(names, fmt.Sprint("image", i))
		d.tag(image, names[i])
	}
	folder := without(d.t, layout(d.t, d.images, names...), missing...)
	index, err := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: d.index})
	require.NoError(d.t, err)
	files := map[string]string{"index.json": string(index), "manifest.json": "[" + strings.Join(d.saved, ",") + "]"}
	for _, data := range d.loose {
		files["blobs/sha256/"+digest.FromString(data).Encoded()] = data
	}
	for name, data := range files {
		require.NoError(d.t, os.WriteFile(filepath.Join(folder, name), []byte(data), 0o600))
	}
	return pack(d.t, folder)
}

// The config of an artifact may be anything, and many have the same.
func TestArtifactsThatDockerSaves(t *testing.T) {
	t.Parallel()
	for _, config := range []string{"{}", "name: chart", `["x"]`} {
		d := &docker28{images: newImages(t)}
		one, two := layerOf("one"), layerOf("two")
		first, second := d.image(config, d.layer("one")), d.image(config, d.layer("two"))
		d.save(first, "app:v1")
		d.save(second, "app:v2")
		d.list(config, "app:v1", one.Digest)
		d.list(config, "app:v2", two.Digest)
		source := open(t, d.archive())
		assert.Equal(t, first.Digest, digestOf(t, source, "app:v1"), config)
		assert.Equal(t, second.Digest, digestOf(t, source, "v2"), config)
		f := newFake()
		_, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
		require.NoError(t, err, config)
		assert.Equal(t, "one", string(f.layers[one.Digest.String()]), config)

		d.saved = nil
		d.list(config, "app:v1", two.Digest)
		d.list(config, "app:v2", one.Digest)
		_, err = imagepush.Open(t.Context(), d.archive())
		require.ErrorContains(t, err, "but another one in manifest.json", config)

		d.saved = []string{fmt.Sprintf(`{"Config":"blobs/sha256/%s","Layers":["elsewhere"]}`, digest.FromString(config).Encoded())}
		_, err = imagepush.Open(t.Context(), d.archive())
		require.ErrorContains(t, err, "has other layers in manifest.json than in index.json", config)
	}
}

// manifest.json may have the layers by the digests of index.json, by those of the
// config, or under names that say nothing.
func TestLayersOfBothLists(t *testing.T) {
	t.Parallel()
	config := configOf("plain")
	entry := func(d digest.Digest) string { return "blobs/sha256/" + d.Encoded() }
	for entries, same := range map[string]bool{
		entry(layerOf("packed").Digest):           true,
		"./" + entry(layerOf("packed").Digest):    true,
		entry(digest.FromString("plain")):         true,
		"111/layer.tar":                           true,
		entry(digest.FromString("other")):         false,
		"blobs/layer.tar":                         false,
		"111/layer.tar" + `","` + "222/layer.tar": false,
		"": false,
	} {
		d := &docker28{images: newImages(t)}
		image := d.image(config, d.layer("packed"))
		d.save(image, "app:v1")
		d.saved = []string{fmt.Sprintf(`{"Config":%q,"RepoTags":["app:v1"],"Layers":["%s"]}`, entry(digest.FromString(config)), entries)}
		if entries == "" {
			d.saved = []string{fmt.Sprintf(`{"Config":%q,"RepoTags":["app:v1"]}`, entry(digest.FromString(config)))}
		}
		source, err := imagepush.Open(t.Context(), d.archive())
		if !same {
			assert.ErrorContains(t, err, "has other layers in manifest.json than in index.json", entries)
			continue
		}
		if assert.NoError(t, err, entries) {
			assert.Equal(t, image.Digest, digestOf(t, source, "app:v1"), entries)
		}
	}
}

// Without containerd's image store, docker save lists an image that has no tag in
// index.json only if no image has one, and then only the first.
func TestImageWithoutATagThatDockerLeavesOut(t *testing.T) {
	t.Parallel()
	d := &docker28{images: newImages(t), loose: []string{`{"other":1}`}}
	image := d.image("{}", d.layer("tagged"))
	d.save(image, "app:v1")
	d.list("{}", "app:v1", layerOf("tagged").Digest)
	d.list(`{"other":1}`, "", layerOf("other").Digest)
	source := open(t, d.archive())
	assert.Equal(t, image.Digest, digestOf(t, source, "app:v1"))
	assert.Equal(t, image.Digest, digestOf(t, source, ""))

	d.saved = d.saved[1:]
	_, err := imagepush.Open(t.Context(), d.archive())
	require.ErrorContains(t, err, "index.json lists image "+image.Digest.String()+", but manifest.json does not")

	d.index, d.saved = nil, nil
	d.save(image, "")
	d.list("{}", "", layerOf("tagged").Digest)
	d.list(`{"other":1}`, "", layerOf("other").Digest)
	_, err = imagepush.Open(t.Context(), d.archive())
	require.ErrorContains(t, err, "save images by their tags, or each by itself")
}

// A list may name many images that have one config, but not each by many names.
func TestManyNamesOfManyImages(t *testing.T) {
	t.Parallel()
	d := &docker28{images: newImages(t)}
	for i := range 21 {
		d.save(d.image("{}", d.layer(fmt.Sprint(i))), "")
		d.list("{}", "app:v1", layerOf(fmt.Sprint(i)).Digest)
	}
	open(t, d.archive())
	d.saved[0] = strings.Replace(d.saved[0], `"app:v1"`, strings.Repeat(`"app:v1",`, 1000)+`"app:v1"`, 1)
	_, err := imagepush.Open(t.Context(), d.archive())
	require.ErrorIs(t, err, errdef.ErrSizeExceedsLimit)
}

// Docker without containerd's image store has no compressed layers, and makes manifests
// when it saves. The image is pushed as if they were not there.
func TestManifestsThatDockerMakesOnSaving(t *testing.T) {
	t.Parallel()
	config, other := configOf("base", "top"), configOf("base")
	d := &docker28{images: newImages(t), loose: []string{other}}
	plain := func(layer string) string {
		return fmt.Sprintf(`%q:{"mediaType":%q,"size":%d,"digest":%[1]q}`, digest.FromString(layer), ocispec.MediaTypeImageLayer, len(layer))
	}
	entry := func(data string) string { return "blobs/sha256/" + digest.FromString(data).Encoded() }
	list := func(tags, config, sources string, layers ...string) {
		for i, layer := range layers {
			layers[i] = fmt.Sprintf("%q", entry(layer))
		}
		d.saved = append(d.saved, fmt.Sprintf(`{"Config":%q,"RepoTags":%s,"Layers":[%s],"LayerSources":{%s}}`, entry(config), tags, strings.Join(layers, ","), sources))
	}
	made := d.image(config, d.layer("base"), d.layer("top"))
	d.save(made, "app:v1")
	d.save(made, "app:v2")
	list(`["app:v1","app:v2"]`, config, plain("base")+","+plain("top"), "base", "top")
	list(`null`, other, plain("base"), "base")
	source := open(t, d.archive())
	alone := archiveOf(t, file("config", config), file("base", "base"), file("top", "top"), file("manifest.json", `[{"Config":"config","RepoTags":["x"],"Layers":["base","top"]}]`))
	want := digestOf(t, open(t, alone), "x")
	for _, reference := range []string{"", "v1", "app:v1", "docker.io/library/app:v2"} {
		assert.Equal(t, want, digestOf(t, source, reference), reference)
	}
	assert.Equal(t, made.Digest, digestOf(t, source, made.Digest.String()), "docker's manifest, if it is asked for")
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
	require.NoError(t, err)
	for _, layer := range manifestFor(t, source, "v1").Layers {
		assert.Contains(t, []string{"base", "top"}, gunzipped(t, f.layers[layer.Digest.String()]))
	}

	untagged := archiveOf(t, file("config", other), file("base", "base"), file("manifest.json", `[{"Config":"config","Layers":["base"]}]`))
	second := digestOf(t, open(t, untagged), "")
	assert.Equal(t, second, digestOf(t, source, second.String()), "which index.json does not list")
	d.index, d.saved[0] = nil, strings.Replace(d.saved[0], `["app:v1","app:v2"]`, "null", 1)
	d.save(made, "")
	_, err = open(t, d.archive()).Resolve(t.Context(), "")
	require.ErrorIs(t, err, errdef.ErrMissingReference)
	require.ErrorContains(t, err, want.String())
	require.ErrorContains(t, err, second.String())

	d.saved = d.saved[:0]
	list(`null`, config, plain("base")+","+strings.Replace(plain("top"), "layer.v1.tar", "layer.v1.tar+gzip", 1), "base", "top")
	assert.Equal(t, made.Digest, digestOf(t, open(t, d.archive()), ""), "its layers may be compressed")
}

// A name need not be given if all lead to one image.
func TestNamesOfAnIndexAndOfItsPlatform(t *testing.T) {
	t.Parallel()
	all, index, amd64, arm64 := platforms(t)
	d := &docker28{images: all}
	d.save(index, "app:all")
	d.save(amd64, "app:amd64")
	const config = `{"architecture":"amd64","os":"linux"}`
	d.list(config, "app:all", layerOf("for amd64").Digest)
	partial := open(t, d.archive(arm64.Digest, layerOf("for arm64").Digest))
	for _, reference := range []string{"", "all", "app:amd64"} {
		assert.Equal(t, amd64.Digest, digestOf(t, partial, reference), reference)
	}
	whole := open(t, d.archive())
	assert.Equal(t, index.Digest, digestOf(t, whole, "all"))
	_, err := whole.Resolve(t.Context(), "")
	require.ErrorContains(t, err, `there are several images, choose one of ["app:all" "app:amd64"]`)
}

// A signature beside an image without a name leaves no choice.
func TestReferrersInTheIndex(t *testing.T) {
	t.Parallel()
	images := newImages(t)
	image := images.tag(images.image("{}", images.layer("layer")), "image")
	signature := images.tag(images.referrer("signature", image), "signature")
	about := images.tag(images.referrer("about the signature", signature), "about")
	attestation := images.tag(images.image(`{"os":"unknown"}`, images.layer("provenance")), "attestation")
	attestation.Annotations = map[string]string{"io.containerd.manifest.subject": image.Digest.String()}
	list := func(t *testing.T, listed ...ocispec.Descriptor) *imagepush.Source {
		folder := layout(t, images, "image", "signature", "about", "attestation")
		index, err := json.Marshal(ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, Manifests: listed})
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, "index.json"), index, 0o600))
		return open(t, folder)
	}
	all := list(t, about, signature, image)
	assert.Equal(t, image.Digest, digestOf(t, all, ""))
	assert.Equal(t, signature.Digest, digestOf(t, all, signature.Digest.String()))
	f := newFake()
	_, err := imagepush.Push(t.Context(), f, all, imagepush.PushOptions{Repository: "team/app", Tag: "v1", Referrers: true}, unlimited)
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{name(image.Digest, "v1"), name(signature.Digest, ""), name(about.Digest, "")}, puts(f))
	assert.Equal(t, signature.Digest, digestOf(t, list(t, signature), ""), "its subject is elsewhere")
	assert.Equal(t, image.Digest, digestOf(t, list(t, image, attestation), ""), "as docker 29 lists it")
	attestation.Annotations["io.containerd.manifest.subject"] = attestation.Digest.String()
	assert.Equal(t, attestation.Digest, digestOf(t, list(t, attestation), ""), "there is no other")
	_, err = list(t, image, images.tag(images.image(`{"other":1}`), "other")).Resolve(t.Context(), "")
	require.ErrorIs(t, err, errdef.ErrMissingReference)
}

// The error for a platform that is not there lists those that are, without attestations.
func TestPlatformOfAPartialIndex(t *testing.T) {
	t.Parallel()
	images, _, amd64, arm64 := platforms(t)
	attestation := images.image(`{"about":"amd64"}`, images.layer("provenance"))
	attestation.Platform = &ocispec.Platform{OS: "unknown", Architecture: "unknown"}
	windows := func(version string) ocispec.Descriptor {
		image := images.image(fmt.Sprintf(`{"os":"windows","architecture":"amd64","os.version":%q}`, version), images.layer(version))
		image.Platform = &ocispec.Platform{OS: "windows", Architecture: "amd64", OSVersion: version}
		return image
	}
	newer, older := windows("10.0.20348"), windows("10.0.17763")
	index := images.tag(images.index(amd64, arm64, newer, older, attestation), "v4")
	push := func(source *imagepush.Source, platform string) (digest.Digest, error) {
		f := newFake()
		result, err := imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Reference: "v4", Tag: "v4", Platform: platform}, unlimited)
		if err != nil {
			assert.Empty(t, f.layers, "nothing is sent of what is incomplete")
		}
		return result.Descriptor.Digest, err
	}
	there := "; choose a complete one by platform or digest: linux/amd64 " + amd64.Digest.String() + ", windows/amd64 " + newer.Digest.String()
	partial := open(t, without(t, layout(t, images, "v4"), layerOf("for arm64").Digest, layerOf("10.0.17763").Digest, attestation.Digest))
	for platform, want := range map[string]string{
		"linux/arm64": arm64.Digest.String() + " is incomplete: blob " + layerOf("for arm64").Digest.String() + " is missing: not found" + there,
		"linux/s390x": "index " + index.Digest.String() + " has no image for linux/s390x: not found" + there,
	} {
		_, err := push(partial, platform)
		require.ErrorIs(t, err, errdef.ErrNotFound)
		assert.True(t, strings.HasSuffix(err.Error(), want), "%v, want %s", err, want)
	}
	got, err := push(partial, "windows/amd64")
	require.NoError(t, err, "one of two is there")
	assert.Equal(t, newer.Digest, got)
	_, err = push(open(t, layout(t, images, "v4")), "windows/amd64")
	require.ErrorIs(t, err, errdef.ErrMissingReference)
	assert.ErrorContains(t, err, "has 2 images for windows/amd64: missing reference: choose one by digest: windows/amd64 "+newer.Digest.String()+", windows/amd64 "+older.Digest.String())
}

// An index may list indexes.
func TestPlatformOfAnIndexBelowAnIndex(t *testing.T) {
	t.Parallel()
	images, index, amd64, arm64 := platforms(t)
	other := images.index(arm64)
	images.tag(images.index(index, other), "v6")
	partial := without(t, layout(t, images, "v6"), other.Digest)
	for _, source := range []oras.ReadOnlyTarget{images, open(t, layout(t, images, "v6")), open(t, partial)} {
		for platform, want := range map[string]digest.Digest{"linux/amd64": amd64.Digest, "linux/arm64": arm64.Digest} {
			result, err := imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v6", Platform: platform}, unlimited)
			require.NoError(t, err, platform)
			assert.Equal(t, want, result.Descriptor.Digest, platform)
		}
	}
	var many []ocispec.Descriptor
	for i := range 100 {
		child := images.index(amd64, arm64)
		child.Digest = digest.FromString(fmt.Sprint(i)) // not read
		many = append(many, child)
	}
	images.tag(images.index(many...), "v7")
	_, err := imagepush.Push(t.Context(), newFake(), images, imagepush.PushOptions{Repository: "team/app", Reference: "v7", Platform: "linux/amd64"}, unlimited)
	require.ErrorIs(t, err, errdef.ErrSizeExceedsLimit)
}

// An index may list one image for several platforms.
func TestPlatformsOfOneImage(t *testing.T) {
	t.Parallel()
	images, _, amd64, _ := platforms(t)
	v6, v7 := amd64, amd64
	v6.Platform = &ocispec.Platform{OS: "linux", Architecture: "arm", Variant: "v6"}
	v7.Platform = &ocispec.Platform{OS: "linux", Architecture: "arm", Variant: "v7"}
	images.tag(images.index(v6, images.index(v7, amd64)), "v8")
	for _, source := range []oras.ReadOnlyTarget{images, open(t, layout(t, images, "v8"))} {
		for _, platform := range []string{"linux/arm/v6", "linux/arm/v7", "linux/arm", "linux/amd64"} {
			result, err := imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v8", Platform: platform}, unlimited)
			require.NoError(t, err, platform)
			assert.Equal(t, amd64.Digest, result.Descriptor.Digest, platform)
		}
	}
}

// Not every tool writes platforms into an index.
func TestPlatformThatOnlyTheConfigSays(t *testing.T) {
	t.Parallel()
	images, _, amd64, arm64 := platforms(t)
	chart := images.image(`{"name":"chart"}`, images.layer("chart"))
	amd64.Platform, arm64.Platform = nil, &ocispec.Platform{}
	images.tag(images.index(amd64, arm64, chart), "v5")
	for _, source := range []oras.ReadOnlyTarget{images, open(t, layout(t, images, "v5")), open(t, without(t, layout(t, images, "v5"), chart.Digest))} {
		for platform, want := range map[string]digest.Digest{"linux/amd64": amd64.Digest, "linux/arm64": arm64.Digest} {
			result, err := imagepush.Push(t.Context(), newFake(), source, imagepush.PushOptions{Repository: "team/app", Reference: "v5", Platform: platform}, unlimited)
			require.NoError(t, err, platform)
			assert.Equal(t, want, result.Descriptor.Digest, platform)
		}
	}
}
