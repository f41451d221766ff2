package codec

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"sync"

	"github.com/segmentio/asm/base64"
)

// Body is an encoded request. It is read from the start by any number of
// passes, one after the other; a large blob or string inside is encoded as it is
// read, so that a layer part costs kilobytes and not megabytes.
type Body struct {
	text   []byte
	blob   *blob
	blobAt int // the blob stands between text[:blobAt] and text[blobAt:]

	position int64
	rest     []byte  // of an encoded group, or of an escaped piece, that a short read cut through
	group    [4]byte // where rest lives
	sum      string
}

// ErrChanged reports a reader that returned different bytes when the request was sent
// or resent than when it was signed.
var ErrChanged = errors.New("the reader returned different bytes than when the request was signed")

// blob is the source of a base64 member: bytes, or a seekable reader from its
// position when the call began. Or it is a string, which is escaped instead.
type blob struct {
	text   *longText
	bytes  []byte
	source io.ReadSeeker
	start  int64
	size   int64

	block []byte // of the source, the last one that was read
	pass  uint32 // the checksum of this pass so far
	first uint32 // the checksum of the first complete pass
	read  bool   // there was such a pass
}

// readerBlob returns the blob of a reader. A seekable reader is read later, from its
// current position; any other is read into memory now.
func readerBlob(r io.Reader) (*blob, error) {
	s, ok := r.(io.ReadSeeker)
	if !ok {
		all, err := io.ReadAll(r)
		return &blob{bytes: all}, err
	}
	start, err := s.Seek(0, io.SeekCurrent)
	if err != nil { // a pipe
		return readerBlob(struct{ io.Reader }{r})
	}
	end, err := s.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	_, err = s.Seek(start, io.SeekStart)
	return &blob{source: s, start: start, size: max(0, end-start)}, err
}

func (b *blob) len() int64 {
	if b.source != nil {
		return b.size
	}
	return int64(len(b.bytes))
}

// rawChunk is how many bytes of a reader are read at a time: a multiple of three,
// so that chunks join without padding. A file costs a system call for each; what was
// read stays in the processor's cache until it is hashed and encoded.
const rawChunk = 3 << 15

// Size returns the length of the whole body in bytes.
func (b *Body) Size() int64 { return int64(len(b.text)) + b.encodedLen() }

// Len returns the number of bytes not yet read, as readers that know their
// length do.
func (b *Body) Len() int { return int(b.Size() - b.position) }

func (b *Body) encodedLen() int64 {
	switch {
	case b.blob == nil:
		return 0
	case b.blob.text != nil:
		return b.blob.text.escaped
	}
	return (b.blob.len() + 2) / 3 * 4
}

// SHA256 returns the hexadecimal hash for the signature. It is computed once,
// in a pass over the body, which is then back at its start.
func (b *Body) SHA256() (string, error) {
	if b.sum != "" {
		return b.sum, nil
	}
	if b.blob == nil {
		sum := sha256.Sum256(b.text)
		b.sum = hex.EncodeToString(sum[:])
		return b.sum, nil
	}
	if err := b.Rewind(); err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.CopyBuffer(h, b, make([]byte, 8<<10)); err != nil { // what fits the first cache
		return "", err
	}
	b.sum = hex.EncodeToString(h.Sum(nil))
	return b.sum, b.Rewind()
}

var errSeek = errors.New("a position outside of the request body")

// Seek goes to another position, by reading up to there: middleware that wraps a body
// asks only for its position, its size and its start.
func (b *Body) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.position
	case io.SeekEnd:
		offset += b.Size()
	}
	switch {
	case offset < 0 || offset > b.Size():
		return b.position, errSeek
	case whence == io.SeekCurrent && offset == b.position:
		return offset, nil
	case offset == b.Size():
		b.position = offset // nothing is read from there
		return offset, nil
	}
	if err := b.Rewind(); err != nil {
		return b.position, err
	}
	_, err := io.CopyN(io.Discard, b, offset)
	return b.position, err
}

