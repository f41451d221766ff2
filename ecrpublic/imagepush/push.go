package imagepush

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
)

// PushOptions says what [Push] copies, and where to.
type PushOptions struct {
	// Repository is the repository, without the registry's alias. Required.
	Repository string

	// Tag is the tag to set; empty means Reference, or none if that is a digest
	// or empty. It is required if Reference is not a valid tag, such as
	// "app:v1".
	Tag string

	// Reference is a tag or digest in the source. If it is empty, a [Source]
	// uses its only image; other sources require it.
	Reference string

	// Platform selects one image of an index, such as "linux/arm64" or
	// "linux/arm/v7"; empty means the whole index. The usual variants amd64/v1, arm/v7
	// and arm64/v8 also match images that have none, unless another image has that
	// variant. Where the index does not say the platform of its images, their configs
	// do. An image of another platform is an error.
	Platform string

	// Referrers also copies signatures, attestations and other artifacts whose
	// subject is the image or one of its children, if the source lists them.
	Referrers bool

	// CreateRepository is the client that creates the repository in the caller's
	// own registry if it is missing, usually the one that pushes. Nil means that
	// the repository must exist.
	CreateRepository housekeeping.EnsureRepositoryAPIClient
}

// PushResult says what [Push] did.
type PushResult struct {
	// Descriptor is the image: its media type, digest and size.
	Descriptor ocispec.Descriptor

	// Tag is the tag that now points at the image; empty if none was set. An
	// untagged image can be pulled only by its digest, and rules that delete
	// untagged images apply to it.
	Tag string

	// RepositoryURI is what clients pull from, such as
	// public.ecr.aws/a1b2c3d4/team/app; empty without CreateRepository.
	RepositoryURI string

	// Transfer says what had to be sent.
	Transfer
}

// Push copies an image, or any other artifact, with everything that it refers to
// from a source into a repository. If the image already exists with its tag, Push
// makes a single call. After an error, the result says what had been sent before
// it; a second Push sends the rest.
func Push(ctx context.Context, client APIClient, source oras.ReadOnlyTarget, options PushOptions, optFns ...func(*TargetOptions)) (PushResult, error) {
	target, err := NewTarget(client, options.Repository, optFns...)
	if err != nil {
		return PushResult{}, err
	}
	if err := checkNames(options.Repository, options.Tag); err != nil {
		return PushResult{}, fmt.Errorf("imagepush: %w", err)
	}
	if options.Tag == "" && !isDigest(options.Reference) {
		if err := checkNames(options.Repository, options.Reference); err != nil {
			return PushResult{}, fmt.Errorf("imagepush: Tag is empty, and Reference cannot be the tag: %w", err)
		}
		options.Tag = options.Reference
	}
	if repository, ok := source.(*remote.Repository); ok {
		source = newBoundedRepository(repository)
	}
	result, err := target.push(ctx, source, options)
	target.host.wait()
	result.Transfer = target.transfer()
	if err != nil {
		return result, fmt.Errorf("imagepush: push %sto %s: %w", quoted(options.Reference), options.Repository, err)
	}
	return result, nil
}

// quoted is a reference for an error, with a space, or nothing.
func quoted(reference string) string {
	if reference == "" {
		return ""
	}
	return fmt.Sprintf("%q ", reference)
}

func (t *Target) push(ctx context.Context, source oras.ReadOnlyTarget, options PushOptions) (result PushResult, err error) {
	result.Descriptor, err = resolve(ctx, source, options.Reference, options.Platform)
	if err != nil {
		return result, err
	}
	result.RepositoryURI, err = ensureRepository(ctx, options.CreateRepository, options.Repository)
	if err != nil {
		return result, err
	}
	p, err := t.plan(ctx, source, result.Descriptor, options.Tag)
	if err != nil {
		return result, err
	}
	if err := p.run(ctx, t, source, options.Tag); err != nil {
		return result, err
	}
	result.Tag = options.Tag
	if options.Referrers {
		_, err = t.copyReferrers(ctx, source, result.Descriptor, false)
	}
	return result, err
}

// ensureRepository returns the repository's URI, or "" without a client.
func ensureRepository(ctx context.Context, client housekeeping.EnsureRepositoryAPIClient, name string) (uri string, err error) {
	if client == nil {
		return "", nil
	}
	ensured, err := housekeeping.EnsureRepository(ctx, client, &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
	return aws.ToString(ensured.Repository.RepositoryUri), err
}
