package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

const (
	// maxManifests is how many manifests a layout may have.
	maxManifests = 10_000

	// maxDescriptors is how many blobs and children those may list together.
	maxDescriptors = 20_000
)

// Layout holds the images at a path. Its methods may be called concurrently.
type Layout struct {
	// Images are those that index.json lists, or manifest.json of docker save.
	Images []ocispec.Descriptor

	files     files
	made      map[digest.Digest]blob            // what is not among the files
	manifests map[digest.Digest]node            // that are there
	parents   map[digest.Digest][]digest.Digest // the manifests that refer to it
	saved     map[digest.Digest]bool            // the manifests that manifest.json lists beside index.json
	spool     *spool                            // of compressed layers; nil if there are none
}

// blob is content built from files.
type blob struct {
	size int64
	open func() (io.ReadCloser, error)
}

// node is a manifest with what it refers to.
type node struct {
	desc            ocispec.Descriptor
	children, blobs []ocispec.Descriptor
	subject         *ocispec.Descriptor
}

func openLayout(ctx context.Context, files files) (*Layout, error) {
	var layout ocispec.ImageLayout
	if err := readJSON(files, ocispec.ImageLayoutFile, &layout); err != nil {
		return nil, err
	}
	if layout.Version != ocispec.ImageLayoutVersion {
		return nil, fmt.Errorf("%s: version %q, want %q: %w", ocispec.ImageLayoutFile, layout.Version, ocispec.ImageLayoutVersion, errdef.ErrUnsupportedVersion)
	}
	var index struct{ Manifests manifest.Descriptors }
	if err := readJSON(files, ocispec.ImageIndexFile, &index); err != nil {
		return nil, err
	}
	l := &Layout{Images: index.Manifests, files: files}
	return l, l.load(ctx, l.Images)
}

// load reads the manifests at and below some.
func (l *Layout) load(ctx context.Context, roots []ocispec.Descriptor) error {
	l.manifests, l.parents = map[digest.Digest]node{}, map[digest.Digest][]digest.Digest{}
	links := 0
	for next := slices.Clone(roots); len(next) > 0; next = next[1:] {
		desc := next[0]
		if _, ok := l.manifests[desc.Digest]; ok || !manifest.IsManifest(desc.MediaType) {
			continue
		}
		if err := context.Cause(ctx); err != nil {
			return err
		}
		n, err := l.read(ctx, desc)
		if errors.Is(err, fs.ErrNotExist) {
			continue // of an index whose other platforms are there
		}
		if err != nil {
			return err
		}
		l.manifests[desc.Digest] = n
		links += len(n.children) + len(n.blobs)
		if len(l.manifests) > maxManifests || links > maxDescriptors {
			return fmt.Errorf("more than %d manifests, or %d descriptors in them: %w", maxManifests, maxDescriptors, errdef.ErrSizeExceedsLimit)
		}
		l.addParent(n)
		next = append(next, n.children...)
	}
	return nil
}

func (l *Layout) read(ctx context.Context, desc ocispec.Descriptor) (node, error) {
	_, m, err := manifest.Fetch(ctx, l, desc)
	if err != nil {
		return node{}, err
	}
	n := node{desc: ocispec.Descriptor{MediaType: desc.MediaType, Digest: desc.Digest, Size: desc.Size}}
	n.children, n.blobs, n.subject = m.Links(desc.MediaType)
	return n, nil
}

func (l *Layout) addParent(parent node) {
	add := func(child digest.Digest) { l.parents[child] = append(l.parents[child], parent.desc.Digest) }
	for _, child := range parent.children {
		add(child.Digest)
	}
	for _, blob := range parent.blobs {
		add(blob.Digest)
	}
	if parent.subject != nil {
		add(parent.subject.Digest)
	}
}

// Close frees the disk space of compressed layers.
func (l *Layout) Close() error {
	if l.spool == nil {
		return nil
	}
	return l.spool.close()
}

// Fetch opens a blob or a manifest. A range of a file is a [File]. It fails
// with fs.ErrNotExist for missing content.
func (l *Layout) Fetch(_ context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	if b, ok := l.made[desc.Digest]; ok {
		return b.open()
	}
	name, err := blobPath(desc.Digest)
	if err != nil {
		return nil, err
	}
	f, err := l.files.open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", desc.Digest, err)
	}
	return f, nil
}

// Exists reports whether there is content of a digest and a size.
func (l *Layout) Exists(_ context.Context, desc ocispec.Descriptor) (bool, error) {
	size, err := l.size(desc.Digest)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil && size == desc.Size, err
}

func (l *Layout) size(d digest.Digest) (int64, error) {
	if b, ok := l.made[d]; ok {
		return b.size, nil
	}
	name, err := blobPath(d)
	if err != nil {
		return 0, err
	}
	return l.files.size(name)
}

// Predecessors returns the manifests that refer to a blob or a manifest.
func (l *Layout) Predecessors(_ context.Context, desc ocispec.Descriptor) (all []ocispec.Descriptor, err error) {
	for _, parent := range l.parents[desc.Digest] {
		all = append(all, l.manifests[parent].desc)
	}
	return all, nil
}

// blobPath is the file of a digest.
func blobPath(d digest.Digest) (string, error) {
	if err := d.Validate(); err != nil {
		return "", fmt.Errorf("digest %q: %w", d, err)
	}
	return path.Join(ocispec.ImageBlobsDir, d.Algorithm().String(), d.Encoded()), nil
}
