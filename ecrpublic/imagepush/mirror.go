package imagepush

import (
	"context"
	"errors"
	"fmt"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/types"
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
	// Nil means all tags; a name in the source that is not a tag, such as
	// "app:v1", then fails alone. An empty list that is not nil is an error.
	Tags []string

	// Referrers is as in [PushOptions]; referrers are looked for even if the
	// image itself is skipped.
	Referrers bool

	// CreateRepository is as in [PushOptions]. In a dry run it is not called, and
	// means that a repository that does not exist counts as an empty one.
	CreateRepository housekeeping.EnsureRepositoryAPIClient

	// DryRun works out the changes without making them: it only reads. See
	// [MirrorResult.Changes].
	DryRun bool
}

// MirrorResult says what [Mirror] did, or would do.
type MirrorResult struct {
	// RepositoryURI is as in [PushResult]; empty in a dry run.
	RepositoryURI string

	// Images has an entry for each tag, sorted by tag.
	Images []MirroredImage

	// Transfer says what was sent for all of them.
	Transfer
}

// Changes lists the tags that were moved or set, or would be in a dry run, sorted; nil
// if there are none. Tags that are up to date, and those that failed, are not among
// them.
func (r MirrorResult) Changes() (changes []Change) {
	for _, image := range r.Images {
		if image.Err == nil && !image.UpToDate {
			changes = append(changes, Change{image.Tag, image.Previous, image.Descriptor.Digest, image.Bytes})
		}
	}
	return changes
}

// MirroredImage is the outcome for one tag.
type MirroredImage struct {
	// Tag is the tag.
	Tag string

	// Descriptor is the image that the tag points at in the source; the zero
	// value if it could not be resolved.
	Descriptor ocispec.Descriptor

	// Previous is the digest that the tag pointed at in the repository before;
	// empty if the tag did not exist. It is set only in a dry run and with
	// clients that have DescribeImageTags.
	Previous digest.Digest

	// Bytes is the number of bytes to send, those of referrers included. A layer that
	// images share counts for one of them.
	Bytes int64

	// UpToDate is true if the tag already pointed at the image, so that only
	// referrers, if any, were to be sent.
	UpToDate bool

	// Err says why the tag could not be copied; nil if it was copied or up to
	// date.
	Err error
}

// Mirror copies images from a source into a repository under the same tags.
// Tags that already point at the same digest, and tags that the source does not
// have, are left alone.
//
// A failed tag does not stop the others, unless all would fail in the same way: the
// service is down for longer than calls are retried, the repository is missing, or
// the caller may not write to it. The error names each failed tag, errors.Is and
// errors.As examine all of them, and the result says what succeeded. If ctx is
// cancelled, the remaining tags fail.
func Mirror(ctx context.Context, client APIClient, source MirrorSource, options MirrorOptions, optFns ...func(*TargetOptions)) (MirrorResult, error) {
	target, err := NewTarget(client, options.Repository, optFns...)
	if err != nil {
		return MirrorResult{}, err
	}
	if repository, ok := source.(*remote.Repository); ok {
		source = newBoundedRepository(repository)
	}
	tags, err := selectTags(ctx, source, options.Tags)
	if err != nil {
		return MirrorResult{}, fmt.Errorf("imagepush: mirror: %w", err)
	}
	result, err := target.mirrorAll(ctx, source, tags, options)
	target.host.wait()
	result.Transfer = target.transfer()
	if err != nil {
		return result, fmt.Errorf("imagepush: mirror: %w", err)
	}
	return result, failures(result.Images)
}

func failures(images []MirroredImage) error {
	var failed []error
	for _, image := range images {
		if image.Err != nil {
			failed = append(failed, fmt.Errorf("imagepush: mirror tag %.300s: %w", image.Tag, image.Err))
		}
	}
	return errors.Join(failed...)
}

func (t *Target) mirrorAll(ctx context.Context, source oras.ReadOnlyTarget, tags []string, options MirrorOptions) (result MirrorResult, err error) {
	if !options.DryRun {
		result.RepositoryURI, err = ensureRepository(ctx, options.CreateRepository, options.Repository)
		if err != nil {
			return result, err
		}
	}
	if err := t.listTags(ctx, len(tags), options.DryRun && options.CreateRepository != nil); err != nil {
		return result, err
	}
	result.Images = make([]MirroredImage, len(tags))
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var group errgroup.Group
	group.SetLimit(t.parallel)
	for i, tag := range tags {
		image := &result.Images[i]
		image.Tag = tag
		group.Go(func() error {
			image.Err = t.mirror(ctx, source, image, options)
			if isFatal(image.Err) {
				stop(fmt.Errorf("given up after tag %.300s: %w", tag, image.Err))
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are with the images
	return result, nil
}

// listTags caches what the repository's tags point at, if listing them costs no
// more than describing that many images. With mayBeMissing, a repository that does
// not exist has no tags.
func (t *Target) listTags(ctx context.Context, tags int, mayBeMissing bool) error {
	lister, ok := t.client.(tagLister)
	if !ok || tags == 0 {
		return nil
	}
	complete, err := t.readTags(ctx, lister, min(tags, maxTagListing))
	if mayBeMissing && errtype.Is[*types.RepositoryNotFoundException](err) {
		t.missing.Store(true)
		complete, err = true, nil
	}
	if complete {
		t.cache.setListed()
	}
	if isFatal(err) {
		return err
	}
	return nil // whatever else it was, the tags are looked at one by one
}

// mirror copies the image of one tag.
func (t *Target) mirror(ctx context.Context, source oras.ReadOnlyTarget, image *MirroredImage, options MirrorOptions) (err error) {
	defer func() {
		if err != nil && ctx.Err() != nil && !isFatal(err) {
			err = context.Cause(ctx)
		}
	}()
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if err := checkNames(t.repository, image.Tag); err != nil {
		return err
	}
	image.Descriptor, err = source.Resolve(ctx, image.Tag)
	if errors.Is(err, errdef.ErrNotFound) {
		return fmt.Errorf("the source has no such image: %w", err)
	}
	if err != nil {
		return err
	}
	if image.Previous, err = t.previous(ctx, image.Tag, options.DryRun); err != nil {
		return err
	}
	p, err := t.plan(ctx, source, image.Descriptor, image.Tag)
	if err != nil {
		return err
	}
	image.UpToDate, image.Bytes = p.upToDate, t.count(p)
	if !options.DryRun {
		if err := p.run(ctx, t, source, image.Tag); err != nil {
			return err
		}
	}
	if !options.Referrers {
		return nil
	}
	bytes, err := t.copyReferrers(ctx, source, image.Descriptor, options.DryRun)
	image.Bytes += bytes
	return err
}

// previous returns the digest that a tag points at. It asks the service only if
// that is needed.
func (t *Target) previous(ctx context.Context, tag string, ask bool) (digest.Digest, error) {
	d, known := t.cache.tag(tag)
	if known || !ask {
		return d, nil
	}
	desc, found, err := t.describe(ctx, tag)
	if err == nil && !found {
		t.cache.addNoTag(tag)
	}
	return desc.Digest, err
}
