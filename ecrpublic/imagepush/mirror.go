package imagepush

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/registry"

	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
)

// MirrorSource is a source that can list its tags, such as a remote repository
// of oras-go, or a [Source] whose images are named by tags.
type MirrorSource interface {
	oras.ReadOnlyTarget
	registry.TagLister
}

// MirrorOptions says what [Mirror] copies, and where to.
type MirrorOptions struct {
	// Repository is the repository, without the registry's alias. Required.
	Repository string

	// Tags are tags of the source or patterns of package path, such as "v1.*".
	// Nil means all tags; a name of the source that is no tag, such as "app:v1",
	// then fails by itself.
	Tags []string

	// Referrers is as in [PushOptions]; they are looked for also where the image
	// itself is skipped.
	Referrers bool

	// CreateRepository is as in [PushOptions].
	CreateRepository housekeeping.EnsureRepositoryAPIClient
}

// MirrorResult tells what [Mirror] did.
type MirrorResult struct {
	// RepositoryURI is as in [PushResult].
	RepositoryURI string

	// Images has an entry for each tag, sorted by tag.
	Images []MirroredImage

	// Transfer tells what had to be sent for all of them.
	Transfer
}

// MirroredImage tells what became of one tag.
type MirroredImage struct {
	// Tag is the tag.
	Tag string

	// Descriptor is the image that the tag points at in the source; its zero
	// value if that could not be found out.
	Descriptor ocispec.Descriptor

	// UpToDate is true if the tag pointed there before.
	UpToDate bool

	// Err is why the tag could not be copied; nil if it was, or did not have to
	// be.
	Err error
}

// Mirror copies images from a source into a repository under the same tags. It
// does not touch a tag that points at the same digest already, nor tags that
// the source does not have. A tag that fails does not stop the others: the error
// then names each tag that failed, errors.Is and errors.As look into all of
// them, and the result tells what went well. Cancelling ctx fails the tags that
// are not done.
func Mirror(ctx context.Context, client APIClient, source MirrorSource, options MirrorOptions, optFns ...func(*TargetOptions)) (MirrorResult, error) {
	target, err := NewTarget(client, options.Repository, optFns...)
	if err != nil {
		return MirrorResult{}, err
	}
	tags, err := selectTags(ctx, source, options.Tags)
	if err != nil {
		return MirrorResult{}, fmt.Errorf("imagepush: mirror: %w", err)
	}
	uri, err := ensureRepository(ctx, options.CreateRepository, options.Repository)
	if err != nil {
		return MirrorResult{}, fmt.Errorf("imagepush: mirror: %w", err)
	}
	images := target.mirrorAll(ctx, source, tags, options.Referrers)
	return MirrorResult{uri, images, target.report.transfer()}, failures(images)
}

func failures(images []MirroredImage) error {
	var failed []error
	for _, image := range images {
		if image.Err != nil {
			failed = append(failed, fmt.Errorf("imagepush: mirror tag %s: %w", image.Tag, image.Err))
		}
	}
	return errors.Join(failed...)
}

// selectTags returns the tags that the patterns name, sorted. It lists the
// source's tags only if it has to.
func selectTags(ctx context.Context, source registry.TagLister, patterns []string) (selected []string, err error) {
	var all []string
	if patterns == nil || slices.ContainsFunc(patterns, isGlob) {
		if all, err = registry.Tags(ctx, source); err != nil {
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

func isGlob(pattern string) bool { return strings.ContainsAny(pattern, `*?[\`) }

func matchTags(pattern string, all []string) (matching []string, err error) {
	if !isGlob(pattern) {
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

func (t *Target) mirrorAll(ctx context.Context, source oras.ReadOnlyTarget, tags []string, referrers bool) []MirroredImage {
	images := make([]MirroredImage, len(tags))
	var group errgroup.Group
	group.SetLimit(t.parallel)
	for i, tag := range tags {
		images[i].Tag = tag
		group.Go(func() error {
			images[i].Err = t.mirror(ctx, source, &images[i], referrers)
			return nil
		})
	}
	_ = group.Wait() // the errors are with the images
	return images
}

func (t *Target) mirror(ctx context.Context, source oras.ReadOnlyTarget, image *MirroredImage, referrers bool) (err error) {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := checkNames(t.repository, image.Tag); err != nil {
		return err
	}
	image.Descriptor, err = source.Resolve(ctx, image.Tag)
	if err != nil {
		return err
	}
	found, err := t.Exists(ctx, image.Descriptor)
	if err != nil {
		return err
	}
	image.UpToDate = found && t.known.hasTag(image.Descriptor.Digest, image.Tag)
	if !image.UpToDate {
		err = t.copyImage(ctx, source, image.Descriptor, image.Tag)
	}
	if err != nil || !referrers {
		return err
	}
	return t.copyReferrers(ctx, source, image.Descriptor)
}
