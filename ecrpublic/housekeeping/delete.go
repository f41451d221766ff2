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

// BatchDeleteImageAPIClient is what [DeleteImages] and [Plan.Apply] need of a
// client.
type BatchDeleteImageAPIClient interface {
	BatchDeleteImage(context.Context, *ecrpublic.BatchDeleteImageInput, ...func(*ecrpublic.Options)) (*ecrpublic.BatchDeleteImageOutput, error)
}

// DeleteOptions are the options of [DeleteImages] and [Plan.Apply].
type DeleteOptions struct {
	// Progress is called after every request, on the calling goroutine; nil
	// means never.
	Progress func(Progress)
}

// DeleteResult sorts the identifiers that a deletion was asked for by what came
// of them. Each is in one list.
type DeleteResult struct {
	// Deleted were there and are gone.
	Deleted []types.ImageIdentifier

	// Gone were not there any more, which is as good as deleted.
	Gone []types.ImageIdentifier

	// Referenced are still there because an index that stays refers to them.
	Referenced []types.ImageFailure

	// Failed were refused for any other reason.
	Failed []types.ImageFailure

	// Unprocessed are those for which there is no answer, because an error or
	// the end of the context stopped the work. Those of the request that failed
	// are among them, and may be deleted all the same.
	Unprocessed []types.ImageIdentifier
}

// DeleteError reports images that the service did not delete although the
// requests succeeded.
type DeleteError struct {
	// Repository is where the images are.
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
// deletes the image and all its tags; one with a tag alone removes the tag, and
// the image too if it was the last tag. It does not matter in which order
// indexes and their children are given: what the service refuses because an
// index refers to it is tried again when the index is gone.
//
// The error wraps a [*DeleteError] if images were refused; images that are gone
// already are not refused. A request that fails, or the end of ctx, stops
// the work. The result tells what was done, also beside an error.
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
	if err != nil {
		err = fmt.Errorf("housekeeping: delete images of %s: %w", repository, err)
	}
	return d.result, err
}

// deletion is a running DeleteImages.
type deletion struct {
	client     BatchDeleteImageAPIClient
	repository string
	progress   func(Progress)
	total      int
	result     DeleteResult
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

// pass tries each of the pending identifiers once and returns those that were
// refused because an index refers to them. They are also the result's
// Referenced until the next pass.
func (d *deletion) pass(ctx context.Context, pending []types.ImageIdentifier) ([]types.ImageIdentifier, error) {
	d.result.Referenced = nil
	var refused []types.ImageIdentifier
	for batch := range slices.Chunk(pending, limits.MaxBatch) {
		failures, err := d.send(ctx, batch)
		if err != nil {
			d.result.Referenced, d.result.Unprocessed = nil, append(refused, pending...)
			return nil, err
		}
		pending = pending[len(batch):]
		refused = append(refused, d.sort(batch, failures)...)
		settled := len(d.result.Deleted) + len(d.result.Gone) + len(d.result.Failed)
		report(d.progress, Progress{Step: StepDelete, Done: settled, Total: d.total})
	}
	return refused, nil
}

func (d *deletion) send(ctx context.Context, batch []types.ImageIdentifier) ([]types.ImageFailure, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out, err := d.client.BatchDeleteImage(ctx, &ecrpublic.BatchDeleteImageInput{RepositoryName: &d.repository, ImageIds: batch})
	if err != nil {
		return nil, err
	}
	return out.Failures, nil
}

// sort puts each identifier of an answered batch into the result. A failure
// that names none of them is kept too.
func (d *deletion) sort(batch []types.ImageIdentifier, failures []types.ImageFailure) (refused []types.ImageIdentifier) {
	r := &d.result
	for _, id := range batch {
		i := slices.IndexFunc(failures, func(f types.ImageFailure) bool { return isAbout(f, id) })
		if i < 0 {
			r.Deleted = append(r.Deleted, id)
			continue
		}
		switch failure := failures[i]; failure.FailureCode {
		case types.ImageFailureCodeImageNotFound:
			r.Gone = append(r.Gone, id)
		case types.ImageFailureCodeImageReferencedByManifestList:
			r.Referenced = append(r.Referenced, failure)
			refused = append(refused, id)
		default:
			r.Failed = append(r.Failed, failure)
		}
	}
	for _, failure := range failures {
		if !slices.ContainsFunc(batch, func(id types.ImageIdentifier) bool { return isAbout(failure, id) }) {
			r.Failed = append(r.Failed, failure)
		}
	}
	return refused
}

// isAbout tells whether a failure is one of the image or tag that was asked for.
// It may name the digest of a tag too, or one of two.
func isAbout(failure types.ImageFailure, id types.ImageIdentifier) bool {
	got, asked := keyOf(failure.ImageId), keyOf(&id)
	agree := func(a, b string) bool { return a == "" || b == "" || a == b }
	return got != (imageKey{}) && (got.digest == asked.digest || got.tag == asked.tag) &&
		agree(got.digest, asked.digest) && agree(got.tag, asked.tag)
}

// imageKey is an identifier that can be compared.
type imageKey struct{ digest, tag string }

func keyOf(id *types.ImageIdentifier) imageKey {
	if id == nil {
		return imageKey{}
	}
	return imageKey{aws.ToString(id.ImageDigest), aws.ToString(id.ImageTag)}
}

// String is digest, tag, or both joined by a space.
func (k imageKey) String() string { return strings.TrimSpace(k.digest + " " + k.tag) }
