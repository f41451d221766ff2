package registry

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (s *Store) DescribeImages(in *ecrpublic.DescribeImagesInput) (*ecrpublic.DescribeImagesOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if in.ImageIds != nil {
		if in.MaxResults != nil || in.NextToken != nil {
			return nil, mustBeAlone("imageIds")
		}
		return s.describeIdentified(r, in.ImageIds)
	}
	page, next, err := paginate(s, listing{"images", r.Name, in.MaxResults, in.NextToken}, &r.imageOrder)
	if err != nil {
		return nil, err
	}
	out := &ecrpublic.DescribeImagesOutput{ImageDetails: make([]types.ImageDetail, len(page)), NextToken: next}
	for i, img := range page {
		out.ImageDetails[i] = s.detail(r, img)
	}
	return out, nil
}

// describeIdentified lists images in the order of the identifiers.
func (s *Store) describeIdentified(r *repository, ids []types.ImageIdentifier) (*ecrpublic.DescribeImagesOutput, error) {
	out := &ecrpublic.DescribeImagesOutput{ImageDetails: make([]types.ImageDetail, len(ids))}
	for i, id := range ids {
		if id.ImageDigest == nil && id.ImageTag == nil {
			return nil, invalidParameter("imageIds", reasonMissingID)
		}
		if err := checkImageName(id.ImageTag, id.ImageDigest); err != nil {
			return nil, err
		}
		img := r.find(id)
		if img == nil {
			return nil, imageNotFound(id, r.Name, s.config.Account)
		}
		out.ImageDetails[i] = s.detail(r, img)
	}
	return out, nil
}

// find returns the image that an identifier names, or nil when there is none or
// when digest and tag do not belong together.
func (r *repository) find(id types.ImageIdentifier) *Image {
	digest := aws.ToString(id.ImageDigest)
	if id.ImageTag != nil {
		t := r.tags[*id.ImageTag]
		if t == nil || digest != "" && digest != t.Digest {
			return nil
		}
		digest = t.Digest
	}
	return r.images[digest]
}

func (s *Store) detail(r *repository, img *Image) types.ImageDetail {
	return types.ImageDetail{
		RegistryId:             &s.config.Account,
		RepositoryName:         aws.String(r.Name),
		ImageDigest:            &img.Digest,
		ImageTags:              orAbsentList(slices.Clone(img.tags)),
		ImageSizeInBytes:       &img.size,
		ImagePushedAt:          &img.PushedAt,
		ImageManifestMediaType: &img.MediaType,
		ArtifactMediaType:      OrAbsent(&img.artifactMediaType),
	}
}

func (s *Store) DescribeImageTags(in *ecrpublic.DescribeImageTagsInput) (*ecrpublic.DescribeImageTagsOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	page, next, err := paginate(s, listing{"tags", r.Name, in.MaxResults, in.NextToken}, &r.tagOrder)
	if err != nil {
		return nil, err
	}
	out := &ecrpublic.DescribeImageTagsOutput{ImageTagDetails: make([]types.ImageTagDetail, len(page)), NextToken: next}
	for i, t := range page {
		out.ImageTagDetails[i] = r.tagDetail(t)
	}
	return out, nil
}

func (r *repository) tagDetail(t *tag) types.ImageTagDetail {
	img := r.images[t.Digest]
	return types.ImageTagDetail{
		ImageTag:  &t.Name,
		CreatedAt: &t.SetAt,
		ImageDetail: &types.ReferencedImageDetail{
			ImageDigest:            &img.Digest,
			ImageSizeInBytes:       &img.size,
			ImagePushedAt:          &img.PushedAt,
			ImageManifestMediaType: &img.MediaType,
			ArtifactMediaType:      OrAbsent(&img.artifactMediaType),
		},
	}
}
