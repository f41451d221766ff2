package registry

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// Blob opens a blob of the repository that a reference names, such as a layer or
// a config, by its digest; tag and digest of the reference do not matter. If the
// connection fails midway, the rest is requested from there.
//
// The content is checked as it is read: when all of it has come and its digest is
// another, or when there is more than the largest layer has, the reader returns an
// error and not io.EOF. Do not act on the content before. The context must last
// until the reader is closed, which it must be in any case.
func (c *Client) Blob(ctx context.Context, ref imageref.Reference, blob digest.Digest) (io.ReadCloser, error) {
	if err := blob.Validate(); err != nil {
		return nil, fmt.Errorf("registry: digest %q: %w", blob, err)
	}
	ref.Tag, ref.Digest = "", ""
	u, err := c.urlOf(ref, "blobs", blob.String())
	if err != nil {
		return nil, err
	}
	r := request{method: http.MethodGet, url: u}
	b := &blobReader{
		request: r,
		open:    func(from int64) (io.ReadCloser, error) { return c.openBlob(ctx, r, from) },
		sleep:   func(d time.Duration) error { return sleep(ctx, d) },
		digest:  blob,
		hash:    blob.Algorithm().Hash(),
	}
	if b.body, err = b.open(0); err != nil {
		return nil, err
	}
	return b, nil
}

// openBlob requests a blob from a position on.
func (c *Client) openBlob(ctx context.Context, r request, from int64) (io.ReadCloser, error) {
	r.from = from
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK { // the host does not know ranges
		_, err = io.CopyN(io.Discard, resp.Body, from)
	} else if !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from)) {
		err = fmt.Errorf("the response has the range %q, want the bytes from %d on", printable(resp.Header.Get("Content-Range")), from)
	}
	if err == nil && resp.ContentLength > limits.MaxLayer {
		err = &sizeError{limits.MaxLayer}
	}
	if err != nil {
		_ = resp.Body.Close() // the error counts
		return nil, r.failed(err)
	}
	return resp.Body, nil
}

// blobReader checks what it reads. An error stays.
type blobReader struct {
	request request
	open    func(from int64) (io.ReadCloser, error)
	sleep   func(time.Duration) error
	digest  digest.Digest
	hash    hash.Hash
	body    io.ReadCloser
	size    int64
	reopens int // in a row, without a byte in between
	err     error
}

func (b *blobReader) Read(p []byte) (int, error) {
	for b.err == nil {
		n, err := b.body.Read(p)
		b.hash.Write(p[:n])
		b.size += int64(n)
		if n > 0 {
			b.reopens = 0
		}
		b.err = b.judge(err)
		if n > 0 || b.err != nil || len(p) == 0 {
			return n, b.err
		}
	}
	return 0, b.err
}

// judge returns the error for the consumer: none while the body goes on, be it
// from another response.
func (b *blobReader) judge(err error) error {
	switch {
	case b.size > limits.MaxLayer:
		return b.request.failed(&sizeError{limits.MaxLayer})
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		return b.verified()
	case !isTransient(err) || b.reopens == maxConnectAttempts:
		return b.request.failed(err)
	}
	b.reopens++
	if b.sleep(backoff(b.reopens, minBackoff, maxBackoff)) != nil {
		return b.request.failed(err)
	}
	rest, err := b.open(b.size)
	if err != nil {
		return err
	}
	_ = b.body.Close() // it failed
	b.body = rest
	return nil
}

func (b *blobReader) verified() error {
	if got := digest.NewDigest(b.digest.Algorithm(), b.hash); got != b.digest {
		return b.request.failed(fmt.Errorf("the content has digest %s", got))
	}
	return io.EOF
}

func (b *blobReader) Close() error {
	if b.err == nil {
		b.err = errors.New("read from a closed blob")
	}
	return b.body.Close()
}