// Rewind goes back to the start for another pass.
func (b *Body) Rewind() error {
	b.position, b.rest = 0, nil
	if b.blob != nil && b.blob.text != nil {
		b.blob.text.next = 0
	}
	if b.blob == nil || b.blob.source == nil {
		return nil
	}
	_, err := b.blob.source.Seek(b.blob.start, io.SeekStart)
	return err
}

// Read continues the pass.
func (b *Body) Read(p []byte) (n int, err error) {
	head, tail := int64(b.blobAt), int64(b.blobAt)+b.encodedLen()
	switch {
	case b.position < head:
		n = copy(p, b.text[b.position:b.blobAt])
	case b.position < tail:
		n, err = b.readBlob(p, b.position-head)
	case b.position < b.Size():
		n = copy(p, b.text[b.position-b.encodedLen():])
	default:
		return 0, io.EOF
	}
	b.position += int64(n)
	return n, err
}

// readBlob encodes the blob straight into p, from an offset in its text on.
func (b *Body) readBlob(p []byte, offset int64) (int, error) {
	if b.blob.text != nil {
		return b.readText(p), nil
	}
	if len(b.rest) == 0 && len(p) >= len(b.group) {
		return b.encode(p, offset)
	}
	if len(b.rest) == 0 {
		n, err := b.encode(b.group[:], offset)
		if err != nil {
			return 0, err
		}
		b.rest = b.group[:n]
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *Body) readText(p []byte) int {
	if len(b.rest) == 0 {
		b.rest = b.blob.text.escape()
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n
}

// encode fills p with whole groups of four characters.
func (b *Body) encode(p []byte, offset int64) (int, error) {
	raw, err := b.blob.next(offset/4*3, len(p)/4*3)
	if err != nil {
		return 0, err
	}
	n := base64.StdEncoding.EncodedLen(len(raw))
	base64.StdEncoding.Encode(p[:n], raw)
	return n, nil
}

// next returns the bytes from an offset on, up to a number.
func (b *blob) next(offset int64, most int) ([]byte, error) {
	if b.source == nil {
		return b.bytes[offset:min(offset+int64(most), b.len())], nil
	}
	in := offset % rawChunk
	block := min(rawChunk, b.size-offset+in)
	if in == 0 {
		if err := b.load(offset, block); err != nil {
			return nil, err
		}
	}
	return b.block[in:min(in+int64(most), block)], nil
}

// load reads the next block of the source.
func (b *blob) load(offset, size int64) error {
	if offset == 0 {
		b.pass = 0
	}
	if b.block == nil {
		b.block = make([]byte, min(rawChunk, b.size))
	}
	switch _, err := io.ReadFull(b.source, b.block[:size]); err {
	case nil:
	case io.EOF, io.ErrUnexpectedEOF:
		return ErrChanged
	default:
		return err
	}
	b.pass = crc32.Update(b.pass, crc32.IEEETable, b.block[:size])
	if offset+size == b.size {
		return b.verify()
	}
	return nil
}

// verify compares a complete pass with the first one.
func (b *blob) verify() error {
	if b.read && b.pass != b.first {
		return ErrChanged
	}
	b.first, b.read = b.pass, true
	return nil
}

// NewReader returns a reader of the body for one attempt. Closing it cuts off a
// transport that still reads, so that the next attempt has the body for itself.
func (b *Body) NewReader() (io.ReadCloser, error) {
	if b.blob == nil {
		return &textReader{*bytes.NewReader(b.text)}, nil
	}
	if err := b.Rewind(); err != nil {
		return nil, err
	}
	return &passReader{body: b}, nil
}

type textReader struct{ bytes.Reader }

func (*textReader) Close() error { return nil }

// passReader is one pass over a body with a blob.
type passReader struct {
	mu   sync.Mutex
	body *Body // nil once closed
}

func (r *passReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.body == nil {
		return 0, http.ErrBodyReadAfterClose
	}
	return r.body.Read(p)
}

func (r *passReader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.body = nil
	return nil
}
