package imagepush

import (
	"io"
	"math"

	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// randomParts provides the parts of a source with random access, such as a file,
// directly from the source. While a part is sent, the next one is verified and
// hashed.
type randomParts struct {
	*upload
	content  io.ReaderAt
	verified *content.VerifyReader // of the same source
	read     int64                 // how far
	next     chan preparedPart     // nil if no part is being prepared
}

func newRandomParts(u *upload, at io.ReaderAt) (p *randomParts, stop func()) {
	p = &randomParts{upload: u, content: at, verified: content.NewVerifyReader(wholeOf(at), u.desc)}
	return p, func() { p.wait() }
}

// wholeOf reads to the end of what has random access.
func wholeOf(at io.ReaderAt) *io.SectionReader { return io.NewSectionReader(at, 0, math.MaxInt64) }

type preparedPart struct {
	input *ecrpublic.UploadLayerPartInput
	err   error
}

func (p *randomParts) at(first int64) (*ecrpublic.UploadLayerPartInput, error) {
	now := p.wait()
	if now.err == nil && (now.input == nil || *now.input.PartFirstByte != first) {
		now = p.prepare(first)
	}
	if now.err != nil {
		return nil, now.err
	}
	if end := *now.input.PartLastByte + 1; end < p.desc.Size {
		next := make(chan preparedPart, 1)
		p.next = next
		go func() { next <- p.prepare(end) }()
	}
	return now.input, nil
}

// wait returns the part that is being prepared, if there is one.
func (p *randomParts) wait() (next preparedPart) {
	if p.next != nil {
		next, p.next = <-p.next, nil
	}
	return next
}

// prepare reads a part once.
func (p *randomParts) prepare(first int64) (next preparedPart) {
	input, size := p.request(first)
	input.LayerPartReader = &randomPart{
		SectionReader: io.NewSectionReader(p.content, first, size),
		layer:         p,
		seen:          min(p.read-first, size),
	}
	prepared, err := codec.Prepare(input)
	input.LayerPartReader = prepared
	return preparedPart{input, err}
}

// randomPart reads a part, and verifies the bytes that are read for the first
// time.
type randomPart struct {
	*io.SectionReader
	layer *randomParts // not used once all was seen
	seen  int64        // how many bytes
}

func (p *randomPart) Read(b []byte) (int, error) {
	from, _ := p.Seek(0, io.SeekCurrent)
	if p.seen == p.Size() {
		return p.SectionReader.Read(b)
	}
	if from < p.seen {
		return p.SectionReader.Read(b[:min(int64(len(b)), p.seen-from)])
	}
	n, err := p.layer.readOn(b[:min(int64(len(b)), p.Size()-from)])
	if n == 0 && err != nil {
		return 0, sourceError(err)
	}
	p.seen += int64(n)
	_, err = p.Seek(int64(n), io.SeekCurrent)
	return n, err
}

// readOn reads the next bytes of the layer. It withholds the last ones if they
// show that the content is not the layer's.
func (p *randomParts) readOn(b []byte) (int, error) {
	n, err := p.verified.Read(b)
	if p.read += int64(n); n == 0 || p.read < p.desc.Size {
		return n, err
	}
	if err := p.verified.Verify(); err != nil {
		return 0, err
	}
	return n, nil
}
