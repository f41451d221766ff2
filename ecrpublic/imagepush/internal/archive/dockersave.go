package archive

import (
	"bufio"
	"bytes"
	"compress/gzip"
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
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// dockerSaveFile lists the images of an archive of docker save.
const dockerSaveFile = "manifest.json"

const (
	dockerConfig = "application/vnd.docker.container.image.v1+json"
	dockerLayer  = "application/vnd.docker.image.rootfs.diff.tar.gzip"
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

	diffID digest.Digest // of a layer: the digest of what it is uncompressed
}

// addLayout adds to an archive of docker save what makes it an OCI layout too,
// unless it is one that has images.
func (a *archive) addLayout(ctx context.Context) error {
	if a.has(ocispec.ImageLayoutFile) {
		index, err := ReadIndex(a)
		if err != nil || len(index.Manifests) > 0 {
			return err
		}
	}
	data, err := fs.ReadFile(a, dockerSaveFile)
	if err != nil {
		return err
	}
	var images []savedImage
	if err := json.Unmarshal(data, &images); err != nil {
		return fmt.Errorf("%s: %w", dockerSaveFile, err)
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}}
	layers := map[string]savedBlob{}
	for _, image := range images {
		manifest, err := a.addImage(ctx, image, layers)
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
func (a *archive) addImage(ctx context.Context, image savedImage, layers map[string]savedBlob) (desc ocispec.Descriptor, err error) {
	config, err := fs.ReadFile(a, path.Clean(image.Config))
	if err != nil {
		return desc, err
	}
	diffIDs, err := image.diffIDs(config)
	if err != nil {
		return desc, fmt.Errorf("%s: %w", image.Config, err)
	}
	manifest := savedManifest{
		SchemaVersion: 2,
		MediaType:     manifest.MediaTypeDockerManifest,
		Config:        a.addBlob(dockerConfig, config),
		Layers:        []savedBlob{},
	}
	for i, name := range image.Layers {
		layer, ok := layers[name]
		if !ok {
			if layer, err = a.addLayer(ctx, name); err != nil {
				return desc, err
			}
			layers[name] = layer
		}
		if layer.diffID != diffIDs[i] {
			return desc, fmt.Errorf("layer %s is %s uncompressed, but %s in %s: %w", name, layer.diffID, diffIDs[i], image.Config, content.ErrMismatchedDigest)
		}
		manifest.Layers = append(manifest.Layers, layer)
	}
	data, err := json.Marshal(manifest)
	if err != nil {
		return desc, err
	}
	blob := a.addBlob(manifest.MediaType, data)
	return ocispec.Descriptor{MediaType: blob.MediaType, Digest: blob.Digest, Size: blob.Size}, nil
}

// diffIDs returns what the config says of each layer.
func (i savedImage) diffIDs(config []byte) ([]digest.Digest, error) {
	var image struct{ RootFS ocispec.RootFS }
	if err := json.Unmarshal(config, &image); err != nil {
		return nil, err
	}
	ids := image.RootFS.DiffIDs
	if len(ids) != len(i.Layers) {
		return nil, fmt.Errorf("%d diff_ids for %d layers, %q", len(ids), len(i.Layers), i.Layers)
	}
	return ids, nil
}

// addBlob adds data under its digest.
func (a *archive) addBlob(mediaType string, data []byte) savedBlob {
	blob := savedBlob{MediaType: mediaType, Size: int64(len(data)), Digest: digest.FromBytes(data)}
	a.add(blobPath(blob.Digest), data)
	return blob
}

// addLayer adds an entry under its digest, compressed.
func (a *archive) addLayer(ctx context.Context, name string) (blob savedBlob, err error) {
	e, ok := a.entries[path.Clean(name)]
	if !ok {
		return blob, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	f, err := a.open(e)
	if err != nil {
		return blob, err
	}
	defer f.Close()
	blob = savedBlob{MediaType: dockerLayer, Size: e.size}
	e.compress, err = blob.measure(readerFunc(func(p []byte) (int, error) {
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		return f.Read(p)
	}))
	if err != nil {
		return blob, fmt.Errorf("%s: %w", name, err)
	}
	header := *e.header
	header.Size, e.header = blob.Size, &header
	a.entries[blobPath(blob.Digest)] = e
	return blob, nil
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// measure takes both digests of a layer in one pass. It tells from the layer's
// first bytes whether it has yet to be compressed, which gives it another size.
func (b *savedBlob) measure(layer io.Reader) (compress bool, err error) {
	r := bufio.NewReaderSize(layer, 64<<10)
	start, err := r.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	packed, plain := digest.SHA256.Digester(), digest.SHA256.Digester()
	switch {
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return false, fmt.Errorf("zstd in an archive of docker save: %w", errdef.ErrUnsupported)
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b}):
		err = gunzip(plain.Hash(), io.TeeReader(r, packed.Hash()))
	default:
		compress = true
		b.Size, err = io.Copy(packed.Hash(), newCompressor(io.TeeReader(r, plain.Hash())))
	}
	b.Digest, b.diffID = packed.Digest(), plain.Digest()
	return compress, err
}

func gunzip(w io.Writer, r io.Reader) error {
	plain, err := gzip.NewReader(r)
	if err != nil {
		return err
	}
	_, err = io.Copy(w, plain)
	return err
}

func blobPath(d digest.Digest) string {
	return path.Join(ocispec.ImageBlobsDir, d.Algorithm().String(), d.Encoded())
}
