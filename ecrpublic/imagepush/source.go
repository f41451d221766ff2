package imagepush

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush/internal/archive"
)

// Source is what [Open] returns: images on disk that [Push] and [Mirror] can
// read. Its methods may be called concurrently.
type Source struct {
	layout *archive.Layout

	// names has the images by each of their names, and under "" all that have
	// one, or else all but the referrers of others.
	names map[string][]ocispec.Descriptor
}

var _ interface {
	MirrorSource
	content.PredecessorFinder
	io.Closer
} = (*Source)(nil)

// OpenOptions configures [Open]. The zero value of every field works.
type OpenOptions struct {
	// Digests remembers the digests of compressed docker save layers, so that
	// layers that were pushed before are not compressed again. They are not even
	// read if the archive has the size and the time of modification that it had when
	// they were checked. Nil remembers nothing. See [NewDigestFile].
	Digests DigestCache
}

// DigestCache remembers the digests and sizes of compressed layers. Its keys are the
// digests of uncompressed layers, and of texts that name a layer's place in an archive.
// It may forget. Its methods may be called concurrently. No one else must be able to
// change what it remembers: a layer that the repository has under the remembered digest
// goes into the image unchecked. Any other layer is compressed, and is not pushed if its
// digest differs.
type DigestCache interface {
	// Get returns what Put stored under a key; ok is false if that is unknown.
	Get(key digest.Digest) (compressed digest.Digest, size int64, ok bool)

	// Put stores the digest and the size of a compressed layer.
	Put(key, compressed digest.Digest, size int64)
}

// NewDigestFile returns a [DigestCache] in a file, which it creates when needed, with
// its directory. What cannot be read or written counts as forgotten. Several programs
// may share the file. No one else must be able to write it, because its digests go into
// images.
func NewDigestFile(path string) DigestCache { return archive.NewCacheFile(path) }

// Open reads the images of an OCI layout (directory or tar file), or of an
// archive written by docker save or crane. Archives are read in place and
// must not be compressed as a whole.
//
// An image of a layout has the name in index.json. Docker 25 and later and
// containerd write two, the tag and the full name, and the full name also has a
// short form: "v1", "docker.io/library/app:v1" and "app:v1" are the same image.
// An image of any other archive has the names in manifest.json, such as "app:v1".
// An archive that has both files is read as a layout, unless its index.json lists
// nothing; both must list the same images with the same layers under the same names.
// Only images without a name may be missing from index.json.
//
// The layers of a layout are used unchanged, and checked against their digests
// when sent. The layers of any other archive, and of docker save without
// containerd's image store, are read by Open, which fails if they do not match the
// image's config. Uncompressed layers, as docker writes them, are compressed, and
// up to 2 GiB of the result is kept in a temporary file until [Source.Close]. Such
// an image has the digest that crane computes.
//
// Open reads an archive as tar would unpack it: the last entry of a name counts.
// It rejects names that lead out of the archive or differ only in case, and
// headers, entries and metadata that tools read in different ways. Metadata is
// limited to 4 MiB per file and 10,000 manifests with 20,000 descriptors, and a
// tar file to 100,000 entries with names of 8 MiB.
func Open(ctx context.Context, path string, optFns ...func(*OpenOptions)) (*Source, error) {
	var options OpenOptions
	for _, fn := range optFns {
		fn(&options)
	}
	if path == "" {
		return nil, errors.New("imagepush: open: the path is empty")
	}
	layout, err := archive.Open(ctx, path, archive.Options{Cache: options.Digests})
	if err != nil {
		return nil, fmt.Errorf("imagepush: open %s: %w", path, err)
	}
	return &Source{layout, byName(layout)}, nil
}

// Close removes the temporary file of a Source, if any, whose layers can then no longer
// be read. It is optional if the program ends anyway. Further calls do nothing.
func (s *Source) Close() error { return s.layout.Close() }

// Fetch opens a manifest or a blob by its digest; the caller must close it. It does not
// check the content. If the source lacks it, the error is errdef.ErrNotFound.
func (s *Source) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	rc, err := s.layout.Fetch(ctx, desc)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: %w", errdef.ErrNotFound, err)
	}
	return rc, err
}

