package wire

import (
	"bufio"
	"bytes"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/segmentio/asm/base64"
)

const (
	// partMember is the member that is decoded as it arrives.
	partMember = "layerPartBlob"

	// partHead is how far into a body that member is looked for.
	partHead = 4 << 10

	// partChunk is how many bytes of a body are read at a time.
	partChunk = 64 << 10
)

// takePart reads the text in front of the part and the part itself. False means
// that it met something unusual, which it left in the reader; what it took is
// right.
func (p *Payload) takePart(in *bufio.Reader, length int64) bool {
	head, _ := in.Peek(partHead)
	p.cut = findPart(head)
	if p.cut < 0 {
		return false
	}
	p.Text = bytes.Clone(head[:p.cut])
	_, _ = in.Discard(p.cut)
	p.part = partBuffer(base64.StdEncoding.DecodedLen(int(min(max(0, length), maxBody))))
	for {
		_, _ = in.Peek(groupChars + 1) // which reads as much as there is
		chars, _ := in.Peek(in.Buffered())
		end := bytes.IndexByte(chars, '"')
		if end >= 0 {
			chars = chars[:end]
		} else { // the last group may turn out to be the end
			chars = chars[:max(0, len(chars)-1)/groupChars*groupChars]
		}
		if end < 0 && len(chars) == 0 || !p.decodePart(chars, end >= 0) {
			return false
		}
		_, _ = in.Discard(len(chars))
		if end >= 0 {
			return true
		}
	}
}

// partBuffers are buffers of large parts: memory that is new costs more than decoding
// into it.
var partBuffers sync.Pool

// partBuffer returns an empty buffer with room for a number of bytes. A new one has
// room for the next parts, too, whose requests are longer by the digits of their positions.
func partBuffer(size int) []byte {
	if b, ok := partBuffers.Get().(*[]byte); ok && cap(*b) >= size {
		return (*b)[:0]
	}
	return make([]byte, 0, size+partHead)
}

// Release lets later requests use the memory of the part. Nobody may read the payload
// any more.
func (p *Payload) Release() {
	const large = 1 << 20
	if b := p.part; cap(b) >= large {
		partBuffers.Put(&b)
	}
	p.part = nil
}

// findPart returns the position after the opening quote of the part, or -1 when
// it is not in the head of the body.
func findPart(head []byte) int {
	d := jsontext.NewDecoder(bytes.NewBuffer(head), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if d.PeekKind() != '{' {
		return -1
	}
	_, _ = d.ReadToken()
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return -1
		}
		if name.String() == partMember {
			return afterQuote(head, int(d.InputOffset()))
		}
		if d.SkipValue() != nil {
			return -1
		}
	}
	return -1
}

// afterQuote skips the colon behind a name and the quote that opens its value.
func afterQuote(head []byte, at int) int {
	for _, want := range []byte(`:"`) {
		for at < len(head) && bytes.IndexByte([]byte(" \t\r\n"), head[at]) >= 0 {
			at++
		}
		if at == len(head) || head[at] != want {
			return -1
		}
		at++
	}
	return at
}

// groupChars are the characters of three bytes in base64.
const groupChars = 4

// decodePart appends what characters stand for, if they are whole groups and
// written in the one way in which whole would write them.
func (p *Payload) decodePart(chars []byte, last bool) bool {
	size := base64.StdEncoding.DecodedLen(len(chars))
	start := len(p.part)
	if cap(p.part)-start < size {
		p.part = append(make([]byte, 0, 2*(start+size)), p.part...)
	}
	n, err := base64.StdEncoding.Decode(p.part[start:start+size], chars)
	if err != nil || base64.StdEncoding.EncodedLen(n) != len(chars) || !last && n < size {
		return false
	}
	var group [groupChars]byte
	if n > 0 {
		base64.StdEncoding.Encode(group[:], p.part[start+(n-1)/3*3:start+n])
	}
	if n > 0 && !bytes.HasSuffix(chars, group[:]) {
		return false
	}
	p.part = p.part[:start+n]
	return true
}
