// Package manifest reads image manifests and indexes: which blobs, children and
// subject they link to.
package manifest

import (
	"encoding/json"
	"fmt"

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

// FSLayer is a layer of Docker schema 1, which gives no size or media type.
type FSLayer struct {
	BlobSum digest.Digest `json:"blobSum"`
}

// Parse reads a manifest of any media type. It does not check digests or which
// members are present.
func Parse(data []byte) (Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return Manifest{}, fmt.Errorf("manifest: %w", err)
	}
	return m, nil
}
