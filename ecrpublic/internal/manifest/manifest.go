// Package manifest reads image manifests and indexes: which blobs, children and
// subject they link to.
package manifest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Media types beside those of the OCI image specification.
const (
	MediaTypeDockerManifest      = "application/vnd.docker.distribution.manifest.v2+json"
	MediaTypeDockerList          = "application/vnd.docker.distribution.manifest.list.v2+json"
	MediaTypeDockerSchema1       = "application/vnd.docker.distribution.manifest.v1+json"
	MediaTypeDockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws"
	MediaTypeDockerForeignLayer  = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
	MediaTypeOCIArtifact         = "application/vnd.oci.artifact.manifest.v1+json"
)

// IsIndex reports whether a media type is one of manifests that list others.
func IsIndex(mediaType string) bool {
	return mediaType == ocispec.MediaTypeImageIndex || mediaType == MediaTypeDockerList
}

// IsImage reports whether a media type is one of images: manifests with a config
// and layers.
func IsImage(mediaType string) bool {
	return mediaType == ocispec.MediaTypeImageManifest || mediaType == MediaTypeDockerManifest
}

// IsManifest reports whether a media type is one of manifests that ECR Public
// stores as images, indexes and artifacts, and not as layers.
func IsManifest(mediaType string) bool {
	return IsIndex(mediaType) || IsImage(mediaType) || mediaType == MediaTypeOCIArtifact
}

// CheckMediaType rejects what cannot be pushed as an image.
func CheckMediaType(mediaType string) error {
	switch {
	case IsManifest(mediaType):
		return nil
	case mediaType == MediaTypeDockerSchema1 || mediaType == MediaTypeDockerSchema1Signed:
		return fmt.Errorf("a manifest of Docker schema 1, whose digests cannot be checked: pull and push it with a newer tool first: %w", errors.ErrUnsupported)
	default:
		return fmt.Errorf("media type %q: only images, indexes and artifacts can be pushed: %w", mediaType, errors.ErrUnsupported)
	}
}

// IsForeignLayer reports whether a media type is one of layers that are
// stored elsewhere, at the URLs of their descriptors, and are not pushed.
func IsForeignLayer(mediaType string) bool {
	return mediaType == MediaTypeDockerForeignLayer || strings.HasPrefix(mediaType, "application/vnd.oci.image.layer.nondistributable.")
}

// Manifest is the union of the members by which manifests of all media types
// link to other objects. Members that a manifest does not have are nil or empty.
type Manifest struct {
	SchemaVersion int                  `json:"schemaVersion"`
	MediaType     string               `json:"mediaType"`
	ArtifactType  string               `json:"artifactType"`
	Config        *ocispec.Descriptor  `json:"config"`
	Layers        []ocispec.Descriptor `json:"layers"`
	Blobs         []ocispec.Descriptor `json:"blobs"`     // of OCI artifact manifests
	FSLayers      []FSLayer            `json:"fsLayers"`  // of Docker schema 1
	Manifests     []ocispec.Descriptor `json:"manifests"` // the children of an index
	Subject       *ocispec.Descriptor  `json:"subject"`
	Annotations   map[string]string    `json:"annotations"`
}

// FSLayer is a layer of Docker schema 1, without size and media type.
type FSLayer struct {
	BlobSum digest.Digest `json:"blobSum"`
}

// Parse reads a manifest of any media type. It does not check digests or which
// members are present. More than [MaxElements] or [MaxDescriptors] is an error, detected
// before they use memory.
func Parse(data []byte) (Manifest, error) {
	if err := CheckElements(data); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	type plain Manifest // without the lists
	var lists struct {
		Layers    Descriptors `json:"layers"`
		Blobs     Descriptors `json:"blobs"`
		Manifests Descriptors `json:"manifests"`
	}
	shadowed := struct {
		*plain
		Layers    *Descriptors `json:"layers"`
		Blobs     *Descriptors `json:"blobs"`
		Manifests *Descriptors `json:"manifests"`
	}{new(plain), &lists.Layers, &lists.Blobs, &lists.Manifests}
	if err := json.Unmarshal(data, &shadowed); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	m := Manifest(*shadowed.plain)
	m.Layers, m.Blobs, m.Manifests = lists.Layers, lists.Blobs, lists.Manifests
	return m, nil
}
