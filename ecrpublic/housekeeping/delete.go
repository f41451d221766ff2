package housekeeping

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

// BatchDeleteImageAPIClient lists the methods that [DeleteImages] calls.
type BatchDeleteImageAPIClient interface {
	BatchDeleteImage(context.Context, *ecrpublic.BatchDeleteImageInput, ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error)
}

// DeleteOptions are the options of [DeleteImages] and [Plan.Apply].
type DeleteOptions struct {
	// Progress is called after every request, on the calling goroutine; nil
	// means never.
	Progress func(Progress)
}

// DeleteResult sorts the identifiers to delete by outcome. Each is in exactly one
// list.
type DeleteResult struct {
	// Deleted lists images and tags that the service reported as deleted.
	Deleted []types.ImageIdentifier

	// Gone lists images that no longer existed; treat them as deleted.
	Gone []types.ImageIdentifier

	// Changed lists images that stay because their tags or push time differ from
	// the plan. Only [Plan.Apply] fills it.
	Changed []types.ImageIdentifier

	// OwnerKept lists children and referrers that stay because their owner does.
	// Only [Plan.Apply] fills it.
	OwnerKept []types.ImageIdentifier

	// Referenced lists images that stay because an index that stays refers to
	// them.
	Referenced []types.ImageFailure

	// Failed lists images that the service refused to delete for any other
	// reason.
	Failed []types.ImageFailure

	// Unprocessed lists images whose outcome is unknown, because an error or
	// the end of the context stopped the work, or because the response did not
	// name them. Those of a failed request may have been deleted.
	Unprocessed []types.ImageIdentifier
}

// DeleteError reports images that the service did not delete although the
// requests succeeded.
type DeleteError struct {
	// Repository is the repository of the images.
	Repository string

	// Failures has an entry, with code and reason, for each identifier.
	Failures []types.ImageFailure
}

// Error lists up to ten of the identifiers with code and reason.
func (e *DeleteError) Error() string {
	const shown = 10
	var b strings.Builder
	fmt.Fprintf(&b, "housekeeping: %d images of %s were not deleted", len(e.Failures), e.Repository)
	separator := ": "
	for _, failure := range e.Failures[:min(shown, len(e.Failures))] {
		fmt.Fprintf(&b, "%s%s: %s: %s", separator, keyOf(failure.ImageId), failure.FailureCode, aws.ToString(failure.FailureReason))
		separator = "; "
	}
	if more := len(e.Failures) - shown; more > 0 {
		fmt.Fprintf(&b, "; and %d more", more)
	}
	return b.String()
}

// DeleteImages deletes any number of images or tags. An identifier with a digest
// deletes the image and all its tags; one with only a tag removes the tag, and
// the image too if it was the last tag. Indexes and their children may be given
// in any order: an image that the service refuses to delete because an index
// refers to it is tried again once the index is gone.
//
// The error wraps a [*DeleteError] if images were refused; images that no longer
// exist are not an error. Images that a response does not name are an error and
// count as unprocessed. A failed request or the end of ctx stops the work. The
// result is valid even if there is an error.
func DeleteImages(ctx context.Context, client BatchDeleteImageAPIClient, repository string, ids []types.ImageIdentifier, optFns ...func(*DeleteOptions)) (DeleteResult, error) {
	result, err := deleteImages(ctx, client, repository, ids, optFns)
	return result, errors.Join(err, failuresError(repository, slices.Concat(result.Referenced, result.Failed)))
}

func failuresError(repository string, failures []types.ImageFailure) error {
	if len(failures) == 0 {
		return nil
	}
	return &DeleteError{Repository: repository, Failures: failures}
}

func deleteImages(ctx context.Context, client BatchDeleteImageAPIClient, repository string, ids []types.ImageIdentifier, optFns []func(*DeleteOptions)) (DeleteResult, error) {
	var options DeleteOptions
	for _, fn := range optFns {
		fn(&options)
	}
	d := deletion{client: client, repository: repository, progress: options.Progress}
	pending, err := d.start(ids)
	for len(pending) > 0 && err == nil {
		before := len(pending)
		if pending, err = d.pass(ctx, pending); len(pending) == before {
			break
		}
	}
	d.result.Unprocessed = append(d.unnamed, d.result.Unprocessed...)
	if err = errors.Join(err, d.unnamedError()); err != nil {
		err = fmt.Errorf("housekeeping: delete images of %s: %w", repository, err)
	}
	return d.result, err
}

// deletion is the state of a running DeleteImages.
type deletion struct {
	client     BatchDeleteImageAPIClient
	repository string
	registryId *string // nil: the caller's own
	progress   func(Progress)
	total      int
	result     DeleteResult
	unnamed    []types.ImageIdentifier // of which a response did not say what became of them
}

