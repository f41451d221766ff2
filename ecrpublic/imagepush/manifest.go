package imagepush

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

const foreignLayer = "application/vnd.oci.image.layer.nondistributable."

// isManifest tells what is put as an image from what is sent as a layer. It
// follows oras-go, which decides by media type as well.
func isManifest(desc ocispec.Descriptor) bool {
	return manifest.IsIndex(desc.MediaType) || slices.Contains([]string{
		manifest.MediaTypeDockerManifest, manifest.MediaTypeOCIArtifact, ocispec.MediaTypeImageManifest,
	}, desc.MediaType)
}

// isNotLayer tells what a copy puts or leaves out, as oras-go leaves out layers
// that are kept elsewhere.
func isNotLayer(desc ocispec.Descriptor) bool {
	return isManifest(desc) || desc.MediaType == manifest.MediaTypeDockerForeignLayer || strings.HasPrefix(desc.MediaType, foreignLayer)
}

func (t *Target) pushManifest(ctx context.Context, desc ocispec.Descriptor, source io.Reader, tag string) error {
	if desc.Size > limits.MaxManifest {
		return fmt.Errorf("manifest %s has %d bytes: ECR Public takes up to %d: %w", desc.Digest, desc.Size, limits.MaxManifest, errdef.ErrSizeExceedsLimit)
	}
	manifest, err := content.ReadAll(source, desc)
	if err != nil {
		return fmt.Errorf("manifest %s: read the source: %w", desc.Digest, err)
	}
	return t.putImage(ctx, desc, manifest, tag)
}

// putImage puts a manifest unless it is there with the tag; an empty tag is
// none.
func (t *Target) putImage(ctx context.Context, desc ocispec.Descriptor, manifest []byte, tag string) error {
	if tag == "" {
		t.known.manifests.set(desc.Digest, manifest)
	}
	if t.known.hasTag(desc.Digest, tag) {
		return nil
	}
	if err := wait(ctx, t.limiter.put); err != nil {
		return err
	}
	input := &ecrpublic.PutImageInput{
		RepositoryName:         &t.repository,
		RegistryId:             t.registryID,
		ImageDigest:            aws.String(desc.Digest.String()),
		ImageManifest:          aws.String(string(manifest)),
		ImageManifestMediaType: &desc.MediaType,
	}
	var tags []string
	if tag != "" {
		input.ImageTag, tags = &tag, []string{tag}
	}
	_, err := t.client.PutImage(ctx, input, patiently)
	if err != nil && !is[*types.ImageAlreadyExistsException](err) {
		return fmt.Errorf("manifest %s: %w", desc.Digest, err)
	}
	t.known.addImage(desc.Digest, tags...)
	t.report.upload(desc)
	return nil
}

func (t *Target) imageExists(ctx context.Context, d digest.Digest) (bool, error) {
	if t.known.images.get(d) {
		return true, nil
	}
	_, found, err := t.describe(ctx, d.String())
	return found, err
}

// describe looks for an image and takes note of it and its tags.
func (t *Target) describe(ctx context.Context, tagOrDigest string) (desc ocispec.Descriptor, found bool, err error) {
	id := types.ImageIdentifier{ImageTag: &tagOrDigest}
	if isDigest(tagOrDigest) {
		id = types.ImageIdentifier{ImageDigest: &tagOrDigest}
	}
	out, err := t.client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{
		RepositoryName: &t.repository,
		RegistryId:     t.registryID,
		ImageIds:       []types.ImageIdentifier{id},
	}, patiently)
	if is[*types.ImageNotFoundException](err) {
		return desc, false, nil
	}
	if err != nil {
		return desc, false, err
	}
	if len(out.ImageDetails) == 0 {
		return desc, false, nil
	}
	image := out.ImageDetails[0]
	desc.Digest = digest.Digest(aws.ToString(image.ImageDigest))
	desc.MediaType = aws.ToString(image.ImageManifestMediaType)
	t.known.addImage(desc.Digest, image.ImageTags...)
	return desc, true, nil
}

func isDigest(reference string) bool { return digest.Digest(reference).Validate() == nil }