// Exists reports whether there is content of a digest and a size. It does not read it.
func (s *Source) Exists(ctx context.Context, desc ocispec.Descriptor) (bool, error) {
	return s.layout.Exists(ctx, desc)
}

// Predecessors returns the manifests that refer to a manifest or a blob, in no
// particular order; nil if there are none.
func (s *Source) Predecessors(ctx context.Context, desc ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	return s.layout.Predecessors(ctx, desc)
}

// Tags calls fn once with the names that index.json or manifest.json gives the images,
// sorted, from the one after last on, and returns its error.
func (s *Source) Tags(_ context.Context, last string, fn func(tags []string) error) error {
	var tags []string
	for _, image := range s.layout.Images {
		if name := image.Annotations[ocispec.AnnotationRefName]; name != "" && name > last {
			tags = append(tags, name)
		}
	}
	slices.Sort(tags)
	return fn(slices.Compact(tags))
}

func byName(layout *archive.Layout) map[string][]ocispec.Descriptor {
	named := map[string][]ocispec.Descriptor{}
	for _, image := range layout.Images {
		names := archive.Names(image)
		for _, name := range names {
			named[name] = append(named[name], image)
		}
		if len(names) > 0 {
			named[""] = append(named[""], image)
		}
	}
	if len(named) == 0 {
		named[""] = layout.WithoutReferrers()
	}
	return named
}

// Resolve finds an image by one of its names, see [Open], or by the digest of any
// manifest. An empty reference means the only image, or the only one with a name;
// a signature or another referrer of an image does not count.
// A name shared by several images, such as "latest", is an error that lists unique
// ones, unless it leads to one image: that of an index and of its only platform that
// is there, for example.
//
// For an incomplete index, as docker save writes it after a pull of one platform,
// Resolve returns the complete platform, if it is the only one or the one that
// manifest.json names; otherwise the error lists what is there.
func (s *Source) Resolve(_ context.Context, reference string) (ocispec.Descriptor, error) {
	image, err := s.resolveName(reference)
	if err != nil {
		return image, err
	}
	return s.layout.Choose(image)
}

// resolveName finds an image, complete or not.
func (s *Source) resolveName(reference string) (ocispec.Descriptor, error) {
	images := s.names[reference]
	if len(images) == 0 {
		if image, ok := s.layout.Find(digest.Digest(reference)); ok {
			return image, nil
		}
		if reference == "" {
			return ocispec.Descriptor{}, fmt.Errorf("%w: there is no image", errdef.ErrMissingReference)
		}
		return ocispec.Descriptor{}, fmt.Errorf("%q: %w; the source has %q", reference, errdef.ErrNotFound, s.candidates(s.layout.Images))
	}
	if isOne(images) {
		return images[0], nil
	}
	if chosen := s.chosen(images); len(chosen) == len(images) && isOne(chosen) {
		return chosen[0], nil
	}
	if reference == "" {
		return ocispec.Descriptor{}, fmt.Errorf("%w: there are several images, choose one of %q", errdef.ErrMissingReference, s.candidates(images))
	}
	return ocispec.Descriptor{}, fmt.Errorf("%w: %q is ambiguous, it may be %q", errdef.ErrMissingReference, reference, s.candidates(images))
}

// chosen returns which images are pushed for images, without those that cannot be.
func (s *Source) chosen(images []ocispec.Descriptor) (all []ocispec.Descriptor) {
	for _, image := range images {
		if image, err := s.layout.Choose(image); err == nil {
			all = append(all, image)
		}
	}
	return all
}

// candidates returns what to call images, sorted, and not too many.
func (s *Source) candidates(images []ocispec.Descriptor) []string {
	var names []string
	for _, image := range images[:min(len(images), maxNamed)] {
		names = append(names, s.unique(image))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unique returns a name that no other image has, or else the digest.
func (s *Source) unique(image ocispec.Descriptor) string {
	for _, name := range archive.Names(image) {
		if isOne(s.names[name]) {
			return name
		}
	}
	return image.Digest.String()
}

// isOne reports whether all are the same image.
func isOne(images []ocispec.Descriptor) bool {
	return !slices.ContainsFunc(images, func(image ocispec.Descriptor) bool { return image.Digest != images[0].Digest })
}
