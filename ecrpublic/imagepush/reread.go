package imagepush

import (
	"context"
	"errors"
	"io"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
)

// resolved is a source of one image, which was looked up before.
type resolved struct {
	rereadable
	root ocispec.Descriptor
}

func (r resolved) Resolve(context.Context, string) (ocispec.Descriptor, error) { return r.root, nil }

// rereadable is a source whose contents are fetched when they are read, and once
// more when they go back to their start.
type rereadable struct{ content.ReadOnlyStorage }

func (s rereadable) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	return &rereader{fetch: func() (io.ReadCloser, error) { return s.ReadOnlyStorage.Fetch(ctx, desc) }}, nil
}

type rereader struct {
	fetch  func() (io.ReadCloser, error)
	source io.ReadCloser // nil until it is needed
}

// open returns what is fetched if that is a file, and the rereader otherwise.
func (r *rereader) open() (io.Reader, error) {
	if r.source == nil {
		source, err := r.fetch()
		if err != nil {
			return nil, err
		}
		r.source = source
	}
	if _, ok := r.source.(io.ReaderAt); ok && atStart(r.source) {
		return r.source, nil
	}
	return r, nil
}

func (r *rereader) Read(p []byte) (int, error) {
	if _, err := r.open(); err != nil {
		return 0, err
	}
	return r.source.Read(p)
}

func (r *rereader) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errors.ErrUnsupported
	}
	return 0, r.Close()
}

func (r *rereader) Close() error {
	if r.source == nil {
		return nil
	}
	source := r.source
	r.source = nil
	return source.Close()
}
