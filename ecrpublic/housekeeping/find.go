package housekeeping

import (
	"context"
	"errors"
	"fmt"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

// ImageExists reports whether a repository holds an image. It returns false with
// a nil error only if the service says that the image or the repository does
// not exist. Any other failure, such as a throttle or a missing permission, is
// returned and says nothing about the image.
func ImageExists(ctx context.Context, client ecrpublic.DescribeImagesAPIClient, repository, tagOrDigest string) (bool, error) {
	_, found, err := FindImage(ctx, client, repository, tagOrDigest)
	return found, err
}

// FindImage describes one image by its tag, such as "v1.2", or by its digest,
// which has a colon. Found is false, with a nil error, only if the
// service says that the image or the repository does not exist.
func FindImage(ctx context.Context, client ecrpublic.DescribeImagesAPIClient, repository, tagOrDigest string) (image types.ImageDetail, found bool, err error) {
	if repository == "" || tagOrDigest == "" {
		return image, false, errors.New("housekeeping: find image: repository and tag or digest must not be empty")
	}
	id := types.ImageIdentifier{ImageTag: &tagOrDigest}
	if limits.IsDigest(tagOrDigest) {
		id = types.ImageIdentifier{ImageDigest: &tagOrDigest}
	}
	out, err := client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{
		RepositoryName: &repository,
		ImageIds:       []types.ImageIdentifier{id},
	})
	if errtype.Is[*types.RepositoryNotFoundException](err) || errtype.Is[*types.ImageNotFoundException](err) {
		return image, false, nil
	}
	if err != nil {
		return image, false, err
	}
	if len(out.ImageDetails) == 0 {
		return image, false, fmt.Errorf("housekeeping: find image %s in %s: the service returned no image", tagOrDigest, repository)
	}
	return out.ImageDetails[0], true, nil
}
