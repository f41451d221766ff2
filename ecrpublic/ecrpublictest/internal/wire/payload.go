package wire

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

// Payload is the body of an API request, read once for all its readers. The
// blob of a layer part is decoded as it arrives and kept beside the text, where
// an empty string stands in its place.
type Payload struct {
	Text []byte
	part []byte // nil when the text is the whole body
	cut  int    // where in the text the part's characters belong
	Size int64  // of the body as it arrived

	hash  hash.Hash     // of the body as it arrived; nil when nobody asked for it
	again *bytes.Reader // the body for those who read it as such
}

// ReadPayload reads the body of an API request so that it can be read again.
// If it is too large or truncated, the next reader gets the same error. A
// hash that is not nil is fed with the body as it arrives.
func ReadPayload(r *http.Request, h hash.Hash) (*Payload, error) {
	if p, ok := r.Body.(*Payload); ok {
		return p, nil
	}
	p := &Payload{hash: h}
	limited := &io.LimitedReader{R: r.Body, N: maxBody + 1}
	err := p.read(limited, r)
	p.Size = maxBody + 1 - limited.N
	if p.Size > maxBody {
		err = fmt.Errorf("the request body has more than %d bytes", maxBody)
	}
	if err != nil {
		r.Body = rest{io.MultiReader(bytes.NewReader(p.whole()), r.Body), r.Body}
		return nil, err
	}
	r.Body = p
	return p, nil
}

func (p *Payload) read(source io.Reader, r *http.Request) error {
	if p.hash != nil {
		source = io.TeeReader(source, p.hash)
	}
	if OperationOf(r) == "UploadLayerPart" {
		return p.readPart(source, r.ContentLength)
	}
	var body bytes.Buffer
	if r.ContentLength > 0 && r.ContentLength <= maxBody {
		body.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := body.ReadFrom(source)
	p.Text = body.Bytes()
	return err
}

// readPart cuts out the part, or leaves the text whole if it is not in the
// usual form.
func (p *Payload) readPart(source io.Reader, length int64) error {
	in := bufio.NewReaderSize(source, partChunk)
	taken := p.takePart(in, length)
	tail, err := io.ReadAll(in)
	if !taken || bytes.Contains(tail, []byte(partMember)) {
		p.Text = p.whole()
		p.part = nil
	}
	p.Text = append(p.Text, tail...)
	return err
}

// decode fills the input of an operation.
func (p *Payload) decode(input any) error {
	err := codec.Unmarshal(p.Text, input)
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
func (p *Payload) whole() []byte {
	if p.part == nil {
		return p.Text
	}
	n := base64.StdEncoding.EncodedLen(len(p.part))
	body := make([]byte, len(p.Text)+n)
	copy(body, p.Text[:p.cut])
	base64.StdEncoding.Encode(body[p.cut:p.cut+n], p.part)
	copy(body[p.cut+n:], p.Text[p.cut:])
	return body
}

// sha256 returns the hexadecimal hash of the body as it arrived.
func (p *Payload) sha256() string {
	if p.hash == nil {
		p.hash = sha256.New()
		p.hash.Write(p.whole())
	}
	return hex.EncodeToString(p.hash.Sum(nil))
}

func (p *Payload) Read(b []byte) (int, error) {
	if p.again == nil {
		p.again = bytes.NewReader(p.whole())
	}
	return p.again.Read(b)
}

func (*Payload) Close() error { return nil }

// rest is a body of which the start was read ahead.
type rest struct {
	io.Reader
	io.Closer
}
