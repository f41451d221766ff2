package imagepush

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

func (t *Target) layerExists(ctx context.Context, d digest.Digest) (bool, error) {
	if !t.known.layers.has(d) {
		if err := t.checkAvailability(ctx, []string{d.String()}); err != nil {
			return false, err
		}
	}
	return t.known.layers.get(d), nil
}

// checkLayers asks which of the layers are there and fails if one that is
// missing could not be sent.
func (t *Target) checkLayers(ctx context.Context, layers []ocispec.Descriptor) error {
	var unknown []string
	for _, desc := range layers {
		if err := checkDigest(desc); err != nil {
			return err
		}
		if !t.known.layers.has(desc.Digest) {
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
		if t.known.layers.get(desc.Digest) {
			continue
		}
		if err := checkLayerSize(desc); err != nil {
			return err
		}
		t.report.progress(desc, 0)
	}
	return nil
}

// checkAvailability asks the service and takes note of the answers.
func (t *Target) checkAvailability(ctx context.Context, digests []string) error {
	out, err := t.client.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{
		RepositoryName: &t.repository,
		RegistryId:     t.registryID,
		LayerDigests:   digests,
	}, patiently)
	if err != nil {
		return err
	}
	for _, f := range out.Failures {
		return fmt.Errorf("check layer %s: %s: %s", aws.ToString(f.LayerDigest), f.FailureCode, aws.ToString(f.FailureReason))
	}
	for _, layer := range out.Layers {
		d := digest.Digest(aws.ToString(layer.LayerDigest))
		if layer.LayerAvailability == types.LayerAvailabilityAvailable {
			t.known.layers.set(d, true)
		} else {
			t.known.layers.setNew(d, false) // it may have been sent since
		}
	}
	return nil
}
