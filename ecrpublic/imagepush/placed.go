package imagepush

import (
	"fmt"
	"io"

	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// placedParts are of a source that can be read at any place, such as a file,
// whose bytes go from there into the requests. While a part is sent, the next one
// is verified and hashed.
type placedParts struct {
	*upload
	place    io.ReaderAt
	verified *content.VerifyReader // of the same source
	read     int64                 // how far
	next     chan preparedPart     // nil if no part is being prepared
}

type preparedPart struct {
	part
	err error
}

func (p *placedParts) at(first int64) (part, error) {
	now := p.wait()
	if now.err == nil && (now.input == nil || *now.input.PartFirstByte != first) {
		now = p.prepare(first)
	}
	if now.err != nil {
		return part{}, now.err
	}
	if end := *now.input.PartLastByte + 1; end < p.desc.Size {
		next := make(chan preparedPart, 1)
		p.next = next
		go func() { next <- p.prepare(end) }()
	}
	return now.part, nil
}

// wait returns the part that is being prepared, if there is one.
func (p *placedParts) wait() (next preparedPart) {
	if p.next != nil {
		next, p.next = <-p.next, nil
	}
	return next
}

// prepare reads a part once.
func (p *placedParts) prepare(first int64) (next preparedPart) {
	input, size := p.request(first)
	input.LayerPartReader = &placedPart{
		SectionReader: io.NewSectionReader(p.place, first, size),
		layer:         p,
		seen:          min(p.read-first, size),
	}
	prepared, err := codec.Prepare(input)
	input.LayerPartReader = prepared
	return preparedPart{part{input}, err}
}

// placedPart reads a part, with the layer's verification for what nobody has seen
// before.
type placedPart struct {
	*io.SectionReader
	layer *placedParts // not used once all was seen
	seen  int64        // how many bytes
}

func (p *placedPart) Read(b []byte) (int, error) {
	from, _ := p.Seek(0, io.SeekCurrent)
	if p.seen == p.Size() {
		return p.SectionReader.Read(b)
	}
	if from < p.seen {
		return p.SectionReader.Read(b[:min(int64(len(b)), p.seen-from)])
	}
	n, err := p.layer.readOn(b[:min(int64(len(b)), p.Size()-from)])
	if n == 0 && err != nil {
		return 0, fmt.Errorf("read the source: %w", err)
	}
	p.seen += int64(n)
	_, err = p.Seek(int64(n), io.SeekCurrent)
	return n, err
}

// readOn reads what comes next in the layer. It keeps the end to itself when that
// shows that it is another one.
func (p *placedParts) readOn(b []byte) (int, error) {
	n, err := p.verified.Read(b)
	if p.read += int64(n); n == 0 || p.read < p.desc.Size {
		return n, err
	}
	if err := p.verified.Verify(); err != nil {
		return 0, err
	}
	return n, nil
}
