package imagepush

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

const (
	// maxTags is how many tags of a source are listed: more than a repository of
	// ECR Public can have images. maxTagBytes is how long they may be together.
	maxTags     = 100_000
	maxTagBytes = 8 << 20

	// maxPages is how many pages of tags or referrers are read.
	maxPages = 1000

	// maxTagListing is how many pages of the repository's own tags are read, each
	// of up to tagsOfAPage.
	maxTagListing = 20
	tagsOfAPage   = 1000
)

// selectTags returns the tags that the patterns match, sorted. It lists the
// source's tags only if necessary.
func selectTags(ctx context.Context, source registry.TagLister, patterns []string) (selected []string, err error) {
	if patterns != nil && len(patterns) == 0 {
		return nil, errors.New("Tags is an empty list: want tags or patterns, or nil for all tags")
	}
	var all []string
	if patterns == nil || slices.ContainsFunc(patterns, isGlob) {
		if all, err = sourceTags(ctx, source); err != nil {
			return nil, err
		}
	}
	if patterns == nil && len(all) == 0 {
		return nil, errors.New("the source has no tags")
	}
	if patterns == nil {
		selected = all
	}
	for _, pattern := range patterns {
		matching, err := matchTags(pattern, all)
		if err != nil {
			return nil, err
		}
		selected = append(selected, matching...)
	}
	slices.Sort(selected)
	return slices.Compact(selected), nil
}

// sourceTags lists the tags of a source, up to a bound.
func sourceTags(ctx context.Context, source registry.TagLister) (all []string, err error) {
	pages, bytes := 0, 0
	err = source.Tags(ctx, "", func(page []string) error {
		for _, tag := range page {
			bytes += len(tag)
		}
		if pages++; pages > maxPages || len(all)+len(page) > maxTags || bytes > maxTagBytes {
			return fmt.Errorf("the source lists more than %d tags, %d bytes or %d pages of them: name the tags: %w", maxTags, maxTagBytes, maxPages, errdef.ErrSizeExceedsLimit)
		}
		all = append(all, page...)
		return nil
	})
	return all, err
}

func isGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

func matchTags(pattern string, all []string) (matching []string, err error) {
	if !isGlob(pattern) {
		if pattern == "" {
			return nil, errors.New("Tags contains an empty tag")
		}
		return []string{pattern}, nil
	}
	for _, tag := range all {
		matches, err := path.Match(pattern, tag)
		if err != nil {
			return nil, fmt.Errorf("Tags: %q: %w", pattern, err)
		}
		if matches {
			matching = append(matching, tag)
		}
	}
	if len(matching) == 0 {
		return nil, fmt.Errorf("Tags: %q matches none of the source's %d tags", pattern, len(all))
	}
	return matching, nil
}

// tagLister is the additional method of clients that can list tags.
type tagLister interface {
	DescribeImageTags(context.Context, *ecrpublic.DescribeImageTagsInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error)
}

// readTags caches the repository's tags, up to a number of pages, and reports
// whether those were all.
func (t *Target) readTags(ctx context.Context, client tagLister, pages int) (complete bool, err error) {
	in := &ecrpublic.DescribeImageTagsInput{RepositoryName: &t.repository, RegistryId: t.registryID, MaxResults: aws.Int32(tagsOfAPage)}
	for range pages {
		out, err := call(ctx, t, "DescribeImageTags", nil, client.DescribeImageTags, in)
		if err != nil {
			return false, err
		}
		for _, tag := range out.ImageTagDetails {
			if tag.ImageDetail != nil && tag.ImageDetail.ImageDigest != nil && tag.ImageTag != nil {
				t.cache.addImage(digest.Digest(*tag.ImageDetail.ImageDigest), *tag.ImageTag)
			}
		}
		if aws.ToString(out.NextToken) == "" {
			return true, nil
		}
		in.NextToken = out.NextToken
	}
	return false, nil
}
