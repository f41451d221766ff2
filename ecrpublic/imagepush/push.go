package imagepush

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// PushOptions says what [Push] copies, and where to.
type PushOptions struct {
	// Repository is the repository, without the registry's alias. Required.
	Repository string

	// Tag is the tag to set; empty means Reference, or none if that is a digest
	// or empty. A Reference that no tag can be, such as "app:v1", needs it.
	Tag string

	// Reference is a tag or digest in the source. A [Source] takes an empty one
	// for its only image; other sources need it.
	Reference string

	// Referrers copies signatures, attestations and other artifacts as well
	// whose subject is the image or a part of it, as far as the source lists
	// them.
	Referrers bool

	// CreateRepository creates the repository in the caller's own registry if it
	// is missing; usually it is the client that pushes. Nil means that the
	// repository exists.
	CreateRepository housekeeping.EnsureRepositoryAPIClient
}

// PushResult tells what [Push] did.
type PushResult struct {
	// Descriptor is the image: its media type, digest and size.
	Descriptor ocispec.Descriptor

	// RepositoryURI is what clients pull from, such as
	// public.ecr.aws/a1b2c3d4/team/app; empty without CreateRepository.
	RepositoryURI string

	// Transfer tells what had to be sent.
	Transfer
}

// Push copies an image, or any other artifact, with all that it refers to from a
// source into a repository. If the image is there with its tag, that takes one
// call to find out. After an error, the result tells what had been sent before
// it; a second Push sends the rest.
func Push(ctx context.Context, client APIClient, source oras.ReadOnlyTarget, options PushOptions, optFns ...func(*TargetOptions)) (PushResult, error) {
	target, err := NewTarget(client, options.Repository, optFns...)
	if err != nil {
		return PushResult{}, err
	}
	if options.Tag == "" && !isDigest(options.Reference) {
		options.Tag = options.Reference
	}
	if err := checkNames(options.Repository, options.Tag); err != nil {
		return PushResult{}, fmt.Errorf("imagepush: %w", err)
	}
	result, err := target.push(ctx, source, options)
	result.Transfer = target.report.transfer()
	if err != nil {
		return result, fmt.Errorf("imagepush: push %q to %s: %w", options.Reference, options.Repository, err)
	}
	return result, nil
}

func (t *Target) push(ctx context.Context, source oras.ReadOnlyTarget, options PushOptions) (result PushResult, err error) {
	result.Descriptor, err = source.Resolve(ctx, options.Reference)
	if err != nil {
		return result, err
	}
	result.RepositoryURI, err = ensureRepository(ctx, options.CreateRepository, options.Repository)
	if err != nil {
		return result, err
	}
	err = t.copyImage(ctx, source, result.Descriptor, options.Tag)
	if err != nil || !options.Referrers {
		return result, err
	}
	return result, t.copyReferrers(ctx, source, result.Descriptor)
}

// ensureRepository returns the repository's URI, or "" without a client.
func ensureRepository(ctx context.Context, client housekeeping.EnsureRepositoryAPIClient, name string) (uri string, err error) {
	if client == nil {
		return "", nil
	}
	ensured, err := housekeeping.EnsureRepository(ctx, client, &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
	return aws.ToString(ensured.Repository.RepositoryUri), err
}

// copyImage copies what root refers to, and root itself with the tag, if any.
func (t *Target) copyImage(ctx context.Context, source content.ReadOnlyStorage, root ocispec.Descriptor, tag string) error {
	_, err := oras.Copy(ctx, resolved{rereadable{source}, root}, root.Digest.String(), t, tag, oras.CopyOptions{CopyGraphOptions: t.copyOptions()})
	return err
}

func (t *Target) copyOptions() oras.CopyGraphOptions {
	return oras.CopyGraphOptions{
		Concurrency:      t.parallel,
		MaxMetadataBytes: limits.MaxManifest,
		FindSuccessors:   t.FindSuccessors,
	}
}
