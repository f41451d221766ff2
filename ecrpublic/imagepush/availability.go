package imagepush

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

func (t *Target) layerExists(ctx context.Context, desc ocispec.Descriptor) (bool, error) {
	if _, known := t.cache.layer(desc.Digest); !known {
		if err := t.checkAvailability(ctx, []string{desc.Digest.String()}); err != nil {
			return false, err
		}
	}
	return t.cache.hasLayer(desc.Digest), t.checkKnownSize(desc)
}

// checkKnownSize rejects a descriptor whose layer the repository has with another
// size: the image could not be pulled.
func (t *Target) checkKnownSize(desc ocispec.Descriptor) error {
	if size, _ := t.cache.layer(desc.Digest); size > 0 && size != desc.Size {
		return fmt.Errorf("layer %s has %d bytes, but its descriptor says %d: %w", desc.Digest, size, desc.Size, content.ErrInvalidDescriptorSize)
	}
	return nil
}

// checkLayers asks which layers the repository has. It fails if a missing one
// could not be sent, or if an existing one has another size.
func (t *Target) checkLayers(ctx context.Context, layers []ocispec.Descriptor) error {
	var unknown []string
	for _, desc := range layers {
		if err := checkDigest(desc); err != nil {
			return err
		}
		if _, known := t.cache.layer(desc.Digest); !known {
			unknown = append(unknown, desc.Digest.String())
		}
	}
	slices.Sort(unknown)
	for batch := range slices.Chunk(slices.Compact(unknown), limits.MaxBatch) {
		if err := t.checkAvailability(ctx, batch); err != nil {
			return err
		}
	}
	for _, desc := range layers {
		check := t.checkKnownSize
		if !t.cache.hasLayer(desc.Digest) {
			check = checkLayerSize
		}
		if err := check(desc); err != nil {
			return err
		}
	}
	return nil
}

// checkAvailability asks the service and caches the responses.
func (t *Target) checkAvailability(ctx context.Context, digests []string) error {
	if t.missing.Load() {
		for _, d := range digests {
			t.cache.addAbsentLayer(digest.Digest(d))
		}
		return nil
	}
	out, err := call(ctx, t, "BatchCheckLayerAvailability", nil, t.client.BatchCheckLayerAvailability, &ecrpublic.BatchCheckLayerAvailabilityInput{
		RepositoryName: &t.repository,
		RegistryId:     t.registryID,
		LayerDigests:   digests,
	})
	if err != nil {
		return err
	}
	for _, f := range out.Failures {
		return fmt.Errorf("check layer %s: %s: %s", aws.ToString(f.LayerDigest), f.FailureCode, aws.ToString(f.FailureReason))
	}
	for _, layer := range out.Layers {
		d := digest.Digest(aws.ToString(layer.LayerDigest))
		switch {
		case layer.LayerAvailability != types.LayerAvailabilityAvailable:
			t.cache.addAbsentLayer(d)
		case aws.ToInt64(layer.LayerSize) > 0:
			t.cache.addLayer(d, *layer.LayerSize)
		default:
			t.cache.addLayer(d, unknownSize)
		}
	}
	return nil
}
