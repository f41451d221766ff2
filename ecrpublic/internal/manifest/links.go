package manifest

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"
)

const (
	// MaxDescriptors is how many layers, blobs or children a manifest may list.
	MaxDescriptors = 10_000

	// maxMediaType is how long a media type may be, by RFC 6838. maxTexts is for the
	// other texts of a descriptor together: a digest of SHA-512 has 135 bytes.
	maxMediaType = 127 + 1 + 127
	maxTexts     = 255
)

// AnnotationReferenceType marks a child of an index that describes another child,
// as BuildKit writes it.
const AnnotationReferenceType = "vnd.docker.reference.type"

// Links returns what a manifest of a media type refers to: the manifests that it
// lists, its blobs, config first, and its subject, nil if it has none.
func (m Manifest) Links(mediaType string) (children, blobs []ocispec.Descriptor, subject *ocispec.Descriptor) {
	switch mediaType {
	case MediaTypeDockerList:
		return m.Manifests, nil, nil
	case ocispec.MediaTypeImageIndex:
		return m.Manifests, nil, m.Subject
	case MediaTypeOCIArtifact:
		return nil, m.Blobs, m.Subject
	case MediaTypeDockerManifest, ocispec.MediaTypeImageManifest:
		if m.Config != nil {
			blobs = append(blobs, *m.Config)
		}
		blobs = append(blobs, m.Layers...)
		if mediaType == MediaTypeDockerManifest {
			return nil, blobs, nil
		}
		return nil, blobs, m.Subject
	}
	return nil, nil, nil
}

// ParseLinks is [Parse] for callers that keep the result: its descriptors have no more
// than media type, digest, size, platform and [AnnotationReferenceType], which are
// short, so that a manifest of megabytes takes little memory once it is parsed.
func ParseLinks(data []byte) (m Manifest, err error) {
	if err := CheckElements(data); err != nil {
		return m, fmt.Errorf("manifest: %w", err)
	}
	var lists struct {
		MediaType string `json:"mediaType"`
		Config    *link  `json:"config"`
		Subject   *link  `json:"subject"`
		Layers    links  `json:"layers"`
		Blobs     links  `json:"blobs"`
		Manifests links  `json:"manifests"`
	}
	if err := json.Unmarshal(data, &lists); err != nil {
		return m, fmt.Errorf("manifest: %w", err)
	}
	m = Manifest{MediaType: lists.MediaType, Layers: lists.Layers, Blobs: lists.Blobs, Manifests: lists.Manifests}
	if m.Config, err = lists.Config.descriptor(); err != nil {
		return m, fmt.Errorf("manifest: config: %w", err)
	}
	if m.Subject, err = lists.Subject.descriptor(); err != nil {
		return m, fmt.Errorf("manifest: subject: %w", err)
	}
	return m, nil
}

// link is what ParseLinks reads of a descriptor.
type link struct {
	MediaType   string        `json:"mediaType"`
	Digest      digest.Digest `json:"digest"`
	Size        int64         `json:"size"`
	Platform    *linkPlatform `json:"platform"`
	Annotations struct {
		ReferenceType string `json:"vnd.docker.reference.type"`
	} `json:"annotations"`
}

type linkPlatform struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant"`
}

// descriptor returns nil for nil.
func (l *link) descriptor() (*ocispec.Descriptor, error) {
	if l == nil {
		return nil, nil
	}
	desc := &ocispec.Descriptor{MediaType: l.MediaType, Digest: l.Digest, Size: l.Size}
	if p := l.Platform; p != nil {
		desc.Platform = &ocispec.Platform{OS: p.OS, Architecture: p.Architecture, Variant: p.Variant}
	}
	if l.Annotations.ReferenceType != "" {
		desc.Annotations = map[string]string{AnnotationReferenceType: l.Annotations.ReferenceType}
	}
	return desc, l.checkLengths()
}

func (l *link) checkLengths() error {
	if len(l.MediaType) > maxMediaType {
		return fmt.Errorf("a media type of %d bytes, want at most %d: %w", len(l.MediaType), maxMediaType, errdef.ErrSizeExceedsLimit)
	}
	texts := len(l.Digest) + len(l.Annotations.ReferenceType)
	if p := l.Platform; p != nil {
		texts += len(p.OS) + len(p.Architecture) + len(p.Variant)
	}
	if texts > maxTexts {
		return fmt.Errorf("digest and platform of a descriptor have %d bytes, want at most %d: %w", texts, maxTexts, errdef.ErrSizeExceedsLimit)
	}
	return nil
}

// links are read one by one, so that there can be no more than MaxDescriptors.
type links []ocispec.Descriptor

// UnmarshalJSON implements json.Unmarshaler.
func (l *links) UnmarshalJSON(data []byte) error {
	return EachElement(data, func(decoder *json.Decoder) error {
		var next link
		if err := decoder.Decode(&next); err != nil {
			return err
		}
		desc, err := next.descriptor()
		*l = append(*l, *desc)
		return err
	})
}

// Descriptors are links with all their members. JSON of more than [MaxDescriptors] is an
// error, detected before they use memory.
type Descriptors []ocispec.Descriptor

// UnmarshalJSON implements json.Unmarshaler.
func (d *Descriptors) UnmarshalJSON(data []byte) error {
	return EachElement(data, func(decoder *json.Decoder) error {
		var next ocispec.Descriptor
		err := decoder.Decode(&next)
		*d = append(*d, next)
		return err
	})
}

// EachElement lets decode read the elements of a list, of which there may be
// [MaxDescriptors].
func EachElement(data []byte, decode func(*json.Decoder) error) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	start, err := decoder.Token()
	if err != nil || start == nil { // null
		return err
	}
	if start != json.Delim('[') {
		return fmt.Errorf("want a list, got %v", start)
	}
	for n := 0; decoder.More(); n++ {
		if n == MaxDescriptors {
			return fmt.Errorf("more than %d in a list: %w", MaxDescriptors, errdef.ErrSizeExceedsLimit)
		}
		if err := decode(decoder); err != nil {
			return err
		}
	}
	return nil
}
