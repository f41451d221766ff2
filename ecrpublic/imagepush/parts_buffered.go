package imagepush

import (
	"io"

	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// buffers is the memory of a layer being sent whose source can be read only
// once.
type buffers struct {
	held  []byte   // the bytes of a part
	ahead [][]byte // for what comes after it
}

// chunks returns memory for a number of bytes, or for a little more.
func (b *buffers) chunks(bytes int64) [][]byte {
	n := max(1, int(bytes/aheadChunk))
	for len(b.ahead) < n {
		b.ahead = append(b.ahead, make([]byte, aheadChunk))
	}
	return b.ahead
}

// bufferedParts provides the parts of a source that is read once, from start to
// end. It holds a window of bytes that slides over the layer: bytes leave it once
// the service has them.
type bufferedParts struct {
	*upload
	*buffers
	input    io.Reader
	verified *content.VerifyReader // behind input
	first    int64                 // position of the held bytes
}

func newBufferedParts(u *upload, source io.Reader, buffers *buffers) (b *bufferedParts, stop func()) {
	verified := content.NewVerifyReader(source, u.desc)
	b = &bufferedParts{upload: u, buffers: buffers, input: verified, verified: verified}
	b.held, stop = b.held[:0], func() {}
	if u.desc.Size > u.partSize {
		b.input, stop = newReadAhead(io.LimitReader(verified, u.desc.Size), buffers.chunks(u.partSize))
	}
	return b, stop
}

// at reads until the part is full or the layer ends.
func (b *bufferedParts) at(first int64) (*ecrpublic.UploadLayerPartInput, error) {
	input, size := b.request(first)
	kept := copy(b.held, b.held[first-b.first:])
	b.first = first
	if int(size) > cap(b.held) {
		b.held = append(make([]byte, 0, size), b.held[:kept]...) // which touches no more than it has to
	}
	b.held = b.held[:size]
	_, err := io.ReadFull(b.input, b.held[kept:])
	if err == nil && first+size == b.desc.Size {
		err = b.verified.Verify()
	}
	if err != nil {
		return nil, sourceError(err)
	}
	input.LayerPartBlob = b.held
	return input, nil
}
