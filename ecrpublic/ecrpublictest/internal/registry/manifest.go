package registry

import (
	"errors"
	"fmt"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// references is what a manifest says of other objects.
type references struct {
	blobs             []blobReference
	children          []string // digests of an index's images
	subject           string   // digest of the image that this one refers to, or ""
	artifactType      string   // as listings of referrers show it
	artifactMediaType string   // as the API shows it: the config's media type
	annotations       map[string]string
}

type blobReference struct {
	digest, mediaType string
	size              int64
	config            bool
	foreign           bool // lies elsewhere, and need not be in the repository
}

func parseManifest(text []byte) (manifest.Manifest, error) {
	m, err := manifest.Parse(text)
	if err != nil {
		return m, invalidManifest()
	}
	return m, nil
}

// referencesOf reads a manifest as one of the given media type.
func referencesOf(m manifest.Manifest, mediaType string) (references, error) {
	r := references{artifactType: m.ArtifactType, annotations: m.Annotations}
	var err error
	switch mediaType {
	case ocispec.MediaTypeImageManifest, manifest.MediaTypeDockerManifest:
		err = r.image(m)
	case ocispec.MediaTypeImageIndex, manifest.MediaTypeDockerList:
		err = r.index(m)
	case manifest.MediaTypeDockerSchema1, manifest.MediaTypeDockerSchema1Signed:
		err = r.schema1(m)
	default:
		return references{}, invalidManifest()
	}
	if m.Subject != nil {
		r.subject = string(m.Subject.Digest)
		err = errors.Join(err, wellFormed(r.subject))
	}
	if err != nil {
		return references{}, invalidManifest()
	}
	return r, nil
}

func wellFormed(digest string) error {
	if !digestPattern.matches(digest) {
		return fmt.Errorf("digest %q", digest)
	}
	return nil
}

func (r *references) image(m manifest.Manifest) error {
	if m.Config == nil {
		return errors.New("no config")
	}
	r.artifactMediaType = m.Config.MediaType
	if r.artifactType == "" {
		r.artifactType = m.Config.MediaType
	}
	err := r.blob(*m.Config)
	r.blobs[0].config = true
	for _, l := range m.Layers {
		err = errors.Join(err, r.blob(l))
	}
	return err
}

// layerless reports whether an image has a config and nothing else.
func (r *references) layerless() bool { return len(r.blobs) == 1 && r.blobs[0].config }

func (r *references) blob(d ocispec.Descriptor) error {
	r.blobs = append(r.blobs, blobReference{digest: string(d.Digest), mediaType: d.MediaType, size: d.Size, foreign: len(d.URLs) > 0})
	return wellFormed(string(d.Digest))
}

func (r *references) index(m manifest.Manifest) error {
	var err error
	for _, child := range m.Manifests {
		r.children = append(r.children, string(child.Digest))
		err = errors.Join(err, wellFormed(string(child.Digest)))
	}
	return err
}

func (r *references) schema1(m manifest.Manifest) error {
	var err error
	for _, l := range m.FSLayers {
		err = errors.Join(err, r.blob(ocispec.Descriptor{Digest: l.BlobSum}))
	}
	return err
}
