package archive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"path"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// dockerSaveFile lists the images of a docker save archive.
const dockerSaveFile = "manifest.json"

const (
	dockerConfig     = "application/vnd.docker.container.image.v1+json"
	dockerLayer      = "application/vnd.docker.image.rootfs.diff.tar.gzip"
	dockerPlainLayer = "application/vnd.docker.image.rootfs.diff.tar"
)

// savedImage is an image of dockerSaveFile; Config and Layers are entries of the
// archive.
type savedImage struct {
	Config       string
	RepoTags     []string
	Layers       []string
	LayerSources map[digest.Digest]savedBlob // by the digest of the uncompressed layer
}

// savedManifest is Docker's schema 2. The order of the fields is the order in
// which others write them: the digest depends on it.
type savedManifest struct {
	SchemaVersion int         `json:"schemaVersion"`
	MediaType     string      `json:"mediaType"`
	Config        savedBlob   `json:"config"`
	Layers        []savedBlob `json:"layers"`
}

// savedBlob is a descriptor.
type savedBlob struct {
	MediaType   string            `json:"mediaType"`
	Size        int64             `json:"size"`
	Digest      digest.Digest     `json:"digest"`
	Data        []byte            `json:"data,omitempty"`
	URLs        []string          `json:"urls,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// openDockerSave opens an archive that has manifest.json. If it is also a layout
// that lists images, it is opened as a layout, unless docker made that on saving.
func openDockerSave(ctx context.Context, t *tarFile, options Options) (*Layout, error) {
	if err := t.checkUnique(dockerSaveFile); err != nil {
		return nil, err
	}
	var images savedImages
	if err := readJSON(t, dockerSaveFile, &images); err != nil {
		return nil, err
	}
	if err := checkNumber(images); err != nil {
		return nil, err
	}
	b := &builder{
		Layout:  &Layout{files: t},
		tar:     t,
		configs: savedConfigs{t, map[string]savedConfig{}},
		options: options,
	}
	if t.has(ocispec.ImageLayoutFile) {
		l, err := openLayout(ctx, t)
		if err != nil {
			return nil, err
		}
		if len(l.Images) > 0 {
			if err := l.checkSaved(ctx, b.configs, images); err != nil || !madeOnSaving(images) {
				return l, err
			}
			b.Layout = l
		}
	}
	if err := b.build(ctx, images); err != nil {
		return nil, errors.Join(err, b.Layout.Close())
	}
	return b.Layout, nil
}

// madeOnSaving reports whether docker made the manifests of a layout when it saved the
// images. Without containerd's image store it has no others, and no compressed layers:
// manifest.json then says of each layer that it is not compressed, or where it is kept.
func madeOnSaving(images []savedImage) bool {
	for _, image := range images {
		for _, source := range image.LayerSources {
			if !source.isPlain() && !manifest.IsForeignLayer(source.MediaType) {
				return false
			}
		}
		if len(image.LayerSources) == 0 {
			return false
		}
	}
	return len(images) > 0
}

// builder builds a layout from a docker save archive. If that is a layout already, its
// images are replaced.
type builder struct {
	*Layout
	tar     *tarFile
	configs savedConfigs
	options Options
	layers  map[string]layer // by entry
}

func (b *builder) build(ctx context.Context, images []savedImage) error {
	configs := make([]savedConfig, len(images))
	for i, image := range images {
		var err error
		if configs[i], err = b.configs.of(ctx, image); err != nil {
			return err
		}
		if err := configs[i].check(image); err != nil {
			return err
		}
	}
	if err := b.readLayers(ctx, images, configs); err != nil {
		return err
	}
	replaced := b.Images
	listed := map[digest.Digest][]ocispec.Descriptor{} // by config
	for _, image := range replaced {
		config := b.config(image)
		listed[config] = append(listed[config], image)
	}
	b.Images, b.made = nil, map[digest.Digest]blob{}
	for i, image := range images {
		desc, err := b.addImage(image, configs[i])
		if err != nil {
			return err
		}
		b.list(desc, image.RepoTags, listed[configs[i].digest])
		delete(listed, configs[i].digest)
	}
	for _, image := range replaced {
		if len(listed[b.config(image)]) > 0 {
			b.Images = append(b.Images, image)
		}
	}
	return b.load(ctx, append(slices.Clone(b.Images), replaced...))
}

// list lists an image as index.json does, or else by its tags.
func (b *builder) list(desc ocispec.Descriptor, tags []string, listed []ocispec.Descriptor) {
	for _, as := range listed {
		desc.Annotations = as.Annotations
		b.Images = append(b.Images, desc)
	}
	if len(listed) > 0 {
		return
	}
	for _, tag := range tags {
		desc.Annotations = map[string]string{ocispec.AnnotationRefName: tag}
		b.Images = append(b.Images, desc)
	}
	if len(tags) == 0 {
		b.Images = append(b.Images, desc)
	}
}

// addImage adds the manifest of an image, and its config and layers under their digests.
func (b *builder) addImage(image savedImage, config savedConfig) (desc ocispec.Descriptor, err error) {
	m := savedManifest{
		SchemaVersion: 2,
		MediaType:     manifest.MediaTypeDockerManifest,
		Config:        savedBlob{MediaType: dockerConfig, Size: config.size, Digest: config.digest},
		Layers:        []savedBlob{},
	}
	b.made[config.digest] = blob{config.size, func() (io.ReadCloser, error) { return b.tar.open(config.entry) }}
	for i, name := range image.Layers {
		if source, ok := image.source(config.diffIDs[i]); ok {
			m.Layers = append(m.Layers, source)
			continue
		}
		l := b.layers[path.Clean(name)]
		if err := verify(name, l, claim{config.diffIDs[i], image.Config}, nil); err != nil {
			return desc, err
		}
		m.Layers = append(m.Layers, savedBlob{MediaType: dockerLayer, Size: l.size, Digest: l.digest})
		b.made[l.digest] = blob{l.size, l.open}
	}
	data, err := json.Marshal(m)
	if err != nil {
		return desc, err
	}
	added := b.addData(m.MediaType, data)
	return ocispec.Descriptor{MediaType: added.MediaType, Digest: added.Digest, Size: added.Size}, nil
}

// source returns what LayerSources says of a layer. For layers stored
// elsewhere, such as those of Windows, there is nothing else. Docker 25 and
// later lists uncompressed layers there, too.
func (i savedImage) source(diffID digest.Digest) (savedBlob, bool) {
	source, ok := i.LayerSources[diffID]
	return source, ok && !source.isPlain()
}

// isPlain reports whether it is a layer that is not compressed.
func (b savedBlob) isPlain() bool {
	return b.MediaType == dockerPlainLayer || b.MediaType == ocispec.MediaTypeImageLayer
}

// addData adds bytes under their digest.
func (b *builder) addData(mediaType string, data []byte) savedBlob {
	d := digest.FromBytes(data)
	b.made[d] = blob{int64(len(data)), func() (io.ReadCloser, error) {
		return section{io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))), io.NopCloser(nil)}, nil
	}}
	return savedBlob{MediaType: mediaType, Size: int64(len(data)), Digest: d}
}
