package housekeeping

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/types"
)

// describeImages describes up to 100 images by their digests, in one request
// unless some are gone. An image that does not exist according to the service
// is missing from found. One that a response does not name is an error,
// because its state is unknown.
func describeImages(ctx context.Context, client ecrpublic.DescribeImagesAPIClient, repository, registryId string, digests []string) (found map[string]types.ImageDetail, err error) {
	in := &ecrpublic.DescribeImagesInput{RepositoryName: &repository}
	if registryId != "" {
		in.RegistryId = &registryId
	}
	for _, digest := range digests {
		in.ImageIds = append(in.ImageIds, types.ImageIdentifier{ImageDigest: aws.String(digest)})
	}
	out, err := client.DescribeImages(ctx, in)
	if errtype.Is[*types.ImageNotFoundException](err) && len(digests) == 1 {
		return nil, nil
	}
	if errtype.Is[*types.ImageNotFoundException](err) {
		return describeHalves(ctx, client, repository, registryId, digests)
	}
	if err != nil {
		return nil, err
	}
	found = make(map[string]types.ImageDetail, len(digests))
	for _, detail := range out.ImageDetails {
		digest := aws.ToString(detail.ImageDigest)
		if known, ok := found[digest]; ok {
			merge(&known, detail)
			detail = known
		}
		found[digest] = detail
	}
	if i := slices.IndexFunc(digests, func(digest string) bool { _, ok := found[digest]; return !ok }); i >= 0 {
		return nil, fmt.Errorf("describe image %s: %w", digests[i], errPassedOver)
	}
	return found, nil
}

var errPassedOver = errors.New("the response does not name it")

// describeHalves finds out which of several images are gone, because one of them
// fails a whole request.
func describeHalves(ctx context.Context, client ecrpublic.DescribeImagesAPIClient, repository, registryId string, digests []string) (map[string]types.ImageDetail, error) {
	all := map[string]types.ImageDetail{}
	for half := range slices.Chunk(digests, (len(digests)+1)/2) {
		found, err := describeImages(ctx, client, repository, registryId, half)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, found)
	}
	return all, nil
}
