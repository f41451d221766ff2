package imagepush

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

// isManifest reports whether a descriptor's content is put as an image. Everything
// else is sent as a layer.
func isManifest(desc ocispec.Descriptor) bool { return manifest.IsManifest(desc.MediaType) }

// isNotLayer reports whether a copy puts the content as an image, or skips it
// because it is stored elsewhere.
func isNotLayer(desc ocispec.Descriptor) bool {
	return isManifest(desc) || manifest.IsForeignLayer(desc.MediaType)
}

func (t *Target) pushManifest(ctx context.Context, desc ocispec.Descriptor, source io.Reader, tag string) error {
	if desc.Size > limits.MaxManifest {
		return fmt.Errorf("manifest %s has %d bytes, ECR Public accepts up to %d: %w", desc.Digest, desc.Size, limits.MaxManifest, errdef.ErrSizeExceedsLimit)
	}
	return t.putImage(ctx, desc, tag, func() ([]byte, error) {
		data, err := manifest.ReadAll(source, desc)
		if err == nil && tag == "" {
			t.cache.addManifest(desc.Digest, data)
		}
		return data, err
	})
}

// putImage puts a manifest, which read returns, unless it exists with the tag; an
// empty tag means none.
func (t *Target) putImage(ctx context.Context, desc ocispec.Descriptor, tag string, read func() ([]byte, error)) error {
	if t.cache.hasTag(desc.Digest, tag) {
		t.report.skip(desc)
		return nil
	}
	if err := t.readAndPut(ctx, desc, tag, read); err != nil {
		return fmt.Errorf("manifest %s: %w", desc.Digest, err)
	}
	var tags []string
	if tag != "" {
		tags = []string{tag}
	}
	t.report.upload(desc) // before others can find it, and report that it was there
	t.cache.addImage(desc.Digest, tags...)
	return nil
}

func (t *Target) readAndPut(ctx context.Context, desc ocispec.Descriptor, tag string, read func() ([]byte, error)) error {
	release, err := t.reserve(ctx, memoryToSend(desc))
	if err != nil {
		return err
	}
	defer release()
	manifest, err := read()
	if err != nil {
		return sourceError(err)
	}
	if t.host != nil {
		return t.putOnHost(ctx, desc, manifest, tag)
	}
	return t.putByAPI(ctx, desc, manifest, tag)
}

func (t *Target) putByAPI(ctx context.Context, desc ocispec.Descriptor, manifest []byte, tag string) error {
	input := &ecrpublic.PutImageInput{
		RepositoryName:         &t.repository,
		RegistryId:             t.registryID,
		ImageDigest:            aws.String(desc.Digest.String()),
		ImageManifest:          aws.String(string(manifest)),
		ImageManifestMediaType: &desc.MediaType,
	}
	if tag != "" {
		input.ImageTag = &tag
	}
	out, err := call(ctx, t, "PutImage", t.limiter.put, t.client.PutImage, input)
	if errtype.Is[*types.ImageAlreadyExistsException](err) {
		return nil
	}
	if err != nil {
		return err
	}
	return checkStored(out, desc.Digest)
}

// checkStored compares the digest that the service computed. A response without
// a digest is accepted, because the request carried it too.
func checkStored(out *ecrpublic.PutImageOutput, want digest.Digest) error {
	if out.Image == nil || out.Image.ImageId == nil || out.Image.ImageId.ImageDigest == nil {
		return nil
	}
	if got := *out.Image.ImageId.ImageDigest; got != want.String() {
		return fmt.Errorf("the service stored it as %q: %w", got, content.ErrMismatchedDigest)
	}
	return nil
}

func (t *Target) imageExists(ctx context.Context, d digest.Digest) (bool, error) {
	if t.cache.hasImage(d) {
		return true, nil
	}
	_, found, err := t.describe(ctx, d.String())
	return found, err
}

// describe looks for an image and caches it with its tags.
func (t *Target) describe(ctx context.Context, tagOrDigest string) (desc ocispec.Descriptor, found bool, err error) {
	id := types.ImageIdentifier{ImageTag: &tagOrDigest}
	if limits.IsDigest(tagOrDigest) {
		id = types.ImageIdentifier{ImageDigest: &tagOrDigest}
	}
	images, err := t.describeAll(ctx, []types.ImageIdentifier{id})
	if err != nil || len(images) == 0 {
		return desc, false, err
	}
	desc.Digest = digest.Digest(aws.ToString(images[0].ImageDigest))
	desc.MediaType = aws.ToString(images[0].ImageManifestMediaType)
	return desc, true, nil
}

// describeAll looks for images and caches them with their tags. If one of them
// is missing, it finds none.
func (t *Target) describeAll(ctx context.Context, ids []types.ImageIdentifier) ([]types.ImageDetail, error) {
	if t.missing.Load() {
		return nil, nil
	}
	out, err := call(ctx, t, "DescribeImages", nil, t.client.DescribeImages, &ecrpublic.DescribeImagesInput{
		RepositoryName: &t.repository,
		RegistryId:     t.registryID,
		ImageIds:       ids,
	})
	if errtype.Is[*types.ImageNotFoundException](err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, image := range out.ImageDetails {
		t.cache.addImage(digest.Digest(aws.ToString(image.ImageDigest)), image.ImageTags...)
	}
	return out.ImageDetails, nil
}

// isDigest is for references of sources, whose names may have colons as well.
func isDigest(reference string) bool { return digest.Digest(reference).Validate() == nil }
