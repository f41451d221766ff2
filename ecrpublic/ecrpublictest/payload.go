package ecrpublictest

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"

	"github.com/segmentio/asm/base64"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// payload is the body of an API request, read once for all who look at it. The
// blob of a layer part is decoded as it arrives and kept beside the text, where
// an empty string stands in its place.
type payload struct {
	text []byte
	part []byte // nil when the text is the whole body
	cut  int    // where in the text the part's characters belong
	size int64  // of the body as it arrived

	hash  hash.Hash     // of the body as it arrived; nil when nobody asked for it
	again *bytes.Reader // the body for those who read it as such
}

// readPayload reads the body of an API request and leaves it to be read once
// more. When it is too large or breaks off, the next reader meets the same. A
// hash that is not nil takes the body in as it arrives.
func readPayload(r *http.Request, h hash.Hash) (*payload, error) {
	if p, ok := r.Body.(*payload); ok {
		return p, nil
	}
	p := &payload{hash: h}
	limited := &io.LimitedReader{R: r.Body, N: maxBody + 1}
	err := p.read(limited, r)
	p.size = maxBody + 1 - limited.N
	if p.size > maxBody {
		err = fmt.Errorf("the request body has more than %d bytes", maxBody)
	}
	if err != nil {
		r.Body = rest{io.MultiReader(bytes.NewReader(p.whole()), r.Body), r.Body}
		return nil, err
	}
	r.Body = p
	return p, nil
}

func (p *payload) read(source io.Reader, r *http.Request) error {
	if p.hash != nil {
		source = io.TeeReader(source, p.hash)
	}
	if operationOf(r) == "UploadLayerPart" {
		return p.readPart(source, r.ContentLength)
	}
	var body bytes.Buffer
	if r.ContentLength > 0 && r.ContentLength <= maxBody {
		body.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := body.ReadFrom(source)
	p.text = body.Bytes()
	return err
}

// readPart takes the part out, or leaves the text whole if that is not as
// clients usually write it.
func (p *payload) readPart(source io.Reader, length int64) error {
	in := bufio.NewReaderSize(source, partChunk)
	taken := p.takePart(in, length)
	tail, err := io.ReadAll(in)
	if !taken || bytes.Contains(tail, []byte(partMember)) {
		p.text = p.whole()
		p.part = nil
	}
	p.text = append(p.text, tail...)
	return err
}

// decode fills the input of an operation.
func (p *payload) decode(input any) error {
	err := codec.Unmarshal(p.text, input)
	if p.part == nil {
		return err
	}
	if err != nil {
		return codec.Unmarshal(p.whole(), input) // it names the right position
	}
	if in, ok := input.(*ecrpublic.UploadLayerPartInput); ok {
		in.LayerPartBlob = p.part
	}
	return nil
}

// whole returns the body as it arrived.
func (p *payload) whole() []byte {
	if p.part == nil {
		return p.text
	}
	n := base64.StdEncoding.EncodedLen(len(p.part))
	body := make([]byte, len(p.text)+n)
	copy(body, p.text[:p.cut])
	base64.StdEncoding.Encode(body[p.cut:p.cut+n], p.part)
	copy(body[p.cut+n:], p.text[p.cut:])
	return body
}

// sha256 returns the hexadecimal hash of the body as it arrived.
func (p *payload) sha256() string {
	if p.hash == nil {
		p.hash = sha256.New()
		p.hash.Write(p.whole())
	}
	return hex.EncodeToString(p.hash.Sum(nil))
}

func (p *payload) Read(b []byte) (int, error) {
	if p.again == nil {
		p.again = bytes.NewReader(p.whole())
	}
	return p.again.Read(b)
}

func (*payload) Close() error { return nil }

// rest is a body of which the start was read ahead.
type rest struct {
	io.Reader
	io.Closer
}
