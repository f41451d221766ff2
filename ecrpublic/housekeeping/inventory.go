package housekeeping

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// image is what is known of an image. Members of detail that no response
// contained are nil: unknown.
type image struct {
	detail   types.ImageDetail
	digest   string   // "" if no response has given it
	children []string // digests, of an index
	subject  string   // digest of what a referrer is about

	// unread says why children and subject are unknown; empty if they are known.
	unread string

	// doubt says what responses contradict each other about; empty if they agree.
	doubt string

	// gone reports whether the image was deleted while the manifests were read.
	gone bool
}

// Reasons why a manifest is not known.
const (
	notRead     = "manifest not read"
	notReadable = "manifest not readable"
)

// inventory is what is known of a repository.
type inventory struct {
	images     []*image // newest first, each digest once
	registryId string   // the account that they belong to; empty if none says so
	clock      clock    // of the service

	byDigest map[string]*image // while it is taken
}

// mayBeIndex reports whether an image may have children, as far as its media
// type is known.
func (i *image) mayBeIndex() bool { return !isPlain(aws.ToString(i.detail.ImageManifestMediaType)) }

// isPlain reports whether a media type is known to be one of manifests without
// children.
func isPlain(mediaType string) bool {
	return manifest.IsImage(mediaType) || slices.Contains([]string{
		manifest.MediaTypeDockerSchema1, manifest.MediaTypeDockerSchema1Signed, manifest.MediaTypeOCIArtifact,
	}, mediaType)
}

func isIndex(image types.ImageDetail) bool {
	return manifest.IsIndex(aws.ToString(image.ImageManifestMediaType))
}

// isBare reports whether an image has no tags except those that name its
// subject, so that it is deleted with its owners.
func (i *image) isBare() bool {
	return !slices.ContainsFunc(i.detail.ImageTags, func(tag string) bool { return subjectOfTag(tag) == "" })
}

// takeInventory lists every image with what the API says of it. It merges pages,
// and the list of tags as far as it can be read, by digest: a listing that
// changes while it is read may show an image twice, or a tag in one list and not
// in the other. Images about which responses contradict each other are in doubt.
func takeInventory(ctx context.Context, client PruneAPIClient, repository string, progress func(Progress)) (*inventory, error) {
	inv := &inventory{byDigest: map[string]*image{}}
	pages := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{
		RepositoryName:   &repository,
		PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(paginators.MaxPageSize)},
	})
	for page, err := range pages.Pages(ctx) {
		if err != nil {
			return nil, err
		}
		for _, detail := range page.ImageDetails {
			inv.add(detail)
		}
		inv.clock.observe(page.ResponseMetadata.HTTPHeaders)
		report(progress, Progress{Step: StepList, Done: len(inv.images)})
	}
	if err := inv.addTags(ctx, client, repository); err != nil {
		return nil, err
	}
	inv.doubtMovedTags()
	for _, image := range inv.images {
		inv.registryId = cmp.Or(inv.registryId, aws.ToString(image.detail.RegistryId))
		if image.mayBeIndex() || image.isBare() {
			image.unread = notRead
		}
	}
	slices.SortFunc(inv.images, newestFirst)
	return inv, nil
}

// add adds an image that was listed, maybe for the second time.
func (inv *inventory) add(detail types.ImageDetail) {
	digest := aws.ToString(detail.ImageDigest)
	known := inv.byDigest[digest]
	if known == nil || digest == "" {
		detail.ImageTags = slices.Clone(detail.ImageTags)
		inv.append(&image{detail: detail, digest: digest})
		return
	}
	switch before := known.detail; {
	case !slices.Equal(asSet(before.ImageTags), asSet(detail.ImageTags)):
		known.doubt = "listed twice with different tags"
	case (before.ImagePushedAt == nil) != (detail.ImagePushedAt == nil), !aws.ToTime(before.ImagePushedAt).Equal(aws.ToTime(detail.ImagePushedAt)):
		known.doubt = "listed twice with different push times"
	}
	merge(&known.detail, detail)
}

func (inv *inventory) append(image *image) {
	inv.byDigest[image.digest] = image
	inv.images = append(inv.images, image)
}

// addTags adds what the list of tags says of images. It only confirms the list
// of images, so an error, such as a missing permission, is returned only if ctx
// has ended.
func (inv *inventory) addTags(ctx context.Context, client PruneAPIClient, repository string) error {
	tags := paginators.NewDescribeImageTagsPaginator(client, &paginators.DescribeImageTagsInput{
		RepositoryName:   &repository,
		PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(paginators.MaxPageSize)},
	})
	for tag, err := range tags.Items(ctx) {
		if err != nil {
			return ctx.Err()
		}
		if tag.ImageTag != nil && tag.ImageDetail != nil && aws.ToString(tag.ImageDetail.ImageDigest) != "" {
			inv.addTag(repository, *tag.ImageTag, *tag.ImageDetail)
		}
	}
	return nil
}

