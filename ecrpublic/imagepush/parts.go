package imagepush

import (
	"io"
	"math"

	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// parts are a layer's bytes as an upload sends them. The end of a layer comes only
// if all of it is what it should be.
type parts interface {
	// at returns the part that begins at a position, which is behind the part
	// before or in it.
	at(first int64) (part, error)
}

// part is a request that sends a part.
type part struct {
	input *ecrpublic.UploadLayerPartInput
}

// open begins to read the source. Nobody else may use it until stop is called.
func (u *upload) open() (p parts, stop func()) {
	if place, ok := u.source.(io.ReaderAt); ok && atStart(u.source) {
		p := &placedParts{upload: u, place: place, verified: content.NewVerifyReader(readerOf(place), u.desc)}
		return p, func() { p.wait() }
	}
	verified := content.NewVerifyReader(u.source, u.desc)
	b := &bufferedParts{upload: u, input: verified, verified: verified}
	b.held, stop = b.held[:0], func() {}
	if u.desc.Size > u.partSize {
		b.input, stop = newReadAhead(io.LimitReader(verified, u.desc.Size), u.memory.chunks(u.partSize))
	}
	return b, stop
}

// readerOf reads to the end of what can be read at any place.
func readerOf(place io.ReaderAt) *io.SectionReader {
	return io.NewSectionReader(place, 0, math.MaxInt64)
}

// atStart tells whether the next byte of a source is the one that ReadAt finds at
// 0.
func atStart(source io.Reader) bool {
	s, ok := source.(io.Seeker)
	if !ok {
		return false
	}
	position, err := s.Seek(0, io.SeekCurrent)
	return err == nil && position == 0
}
