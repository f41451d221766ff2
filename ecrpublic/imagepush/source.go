package imagepush

import (
	"context"
	"fmt"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush/internal/archive"
)

// annotationImageName is where Docker and containerd write an image's whole name;
// the name of OCI is then no more than the tag.
const annotationImageName = "io.containerd.image.name"

// Source is what [Open] returns: images on disk that [Push] and [Mirror] can
// read. It keeps no file open.
type Source struct {
	// ReadOnlyStore has the images as a layout.
	*oci.ReadOnlyStore

	// names has the images by each of their names, and under "" all that have
	// one, or else all.
	names map[string][]ocispec.Descriptor
}

// Open reads the images of an OCI layout, a folder or a tar of one, or of an
// archive as docker save and crane write it. Archives are read in place and
// must not be compressed as a whole.
//
// An image of a layout has the name that index.json gives it. Docker, from 25 on,
// and containerd give it two, the tag and the whole name, and of the latter the
// short form does as well: "v1", "docker.io/library/app:v1" and "app:v1" are the
// same image. An image of any other archive has the names that manifest.json
// gives it, such as "app:v1". An archive that has both files is taken for a
// layout, unless its index.json lists nothing.
//
// The layers of a layout are left as they are. They are checked when they are
// sent, against their digests. The layers of any other archive are read at once,
// and if they are not what the image's config says, Open fails. Where they are
// uncompressed, as docker writes them, they are compressed as they are read,
// twice: for their digests now, and when they are sent. The digest of such an
// image is the one that crane computes.
func Open(ctx context.Context, path string) (*Source, error) {
	source, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("imagepush: open %s: %w", path, err)
	}
	return source, nil
}

func open(ctx context.Context, path string) (*Source, error) {
	fsys, err := archive.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	store, err := oci.NewFromFS(ctx, fsys)
	if err != nil {
		return nil, err
	}
	index, err := archive.ReadIndex(fsys)
	if err != nil {
		return nil, err
	}
	return &Source{store, byName(index.Manifests)}, nil
}

func byName(images []ocispec.Descriptor) map[string][]ocispec.Descriptor {
	named := map[string][]ocispec.Descriptor{}
	for _, image := range images {
		names := namesOf(image)
		for _, name := range names {
			named[name] = append(named[name], image)
		}
		if len(names) > 0 {
			named[""] = append(named[""], image)
		}
	}
	if len(named) == 0 {
		named[""] = images
	}
	return named
}

// namesOf returns what users may call an image, the most telling name first.
func namesOf(image ocispec.Descriptor) (names []string) {
	for _, key := range []string{annotationImageName, ocispec.AnnotationRefName} {
		name := image.Annotations[key]
		if name == "" {
			continue
		}
		if short, ok := strings.CutPrefix(name, "docker.io/"); ok {
			names = append(names, strings.TrimPrefix(short, "library/"))
		}
		names = append(names, name)
	}
	return names
}

// Resolve finds an image by one of its names, see [Open], or by its digest. An
// empty reference is the only image, or the only one that has a name. A name that
// several images have, as "latest" may be, is an error that lists better ones.
func (s *Source) Resolve(ctx context.Context, reference string) (ocispec.Descriptor, error) {
	images := s.names[reference]
	if len(images) == 0 {
		return s.ReadOnlyStore.Resolve(ctx, reference)
	}
	if isOne(images) {
		return images[0], nil
	}
	var candidates []string
	for _, image := range images {
		candidates = append(candidates, s.unique(image))
	}
	slices.Sort(candidates)
	return ocispec.Descriptor{}, fmt.Errorf("%w: %q may be any of %q", errdef.ErrMissingReference, reference, candidates)
}

// unique returns a name that no other image has, or else the digest.
func (s *Source) unique(image ocispec.Descriptor) string {
	for _, name := range namesOf(image) {
		if isOne(s.names[name]) {
			return name
		}
	}
	return image.Digest.String()
}

// isOne tells whether all are the same image.
func isOne(images []ocispec.Descriptor) bool {
	return !slices.ContainsFunc(images, func(image ocispec.Descriptor) bool { return image.Digest != images[0].Digest })
}
