package imagepush

import (
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

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/facts"
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
func (a *archive) addImage(ctx context.Context, image savedImage, layers map[string]savedBlob) (ocispec.Descriptor, error) {
	manifest := savedManifest{SchemaVersion: 2, MediaType: facts.MediaTypeDockerManifest, Layers: []savedBlob{}}
	var err error
	if manifest.Config, err = a.addBlob(ctx, image.Config, dockerConfig); err != nil {
		return ocispec.Descriptor{}, err
	}
	for _, name := range image.Layers {
		if _, ok := layers[name]; !ok {
			if layers[name], err = a.addBlob(ctx, name, dockerLayer); err != nil {
				return ocispec.Descriptor{}, err
			}
		}
		manifest.Layers = append(manifest.Layers, layers[name])
	}
	data, err := json.Marshal(manifest)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	desc := ocispec.Descriptor{MediaType: facts.MediaTypeDockerManifest, Digest: digest.FromBytes(data), Size: int64(len(data))}
	a.add(blobPath(desc.Digest), data)
	return desc, nil
}

// addBlob adds an entry under its digest, a layer compressed.
func (a *archive) addBlob(ctx context.Context, name, mediaType string) (blob savedBlob, err error) {
	e, ok := a.entries[path.Clean(name)]
	if !ok {
		return blob, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	if mediaType == dockerLayer {
		if e.compress, err = a.isPlain(e); err != nil {
			return blob, fmt.Errorf("%s: %w", name, err)
		}
	}
	f, err := a.open(e)
	if err != nil {
		return blob, err
	}
	defer f.Close()
	digester := digest.SHA256.Digester()
	size, err := io.Copy(digester.Hash(), readerFunc(func(p []byte) (int, error) {
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		return f.Read(p)
	}))
	if err != nil {
		return blob, fmt.Errorf("%s: %w", name, err)
	}
	header := *e.header
	header.Size, e.header = size, &header
	a.entries[blobPath(digester.Digest())] = e
	return savedBlob{MediaType: mediaType, Size: size, Digest: digester.Digest()}, nil
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// isPlain tells from its first bytes that a layer is not compressed.
func (a *archive) isPlain(e entry) (bool, error) {
	f, err := a.open(e)
	if err != nil {
		return false, err
	}
	defer f.Close()
	start, err := io.ReadAll(io.LimitReader(f, 4))
	if err != nil {
		return false, err
	}
	if bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		return false, fmt.Errorf("zstd in an archive of docker save: %w", errdef.ErrUnsupported)
	}
	return !bytes.HasPrefix(start, []byte{0x1f, 0x8b}), nil
}

func blobPath(d digest.Digest) string {
	return path.Join(ocispec.ImageBlobsDir, d.Algorithm().String(), d.Encoded())
}
