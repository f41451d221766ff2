package imagepush

import (
	"io"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// randomParts provides the parts of a source with random access, such as a file,
// directly from the source. While a part is sent, the next one is hashed for its
// signature.
type randomParts struct {
	*upload
	content io.ReaderAt
	next    chan preparedPart // nil if no part is being prepared
}

func newRandomParts(u *upload, at io.ReaderAt) (p *randomParts, stop func()) {
	p = &randomParts{upload: u, content: at}
	return p, func() { p.wait() }
}

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
func (p *randomParts) prepare(first int64) preparedPart {
	input, size := p.request(first)
	input.LayerPartReader = io.NewSectionReader(p.content, first, size)
	prepared, err := codec.Prepare(input)
	if err != nil {
		return preparedPart{err: sourceError(err)}
	}
	input.LayerPartReader = prepared
	return preparedPart{input: input}
}
