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

// Blob opens a blob, such as a layer or a config, of the repository that ref names.
// It ignores the tag and the digest of ref. The caller must close the reader, and
// ctx must last until then. If the connection fails midway, the reader requests the
// rest.
//
// The reader verifies the content: at its end, it returns io.EOF only if the digest
// is right, and an error otherwise. Do not act on the content before. A blob larger
// than the largest layer, 10,000 MiB, is an error.
func (c *Client) Blob(ctx context.Context, ref imageref.Reference, blob digest.Digest) (io.ReadCloser, error) {
	if err := blob.Validate(); err != nil {
		return nil, fmt.Errorf("registry: digest %q: %w", blob, err)
	}
	ref.Tag, ref.Digest = "", ""
	u, err := c.urlOf(ref, "blobs", blob.String())
	if err != nil {
		return nil, err
	}
	r := request{method: http.MethodGet, url: u, tokens: c.transport.tokens}
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

// openBlob requests a blob, starting at a position.
func (c *Client) openBlob(ctx context.Context, r request, from int64) (io.ReadCloser, error) {
	r.from = from
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode == http.StatusOK { // the whole blob, because the host ignores ranges
		_, err = io.CopyN(io.Discard, resp.Body, from)
	} else if !strings.HasPrefix(resp.Header.Get("Content-Range"), fmt.Sprintf("bytes %d-", from)) {
		err = fmt.Errorf("the response has the range %q, want one that starts at byte %d", printable(resp.Header.Get("Content-Range")), from)
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

// blobReader verifies what it reads. Once it has failed, it returns the same error.
type blobReader struct {
	request request
	open    func(from int64) (io.ReadCloser, error)
	sleep   func(time.Duration) error
	digest  digest.Digest
	hash    hash.Hash
	body    io.ReadCloser
	size    int64
	reopens int // since the last byte
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

// judge returns the error for the consumer: nil if the body continues, after a
// failure with another response.
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
