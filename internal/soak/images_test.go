package soak

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	specs "github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/types"
)

// partBytes is the size of layer parts, small so that small layers have several.
const partBytes = 32 << 10

// push pushes an image, or an index of two, and finds it.
func (w *worker) push(ctx context.Context) error {
	w.pushed++
	source, image := memory.New(), pushed{tag: fmt.Sprintf("v%d", w.pushed)}
	root, err := w.build(ctx, source, &image)
	if err != nil {
		return err
	}
	if err := source.Tag(ctx, root, image.tag); err != nil {
		return err
	}
	options := imagepush.PushOptions{Repository: w.repository, Reference: image.tag}
	_, err = imagepush.Push(ctx, w.client, source, options, func(o *imagepush.TargetOptions) {
		o.Limiter = imagepush.NewLimiter(imagepush.Rates{InitiateLayerUpload: -1, CompleteLayerUpload: -1, PutImage: -1})
	})
	if err != nil {
		return err
	}
	image.digest = root.Digest.String()
	w.images = append(w.images, image)
	found, ok, err := housekeeping.FindImage(ctx, w.client, w.repository, image.tag)
	if err != nil {
		return err
	}
	if !ok || aws.ToString(found.ImageDigest) != image.digest {
		return fmt.Errorf("%s was pushed as %s and is %s", image.tag, image.digest, aws.ToString(found.ImageDigest))
	}
	return nil
}

// build creates an image or an index, and records its parts.
func (w *worker) build(ctx context.Context, source *memory.Store, image *pushed) (ocispec.Descriptor, error) {
	if w.random.IntN(3) > 0 {
		return w.buildImage(ctx, source, image)
	}
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for range 2 {
		desc, err := w.buildImage(ctx, source, image)
		if err != nil {
			return desc, err
		}
		index.Manifests = append(index.Manifests, desc)
	}
	text, err := json.Marshal(index)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	return note(image)(oras.PushBytes(ctx, source, index.MediaType, text))
}

// buildImage creates an image with a layer of up to three parts.
func (w *worker) buildImage(ctx context.Context, source *memory.Store, image *pushed) (ocispec.Descriptor, error) {
	layer := make([]byte, 1+w.random.IntN(5*partBytes/2))
	for i := range layer {
		layer[i] = byte(w.random.Uint32())
	}
	desc, err := oras.PushBytes(ctx, source, ocispec.MediaTypeImageLayer, layer)
	if err != nil {
		return desc, err
	}
	image.layer = desc.Digest.String()
	return note(image)(oras.PackManifest(ctx, source, oras.PackManifestVersion1_1, "application/vnd.soak", oras.PackManifestOptions{
		Layers: []ocispec.Descriptor{desc},
	}))
}

func note(image *pushed) func(ocispec.Descriptor, error) (ocispec.Descriptor, error) {
	return func(desc ocispec.Descriptor, err error) (ocispec.Descriptor, error) {
		image.digests = append(image.digests, desc.Digest.String())
		return desc, err
	}
}

// checkLayer asks for a layer that exists and for one that does not.
func (w *worker) checkLayer(ctx context.Context) error {
	if len(w.images) == 0 {
		return nil
	}
	there := w.images[w.random.IntN(len(w.images))].layer
	out, err := w.client.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{RepositoryName: &w.repository, LayerDigests: []string{there}})
	if err != nil {
		return err
	}
	if len(out.Layers) != 1 || out.Layers[0].LayerAvailability != types.LayerAvailabilityAvailable {
		return fmt.Errorf("layer %s of an image is not available", there)
	}
	return nil
}

// prune keeps the three newest images.
func (w *worker) prune(ctx context.Context) error {
	const keep = 3
	policy := housekeeping.Policy{Rules: []housekeeping.Rule{{TagStatus: housekeeping.TagStatusTagged, KeepNewest: keep}}}
	plan, err := housekeeping.Prune(ctx, w.client, w.repository, policy, func(o *housekeeping.PruneOptions) {
		o.RegistryURL, o.Rate = w.server.URL, -1
		o.Grace = -1 // all images are new
	})
	if err != nil {
		return err
	}
	if plan.GraphError != nil {
		return plan.GraphError
	}
	gone := max(0, len(w.images)-keep)
	want := 0
	for _, image := range w.images[:gone] {
		want += len(image.digests)
	}
	if len(plan.Delete) != want {
		return fmt.Errorf("of %d images, %d are to go and not %d: %s", len(w.images), len(plan.Delete), want, plan)
	}
	if _, err := plan.Apply(ctx, w.client); err != nil {
		return err
	}
	w.images = w.images[gone:]
	return w.list(ctx)
}

// deleteOldest deletes the oldest image and its children.
func (w *worker) deleteOldest(ctx context.Context) error {
	if len(w.images) == 0 {
		return nil
	}
	var ids []types.ImageIdentifier
	for _, digest := range w.images[0].digests {
		ids = append(ids, types.ImageIdentifier{ImageDigest: &digest})
	}
	if _, err := housekeeping.DeleteImages(ctx, w.client, w.repository, ids); err != nil {
		return err
	}
	w.images = w.images[1:]
	return nil
}
