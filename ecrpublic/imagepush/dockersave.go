package imagepush

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"
)

// dockerSaveFile lists the images of an archive of docker save.
const dockerSaveFile = "manifest.json"

const (
	dockerConfig            = "application/vnd.docker.container.image.v1+json"
	dockerLayer             = "application/vnd.docker.image.rootfs.diff.tar.gzip"
	dockerUncompressedLayer = "application/vnd.docker.image.rootfs.diff.tar"
)

// savedImage is an image of dockerSaveFile; Config and Layers are entries of the
// archive.
type savedImage struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// savedManifest is Docker's schema 2. The order of the fields is the order in
// which others write them: the digest depends on it.
type savedManifest struct {
	SchemaVersion int         `json:"schemaVersion"`
	MediaType     string      `json:"mediaType"`
	Config        savedBlob   `json:"config"`
	Layers        []savedBlob `json:"layers"`
}

type savedBlob struct {
	MediaType string        `json:"mediaType"`
	Size      int64         `json:"size"`
	Digest    digest.Digest `json:"digest"`
}

// addLayout adds to an archive of docker save what makes it an OCI layout too.
func (a *archive) addLayout(ctx context.Context) error {
	data, err := fs.ReadFile(a, dockerSaveFile)
	if err != nil {
		return err
	}
	var images []savedImage
	if err := json.Unmarshal(data, &images); err != nil {
		return fmt.Errorf("%s: %w", dockerSaveFile, err)
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}}
	known := map[string]savedBlob{}
	for _, image := range images {
		manifest, err := a.addImage(ctx, image, known)
		if err != nil {
			return err
		}
		if len(image.RepoTags) == 0 {
			index.Manifests = append(index.Manifests, manifest)
		}
		for _, tag := range image.RepoTags {
			manifest.Annotations = map[string]string{ocispec.AnnotationRefName: tag}
			index.Manifests = append(index.Manifests, manifest)
		}
	}
	return errors.Join(
		a.addJSON(ocispec.ImageLayoutFile, ocispec.ImageLayout{Version: ocispec.ImageLayoutVersion}),
		a.addJSON(ocispec.ImageIndexFile, index),
	)
}

func (a *archive) addJSON(name string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	a.add(name, data)
	return nil
}

// addImage adds an image's manifest, and its config and layers once more under
// their digests.
func (a *archive) addImage(ctx context.Context, image savedImage, known map[string]savedBlob) (ocispec.Descriptor, error) {
	manifest := savedManifest{SchemaVersion: 2, MediaType: dockerManifest, Layers: []savedBlob{}}
	for _, name := range append([]string{image.Config}, image.Layers...) {
		if _, ok := known[name]; ok {
			continue
		}
		blob, err := a.addBlob(ctx, name)
		if err != nil {
			return ocispec.Descriptor{}, fmt.Errorf("%s: %w", name, err)
		}
		known[name] = blob
	}
	manifest.Config = known[image.Config]
	manifest.Config.MediaType = dockerConfig
	for _, name := range image.Layers {
		manifest.Layers = append(manifest.Layers, known[name])
	}
	data, err := json.Marshal(manifest)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	desc := ocispec.Descriptor{MediaType: dockerManifest, Digest: digest.FromBytes(data), Size: int64(len(data))}
	a.add(blobPath(desc.Digest), data)
	return desc, nil
}

// addBlob reads an entry for its digest and adds it under that. The media type
// is that of a layer, by the first bytes.
func (a *archive) addBlob(ctx context.Context, name string) (blob savedBlob, err error) {
	f, err := a.Open(path.Clean(name))
	if err != nil {
		return blob, err
	}
	defer f.Close()
	r := bufio.NewReader(readerFunc(func(p []byte) (int, error) {
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		return f.Read(p)
	}))
	if blob.MediaType, err = sniffLayer(r); err != nil {
		return blob, err
	}
	digester := digest.SHA256.Digester()
	if blob.Size, err = io.Copy(digester.Hash(), r); err != nil {
		return blob, err
	}
	blob.Digest = digester.Digest()
	a.entries[blobPath(blob.Digest)] = a.entries[path.Clean(name)]
	return blob, nil
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func sniffLayer(r *bufio.Reader) (mediaType string, err error) {
	start, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		return dockerLayer, nil
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "", fmt.Errorf("zstd in an archive of docker save: %w", errdef.ErrUnsupported)
	default:
		return dockerUncompressedLayer, nil
	}
}

func blobPath(d digest.Digest) string {
	return path.Join(ocispec.ImageBlobsDir, d.Algorithm().String(), d.Encoded())
}
