package imagepush

import (
	"fmt"
	"io"

	"oras.land/oras-go/v2/content"
)

// memory is what a layer under way takes whose source can be read only once.
type memory struct {
	held  []byte   // the bytes of a part
	ahead [][]byte // for what comes after it
}

// chunks returns memory for a number of bytes, or for a little more.
func (m *memory) chunks(bytes int64) [][]byte {
	n := max(1, int(bytes/aheadChunk))
	for len(m.ahead) < n {
		m.ahead = append(m.ahead, make([]byte, aheadChunk))
	}
	return m.ahead
}

// bufferedParts are of a source that is read once, from beginning to end. The
// bytes that are held slide over the layer: they leave when the service has them,
// and others move up.
type bufferedParts struct {
	*upload
	input    io.Reader
	verified *content.VerifyReader // behind input
	first    int64                 // position of the held bytes
}

// at reads until the part is full or the layer ends.
func (b *bufferedParts) at(first int64) (part, error) {
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
		return part{}, fmt.Errorf("read the source: %w", err)
	}
	input.LayerPartBlob = b.held
	return part{input: input}, nil
}
