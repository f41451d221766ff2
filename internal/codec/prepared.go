package codec

import (
	"bytes"
	"errors"
	"io"
)

// PreparedReader reads the blob of a request that has been encoded and hashed ahead of
// its call. Set in the request in place of the blob's own reader, it brings the body
// along: [NewBody] of the same request returns that body, with its hash.
type PreparedReader struct {
	io.ReadSeeker
	body *Body
}

// Prepare encodes and hashes the struct that v points at, whose blob comes from a
// reader that can seek. The reader that it returns serves one call at a time.
func Prepare(v any) (*PreparedReader, error) {
	body, err := NewBody(v)
	if err != nil {
		return nil, err
	}
	if _, err := body.SHA256(); err != nil {
		return nil, err
	}
	if body.blob == nil || body.blob.source == nil {
		return nil, errors.New("codec: only a blob of a reader that can seek can be prepared")
	}
	return &PreparedReader{body.blob.source, body}, nil
}

// reuse returns the body that the reader brought along if it is the one of this
// request, or else body.
func (r *PreparedReader) reuse(body *Body) *Body {
	if ready := r.body; ready.blobAt == body.blobAt && bytes.Equal(ready.text, body.text) {
		return ready
	}
	return body
}
