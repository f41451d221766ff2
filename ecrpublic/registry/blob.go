package registry

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"

	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// Blob opens a blob of the repository that a reference names, such as a layer or
// a config, by its digest; tag and digest of the reference do not matter. The
// content is checked as it is read: when all of it has come and its digest is
// another, or when there is more than the largest layer has, the reader returns an
// error and not io.EOF. Until then it is not to be trusted. Close the reader in
// any case.
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
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	if resp.ContentLength > limits.MaxLayer {
		_ = resp.Body.Close()
		return nil, r.failed(fmt.Errorf("the blob has %d bytes, the limit is %d", resp.ContentLength, int64(limits.MaxLayer)))
	}
	return &blobReader{request: r, body: resp.Body, digest: blob, hash: blob.Algorithm().Hash()}, nil
}

// blobReader checks what it reads. An error stays.
type blobReader struct {
	request request
	body    io.ReadCloser
	digest  digest.Digest
	hash    hash.Hash
	size    int64
	err     error
}

func (b *blobReader) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.body.Read(p)
	b.hash.Write(p[:n])
	b.size += int64(n)
	switch {
	case b.size > limits.MaxLayer:
		b.err = b.request.failed(fmt.Errorf("the blob has more than %d bytes", int64(limits.MaxLayer)))
	case errors.Is(err, io.EOF):
		b.err = b.verified()
	case err != nil:
		b.err = b.request.failed(err)
	}
	return n, b.err
}

func (b *blobReader) verified() error {
	if got := digest.NewDigest(b.digest.Algorithm(), b.hash); got != b.digest {
		return b.request.failed(fmt.Errorf("the content has digest %s", got))
	}
	return io.EOF
}

func (b *blobReader) Close() error { return b.body.Close() }
