package imagepush

import (
	"context"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

const (
	// metadataMemory is what the manifests and lists that are read or put at a time
	// may take. The garbage collector lets a program grow to twice what it uses.
	metadataMemory = 12 << 20

	// parsedCopies are copies of a manifest while it is parsed: its bytes, the
	// decoder's, and texts. sentCopies are those of a manifest being put, whose
	// request escapes it.
	parsedCopies = 3
	sentCopies   = 5

	// parsedDescriptor is a descriptor without its texts; descriptorText is the
	// shortest that makes one, two brackets and a comma.
	parsedDescriptor = 150
	descriptorText   = 3

	// listMemory is for the lists of referrers, whose size is not known before.
	listMemory = metadataMemory / 8
)

// reserve waits for memory for metadata. Nothing that holds some may reserve more.
func (t *Target) reserve(ctx context.Context, bytes int64) (release func(), err error) {
	bytes = min(bytes, metadataMemory)
	if err := t.metadata.Acquire(ctx, bytes); err != nil {
		return nil, context.Cause(ctx)
	}
	return func() { t.metadata.Release(bytes) }, nil
}

func memoryToParse(desc ocispec.Descriptor) int64 {
	size := min(max(0, desc.Size), limits.MaxManifest) // a larger one is not read
	return parsedCopies*size + min(manifest.MaxDescriptors, size/descriptorText)*parsedDescriptor
}

func memoryToSend(desc ocispec.Descriptor) int64 {
	return sentCopies * min(max(0, desc.Size), limits.MaxManifest) // a larger one is not sent
}

// readNode reads a manifest.
func (t *Target) readNode(ctx context.Context, source content.Fetcher, desc ocispec.Descriptor) (node, error) {
	release, err := t.reserve(ctx, memoryToParse(desc))
	if err != nil {
		return node{}, err
	}
	defer release()
	data, m, err := manifest.Fetch(ctx, source, desc)
	if err != nil {
		return node{}, err
	}
	n := node{desc: bare(desc), data: data}
	n.children, n.blobs, n.subject = m.Links(desc.MediaType)
	for _, links := range [][]ocispec.Descriptor{n.children, n.blobs} {
		for i, link := range links {
			links[i] = bare(link)
		}
	}
	return n, nil
}

// bare is a descriptor without what a copy does not need, so that it can be kept.
func bare(desc ocispec.Descriptor) ocispec.Descriptor {
	return ocispec.Descriptor{MediaType: desc.MediaType, Digest: desc.Digest, Size: desc.Size}
}