// addTag adds what the list of tags says of an image. Its push time is left out:
// it is described as that of the tag, and would change the order of the images
// depending on whether the tags can be listed.
func (inv *inventory) addTag(repository, tag string, of types.ReferencedImageDetail) {
	known := inv.byDigest[*of.ImageDigest]
	if known == nil {
		known = &image{digest: *of.ImageDigest, doubt: "only in the list of tags"}
		inv.append(known)
	}
	if known.doubt == "" && !slices.Contains(known.detail.ImageTags, tag) {
		known.doubt = "tag " + tag + " only in the list of tags"
	}
	merge(&known.detail, types.ImageDetail{
		RepositoryName:         &repository,
		ImageDigest:            of.ImageDigest,
		ImageTags:              []string{tag},
		ImageSizeInBytes:       of.ImageSizeInBytes,
		ImageManifestMediaType: of.ImageManifestMediaType,
		ArtifactMediaType:      of.ArtifactMediaType,
	})
}

// doubtMovedTags doubts images that were listed with the same tag: it has moved
// from one to another, and only one of them has it.
func (inv *inventory) doubtMovedTags() {
	first := map[string]*image{}
	for _, image := range inv.images {
		for _, tag := range image.detail.ImageTags {
			if other := first[tag]; other != nil && other != image {
				image.doubt = "tag " + tag + " listed for two images"
				other.doubt = image.doubt
			}
			first[tag] = image
		}
	}
}

// merge adds to an image what another response says of it: all tags of both, and
// the later push time, which keeps the image longer. If the media types differ,
// the media type is unknown.
func merge(known *types.ImageDetail, more types.ImageDetail) {
	for _, tag := range more.ImageTags {
		if !slices.Contains(known.ImageTags, tag) {
			known.ImageTags = append(known.ImageTags, tag)
		}
	}
	if more.ImagePushedAt != nil && (known.ImagePushedAt == nil || more.ImagePushedAt.After(*known.ImagePushedAt)) {
		known.ImagePushedAt = more.ImagePushedAt
	}
	known.ImageDigest = cmp.Or(known.ImageDigest, more.ImageDigest)
	known.RegistryId = cmp.Or(known.RegistryId, more.RegistryId)
	known.RepositoryName = cmp.Or(known.RepositoryName, more.RepositoryName)
	known.ImageSizeInBytes = cmp.Or(known.ImageSizeInBytes, more.ImageSizeInBytes)
	known.ArtifactMediaType = cmp.Or(known.ArtifactMediaType, more.ArtifactMediaType)
	switch {
	case known.ImageManifestMediaType == nil:
		known.ImageManifestMediaType = more.ImageManifestMediaType
	case more.ImageManifestMediaType != nil && *more.ImageManifestMediaType != *known.ImageManifestMediaType:
		known.ImageManifestMediaType = aws.String(contradiction)
	}
}

// contradiction stands for a media type about which two responses differ.
const contradiction = "unknown"

// newestFirst sorts images; those without a push time come last.
func newestFirst(a, b *image) int {
	return cmp.Or(aws.ToTime(b.detail.ImagePushedAt).Compare(aws.ToTime(a.detail.ImagePushedAt)), cmp.Compare(a.digest, b.digest))
}

// setLinks records what a manifest refers to, unless one of its media types is
// unknown: then what it refers to is unknown too.
func (i *image) setLinks(m manifest.Manifest, contentType string) {
	mediaTypes := []string{aws.ToString(i.detail.ImageManifestMediaType), m.MediaType}
	if mediaTypes[0] == "" && mediaTypes[1] == "" {
		mediaTypes[0] = contentType
	}
	for _, mediaType := range mediaTypes {
		if mediaType != "" && !isPlain(mediaType) && !manifest.IsIndex(mediaType) {
			i.unread = "media type " + mediaType + " not known"
			return
		}
	}
	i.unread = ""
	for _, child := range m.Manifests {
		i.children = append(i.children, child.Digest.String())
	}
	if m.Subject != nil {
		i.subject = m.Subject.Digest.String()
	}
	if i.detail.ImageManifestMediaType == nil {
		i.detail.ImageManifestMediaType = aws.String(cmp.Or(m.MediaType, contentType, ocispec.MediaTypeImageManifest))
	}
}
