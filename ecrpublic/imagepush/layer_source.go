package imagepush

import (
	"context"
	"errors"
	"io"
	"math"
	"os"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
)

// layerSource opens a layer at its first byte, and once more when an upload got
// lost.
type layerSource interface {
	open(ctx context.Context) (layerContent, error)

	// again goes back to the first byte. It reports whether that is possible; an
	// error says why not.
	again() (bool, error)
}

// layerContent is an open layer. Where the source has random access, at is not
// nil, and the reader is not used.
type layerContent struct {
	reader io.Reader
	at     io.ReaderAt
	file   *os.File // the reader, if it is a file of our own at its start
	close  func() error
}

// newLayerContent wraps a reader that is at the layer's first byte.
func newLayerContent(r io.Reader, close func() error) layerContent {
	c := layerContent{reader: interruptible{r}, close: close}
	if at, ok := r.(io.ReaderAt); ok && isAtOffsetZero(r) {
		c.at = at
	}
	return c
}

// interruption is an error of reading a source, such as a lost connection, that the next
// reading may not meet.
type interruption struct{ error }

func (i interruption) Unwrap() error { return i.error }

// interruptible reads a source and marks its errors.
type interruptible struct{ io.Reader }

func (r interruptible) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		err = interruption{err}
	}
	return n, err
}

// wholeOf reads to the end of what has random access.
func wholeOf(at io.ReaderAt) *io.SectionReader { return io.NewSectionReader(at, 0, math.MaxInt64) }

// checkSize reports random access to more or fewer bytes than a size.
func (c layerContent) checkSize(size int64) error {
	if c.at == nil {
		return nil
	}
	var last [2]byte
	n, err := c.at.ReadAt(last[:], size-1)
	switch {
	case n > 1:
		return content.ErrTrailingData
	case !errors.Is(err, io.EOF):
		return err
	case n == 0:
		return io.ErrUnexpectedEOF
	}
	return nil
}

// isAtOffsetZero reports whether the next byte of a reader is the one that ReadAt
// finds at 0.
func isAtOffsetZero(r io.Reader) bool {
	s, ok := r.(io.Seeker)
	if !ok {
		return false
	}
	position, err := s.Seek(0, io.SeekCurrent)
	return err == nil && position == 0
}

// fetched is a layer that is fetched each time it is opened.
type fetched struct {
	from content.Fetcher
	desc ocispec.Descriptor
}

func (f fetched) open(ctx context.Context) (layerContent, error) {
	rc, err := f.from.Fetch(ctx, f.desc)
	if err != nil {
		return layerContent{}, err
	}
	c := newLayerContent(rc, rc.Close)
	if c.at != nil {
		c.file, _ = rc.(*os.File)
	}
	return c, nil
}

func (fetched) again() (bool, error) { return true, nil }

// handed is a layer in the caller's reader, from its current position.
type handed struct {
	reader io.Reader
	seeker io.Seeker // nil if it cannot go back
	start  int64     // 0 for a seeker that cannot say
}

func newHanded(r io.Reader) *handed {
	h := &handed{reader: r}
	if seeker, ok := r.(io.Seeker); ok {
		h.seeker = seeker
		if start, err := seeker.Seek(0, io.SeekCurrent); err == nil {
			h.start = start
		}
	}
	return h
}

func (h *handed) open(context.Context) (layerContent, error) {
	return newLayerContent(h.reader, func() error { return nil }), nil
}

func (h *handed) again() (bool, error) {
	if h.seeker == nil {
		return false, nil
	}
	_, err := h.seeker.Seek(h.start, io.SeekStart)
	return err == nil, err
}
