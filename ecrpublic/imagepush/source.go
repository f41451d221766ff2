package imagepush

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/errdef"
)

// Source is what [Open] returns: images on disk that [Push] and [Mirror] can
// read. It keeps no file open.
type Source struct {
	// ReadOnlyStore has the images as a layout.
	*oci.ReadOnlyStore

	images []ocispec.Descriptor
}

// Open reads the images of an OCI layout, a folder or a tar of one, or of an
// archive as docker save and crane write it. Archives are read in place and
// must not be compressed as a whole.
//
// The images of an archive of docker save are named as docker names them, such
// as "app:v1". Layers that it holds uncompressed, as docker writes them, are
// compressed as they are read, twice: for their digests now, and when they are
// sent. The digest of an image is the one that crane computes. An archive that
// has both forms, as newer Dockers write it, is taken for a layout, and its
// layers are left as they are.
func Open(ctx context.Context, path string) (*Source, error) {
	source, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("imagepush: open %s: %w", path, err)
	}
	return source, nil
}

func open(ctx context.Context, path string) (*Source, error) {
	fsys, err := openLayout(ctx, path)
	if err != nil {
		return nil, err
	}
	store, err := oci.NewFromFS(ctx, fsys)
	if err != nil {
		return nil, err
	}
	data, err := fs.ReadFile(fsys, ocispec.ImageIndexFile)
	if err != nil {
		return nil, err
	}
	var index ocispec.Index
	if err := json.Unmarshal(data, &index); err != nil {
		return nil, err
	}
	return &Source{ReadOnlyStore: store, images: index.Manifests}, nil
}

func openLayout(ctx context.Context, path string) (fs.FS, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return os.DirFS(path), nil
	}
	a, err := openArchive(path)
	if err != nil {
		return nil, err
	}
	if a.has(ocispec.ImageLayoutFile) {
		return a, nil
	}
	if a.has(dockerSaveFile) {
		return a, a.addLayout(ctx)
	}
	return nil, fmt.Errorf("neither %s nor %s in it: want an OCI layout or an archive of docker save", ocispec.ImageLayoutFile, dockerSaveFile)
}

// Resolve finds an image by the name it has in the layout, or by its digest. An
// empty reference is the only image, or the only one that has a name.
func (s *Source) Resolve(ctx context.Context, reference string) (ocispec.Descriptor, error) {
	if reference != "" {
		return s.ReadOnlyStore.Resolve(ctx, reference)
	}
	var names []string
	var named []ocispec.Descriptor
	for _, image := range s.images {
		if name := image.Annotations[ocispec.AnnotationRefName]; name != "" {
			names, named = append(names, name), append(named, image)
			continue
		}
		names = append(names, image.Digest.String())
	}
	if isOne(named) {
		return named[0], nil
	}
	if isOne(s.images) {
		return s.images[0], nil
	}
	return ocispec.Descriptor{}, fmt.Errorf("%w: want one of %q", errdef.ErrMissingReference, names)
}

// isOne tells whether all are the same image, of which there is at least one.
func isOne(images []ocispec.Descriptor) bool {
	for _, image := range images {
		if image.Digest != images[0].Digest {
			return false
		}
	}
	return len(images) > 0
}
