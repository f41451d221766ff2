package archive

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// Choose returns the image to push for one that the layout lists: the image itself
// if it is complete. For an index of which only one platform is there, as docker
// save writes it, it returns that platform, or the one that manifest.json names.
// Otherwise the error lists what is there.
func (l *Layout) Choose(root ocispec.Descriptor) (ocispec.Descriptor, error) {
	if err := manifest.CheckMediaType(root.MediaType); err != nil {
		return ocispec.Descriptor{}, fmt.Errorf("%s: %w", root.Digest, err)
	}
	if l.missing(root) == "" {
		return root, nil
	}
	complete := l.complete(root)
	if len(complete) == 1 {
		return complete[0], nil
	}
	var named []ocispec.Descriptor
	for _, image := range complete {
		if l.saved[image.Digest] {
			named = append(named, image)
		}
	}
	if len(named) == 1 {
		return named[0], nil
	}
	return ocispec.Descriptor{}, l.CheckComplete(root, root)
}

// CheckComplete fails if an image at or below root is incomplete. The error lists the
// complete ones.
func (l *Layout) CheckComplete(root, image ocispec.Descriptor) error {
	missing := l.missing(image)
	if missing == "" {
		return nil
	}
	return fmt.Errorf("%s is incomplete: %s: %w; %s", image.Digest, missing, errdef.ErrNotFound, l.Choices(root))
}

// complete returns the complete images at and below root, without attestations.
func (l *Layout) complete(root ocispec.Descriptor) []ocispec.Descriptor {
	return slices.DeleteFunc(l.leaves(root), func(image ocispec.Descriptor) bool {
		return IsAttestation(image) || l.missing(image) != ""
	})
}

// Choices says for an error which complete images there are at and below root.
func (l *Layout) Choices(root ocispec.Descriptor) string {
	complete := l.complete(root)
	if len(complete) == 0 {
		return "none of its platforms is complete"
	}
	const most = 20
	var all []string
	for _, image := range complete[:min(len(complete), most)] {
		all = append(all, fmt.Sprintf("%s %s", Platform(image), image.Digest))
	}
	return "choose a complete one by platform or digest: " + strings.Join(all, ", ")
}

// annotationSubject is what the descriptor in index.json says that an attestation of
// BuildKit is about, which has no subject itself. Docker 29 and later writes it.
const annotationSubject = "io.containerd.manifest.subject"

// WithoutReferrers returns the images, but not those whose subject is there as well:
// signatures and the like, which docker save and other tools list beside the image.
func (l *Layout) WithoutReferrers() []ocispec.Descriptor {
	images := slices.DeleteFunc(slices.Clone(l.Images), func(image ocispec.Descriptor) bool {
		about := digest.Digest(image.Annotations[annotationSubject])
		if subject := l.manifests[image.Digest].subject; subject != nil {
			about = subject.Digest
		}
		_, ok := l.manifests[about]
		return ok
	})
	if len(images) == 0 { // annotations can claim anything
		return l.Images
	}
	return images
}

// Platform is the platform of a child of an index, as docker writes it.
func Platform(desc ocispec.Descriptor) string {
	if desc.Platform == nil || desc.Platform.OS == "" && desc.Platform.Architecture == "" {
		return "no platform"
	}
	text := desc.Platform.OS + "/" + desc.Platform.Architecture
	if desc.Platform.Variant != "" {
		text += "/" + desc.Platform.Variant
	}
	return text
}

// Find returns a manifest at or below the images by its digest.
func (l *Layout) Find(d digest.Digest) (ocispec.Descriptor, bool) {
	n, ok := l.manifests[d]
	return n.desc, ok
}

// missing says what is missing from an image, "" if nothing is.
func (l *Layout) missing(root ocispec.Descriptor) string {
	seen := map[digest.Digest]bool{}
	for next := []ocispec.Descriptor{root}; len(next) > 0; next = next[1:] {
		desc := next[0]
		if seen[desc.Digest] {
			continue
		}
		seen[desc.Digest] = true
		n, ok := l.manifests[desc.Digest]
		blobs := n.blobs
		switch {
		case ok:
			next = append(next, n.children...)
		case manifest.IsManifest(desc.MediaType):
			return fmt.Sprintf("manifest %s is missing", desc.Digest)
		default: // an index may list blobs, too
			blobs = []ocispec.Descriptor{desc}
		}
		for _, blob := range blobs {
			_, err := l.size(blob.Digest)
			switch {
			case err == nil || manifest.IsForeignLayer(blob.MediaType):
			case errors.Is(err, fs.ErrNotExist):
				return fmt.Sprintf("blob %s is missing", blob.Digest)
			default:
				return fmt.Sprintf("blob %s: %v", blob.Digest, err)
			}
		}
	}
	return ""
}

// leaves returns the manifests at and below root that list no others.
func (l *Layout) leaves(root ocispec.Descriptor) (images []ocispec.Descriptor) {
	seen := map[digest.Digest]bool{}
	for next := []ocispec.Descriptor{root}; len(next) > 0; next = next[1:] {
		desc := next[0]
		n, ok := l.manifests[desc.Digest]
		if !ok || seen[desc.Digest] {
			continue
		}
		seen[desc.Digest] = true
		if len(n.children) == 0 {
			images = append(images, desc)
		}
		next = append(next, n.children...)
	}
	return images
}

// IsAttestation reports whether a child of an index describes another child.
func IsAttestation(desc ocispec.Descriptor) bool {
	return desc.Annotations[manifest.AnnotationReferenceType] != "" || desc.Platform != nil && desc.Platform.OS == "unknown"
}

// config returns the config of an image, "" for anything else.
func (l *Layout) config(image ocispec.Descriptor) digest.Digest {
	n, ok := l.manifests[image.Digest]
	if !ok || len(n.blobs) == 0 || !manifest.IsImage(n.desc.MediaType) {
		return ""
	}
	return n.blobs[0].Digest
}