func (d *deletion) unnamedError() error {
	if len(d.unnamed) == 0 {
		return nil
	}
	return fmt.Errorf("the service does not say what became of %d images, such as %s", len(d.unnamed), keyOf(&d.unnamed[0]))
}

// start returns the identifiers without repetitions.
func (d *deletion) start(ids []types.ImageIdentifier) ([]types.ImageIdentifier, error) {
	if d.repository == "" {
		return nil, errors.New("repository must not be empty")
	}
	seen := make(map[imageKey]bool, len(ids))
	var pending []types.ImageIdentifier
	for i, id := range ids {
		key := keyOf(&id)
		if key == (imageKey{}) {
			return nil, fmt.Errorf("identifier %d has neither digest nor tag", i)
		}
		if !seen[key] {
			seen[key] = true
			pending = append(pending, id)
		}
	}
	d.total = len(pending)
	return pending, nil
}

// pass tries each pending identifier once and returns those refused because
// an index refers to them. Until the next pass, they are also the result's
// Referenced.
func (d *deletion) pass(ctx context.Context, pending []types.ImageIdentifier) ([]types.ImageIdentifier, error) {
	d.result.Referenced = nil
	var refused []types.ImageIdentifier
	for batch := range slices.Chunk(pending, limits.MaxBatch) {
		out, err := d.send(ctx, batch)
		if err != nil {
			d.result.Referenced, d.result.Unprocessed = nil, append(refused, pending...)
			return nil, err
		}
		pending = pending[len(batch):]
		refused = append(refused, d.sort(batch, out)...)
		settled := len(d.result.Deleted) + len(d.result.Gone) + len(d.result.Failed)
		report(d.progress, Progress{Step: StepDelete, Done: settled, Total: d.total})
	}
	return refused, nil
}

func (d *deletion) send(ctx context.Context, batch []types.ImageIdentifier) (*ecrpublic.BatchDeleteImageOutput, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return d.client.BatchDeleteImage(ctx, &ecrpublic.BatchDeleteImageInput{RepositoryName: &d.repository, RegistryId: d.registryId, ImageIds: batch})
}

// sort puts each identifier of a batch into the result, and returns those
// refused because an index refers to them. Only what the response names as
// deleted counts as deleted. A failure that names none of the identifiers is
// kept too.
func (d *deletion) sort(batch []types.ImageIdentifier, out *ecrpublic.BatchDeleteImageOutput) (refused []types.ImageIdentifier) {
	r := &d.result
	for _, id := range batch {
		failed := slices.IndexFunc(out.Failures, func(f types.ImageFailure) bool { return isAbout(f.ImageId, id) })
		if failed < 0 {
			if slices.ContainsFunc(out.ImageIds, func(deleted types.ImageIdentifier) bool { return isAbout(&deleted, id) }) {
				r.Deleted = append(r.Deleted, id)
			} else {
				d.unnamed = append(d.unnamed, id)
			}
			continue
		}
		switch failure := out.Failures[failed]; failure.FailureCode {
		case types.ImageFailureCodeImageNotFound:
			r.Gone = append(r.Gone, id)
		case types.ImageFailureCodeImageReferencedByManifestList:
			r.Referenced = append(r.Referenced, failure)
			refused = append(refused, id)
		default:
			r.Failed = append(r.Failed, failure)
		}
	}
	for _, failure := range out.Failures {
		if !slices.ContainsFunc(batch, func(id types.ImageIdentifier) bool { return isAbout(failure.ImageId, id) }) {
			r.Failed = append(r.Failed, failure)
		}
	}
	return refused
}

// isAbout reports whether a response's identifier is about the requested image
// or tag. It may add the digest of a tag, or name only one of digest and tag.
func isAbout(named *types.ImageIdentifier, id types.ImageIdentifier) bool {
	got, asked := keyOf(named), keyOf(&id)
	agree := func(a, b string) bool { return a == "" || b == "" || a == b }
	return got != (imageKey{}) && (got.digest == asked.digest || got.tag == asked.tag) &&
		agree(got.digest, asked.digest) && agree(got.tag, asked.tag)
}

// imageKey is a comparable identifier.
type imageKey struct{ digest, tag string }

func keyOf(id *types.ImageIdentifier) imageKey {
	if id == nil {
		return imageKey{}
	}
	return imageKey{aws.ToString(id.ImageDigest), aws.ToString(id.ImageTag)}
}

// String returns the digest, the tag, or both joined by a space.
func (k imageKey) String() string { return strings.TrimSpace(k.digest + " " + k.tag) }
