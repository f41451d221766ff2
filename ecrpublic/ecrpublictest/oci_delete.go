package ecrpublictest

import (
	"context"

	"cuelabs.dev/go/oci/ociregistry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// Private ECR deletes over /v2/ by the rules of its API; whether ECR Public does
// is not known.

func (b backend) DeleteManifest(_ context.Context, repo string, digest ociregistry.Digest) error {
	return b.delete(repo, types.ImageIdentifier{ImageDigest: new(string(digest))})
}

func (b backend) DeleteTag(_ context.Context, repo, tag string) error {
	return b.delete(repo, types.ImageIdentifier{ImageTag: &tag})
}

func (b backend) delete(repo string, id types.ImageIdentifier) error {
	alias, name := split(repo)
	out, err := b.store.batchDeleteImage(&ecrpublic.BatchDeleteImageInput{RegistryId: &alias, RepositoryName: &name, ImageIds: []types.ImageIdentifier{id}})
	if err != nil {
		return err
	}
	if len(out.Failures) == 0 {
		return nil
	}
	failure := out.Failures[0] // there was one identifier
	if failure.FailureCode == types.ImageFailureCodeImageNotFound {
		return ociregistry.ErrManifestUnknown
	}
	return ociregistry.NewError(*failure.FailureReason, ociregistry.ErrUnsupported.Code(), nil)
}
