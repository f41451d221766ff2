package manifest

import (
	"context"
	"errors"
	"fmt"
	"io"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/internal/readall"
)

// Fetch reads a manifest, checks its size and digest, and parses what it links to, as
// [ParseLinks] does. It does not read one that is larger than the service accepts.
func Fetch(ctx context.Context, fetcher content.Fetcher, desc ocispec.Descriptor) (data []byte, m Manifest, err error) {
	if desc.Size > limits.MaxManifest {
		return nil, m, fmt.Errorf("manifest %s has %d bytes, ECR Public accepts up to %d: %w", desc.Digest, desc.Size, limits.MaxManifest, errdef.ErrSizeExceedsLimit)
	}
	if data, err = FetchAll(ctx, fetcher, desc); err != nil {
		return nil, m, fmt.Errorf("manifest %s: %w", desc.Digest, err)
	}
	if m, err = ParseLinks(data); err != nil {
		return nil, m, fmt.Errorf("%s: %w", desc.Digest, err)
	}
	if err := m.check(desc.MediaType); err != nil {
		return nil, m, fmt.Errorf("manifest %s: %w", desc.Digest, err)
	}
	return data, m, nil
}

// FetchAll reads metadata and checks its size and digest.
func FetchAll(ctx context.Context, fetcher content.Fetcher, desc ocispec.Descriptor) ([]byte, error) {
	rc, err := fetcher.Fetch(ctx, desc)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	return ReadAll(rc, desc)
}

// ReadAll is as content.ReadAll of oras-go and uses half its memory.
func ReadAll(r io.Reader, desc ocispec.Descriptor) ([]byte, error) {
	if desc.Size < 0 {
		return nil, content.ErrInvalidDescriptorSize
	}
	verified := content.NewVerifyReader(r, desc)
	data, err := readall.ReadAll(nil, verified)
	if err == nil {
		err = verified.Verify()
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("it has %d bytes, but its descriptor says %d: %w", len(data), desc.Size, err)
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

// check rejects a manifest that readers may interpret in different ways.
func (m Manifest) check(mediaType string) error {
	if m.MediaType != "" && m.MediaType != mediaType {
		return fmt.Errorf("its descriptor says media type %q, but the manifest says %q", mediaType, m.MediaType)
	}
	if len(m.Manifests) > 0 && (m.Config != nil || len(m.Layers) > 0) {
		return errors.New("it is both an index and an image: it has manifests as well as a config or layers")
	}
	return nil
}
