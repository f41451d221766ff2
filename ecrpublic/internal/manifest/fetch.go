package manifest

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// MaxElements is how many members and list elements metadata may have. It bounds
// the memory that a small text can occupy once parsed.
const MaxElements = 50_000

// Fetch reads a manifest, checks its size and digest, and parses what it links to, as
// [ParseLinks] does. It does not read one that is larger than the service accepts.
func Fetch(ctx context.Context, fetcher content.Fetcher, desc ocispec.Descriptor) (data []byte, m Manifest, err error) {
	if desc.Size > limits.MaxManifest {
		return nil, m, fmt.Errorf("manifest %s has %d bytes, ECR Public accepts up to %d: %w", desc.Digest, desc.Size, limits.MaxManifest, errdef.ErrSizeExceedsLimit)
	}
	rc, err := fetcher.Fetch(ctx, desc)
	if err != nil {
		return nil, m, fmt.Errorf("manifest %s: %w", desc.Digest, err)
	}
	defer rc.Close()
	if data, err = content.ReadAll(rc, desc); err != nil {
		return nil, m, fmt.Errorf("manifest %s: %w", desc.Digest, err)
	}
	if err := CheckElements(data); err != nil {
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

// CheckElements refuses JSON of more than [MaxElements] members and elements.
func CheckElements(data []byte) error {
	if n := bytes.Count(data, []byte(",")); n > MaxElements {
		return fmt.Errorf("more than %d members and list elements: %w", MaxElements, errdef.ErrSizeExceedsLimit)
	}
	return nil
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
