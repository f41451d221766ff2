package housekeeping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

// ApplyAPIClient lists the methods that [Plan.Apply] calls.
type ApplyAPIClient interface {
	ecrpublic.DescribeImagesAPIClient
	BatchDeleteImageAPIClient
}

// Apply deletes the images in Delete, by digest and therefore with all their tags,
// in the account that the plan was made for. Apply a plan soon: rules are not
// evaluated again.
//
// Right before deleting a batch of at most 100 images, it describes them again:
// images whose tags or push time differ from the plan stay, and are in the
// result's Changed. A tag set between these two requests is still lost; see
// [PruneOptions.Grace]. A child or referrer is deleted only after all its owners
// are reported deleted or gone. If an owner stays, because it was refused, has
// changed or was removed from Delete, its children and referrers stay and are in
// OwnerKept.
//
// An image that the service refuses to delete because an index that stays
// refers to it is in the result's Referenced. None of these is an error. If
// images are refused for another reason, the error contains a [*DeleteError].
// Images missing from a response, a failed request and the end of ctx are
// errors too; the latter two stop the work. The result is valid even if there
// is an error, and a new plan continues from there.
func (p *Plan) Apply(ctx context.Context, client ApplyAPIClient, optFns ...func(*DeleteOptions)) (DeleteResult, error) {
	var options DeleteOptions
	for _, fn := range optFns {
		fn(&options)
	}
	a := application{plan: p, client: client, decisions: map[string]Decision{}, left: map[string]int{}, parts: map[string][]string{}}
	a.deletion = deletion{client: client, repository: p.Repository, progress: options.Progress}
	if p.RegistryId != "" {
		a.registryId = &p.RegistryId
	}
	err := a.start()
	for len(a.ready) > 0 && err == nil {
		err = a.step(ctx)
	}
	a.finish(err)
	if err = errors.Join(err, a.unnamedError()); err != nil {
		err = fmt.Errorf("housekeeping: apply plan to %s: %w", p.Repository, err)
	}
	return a.result, errors.Join(err, failuresError(p.Repository, a.result.Failed))
}

// application is the state of a running Apply.
type application struct {
	deletion
	plan      *Plan
	client    ApplyAPIClient
	decisions map[string]Decision // of what is not settled, by digest
	left      map[string]int      // how many owners are not gone, by digest
	parts     map[string][]string // what belongs to an owner, by its digest
	ready     []string            // digests of what can be deleted, in order
}

// start checks the plan and finds out which images wait for which.
func (a *application) start() (err error) {
	if a.repository == "" {
		err = errors.New("repository must not be empty")
	}
	for i, d := range a.plan.Delete {
		digest := aws.ToString(d.Image.ImageDigest)
		if digest == "" {
			err = cmp.Or(err, fmt.Errorf("Delete[%d] has no digest", i))
		}
		if id := d.Image.RegistryId; id != nil && a.registryId != nil && *id != *a.registryId {
			err = cmp.Or(err, fmt.Errorf("Delete[%d] is in registry %s, but the plan is for %s", i, *id, *a.registryId))
		}
		if _, ok := a.decisions[digest]; ok {
			continue
		}
		a.decisions[digest] = d
		a.left[digest] = len(d.Owners)
		for _, owner := range d.Owners {
			a.parts[owner] = append(a.parts[owner], digest)
		}
		if len(d.Owners) == 0 {
			a.ready = append(a.ready, digest)
		}
	}
	a.total = len(a.decisions)
	return err
}

// step describes a batch of images again and deletes those that are as
// planned. Their children and referrers come next, so that few are left over
// if the work is stopped.
func (a *application) step(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	batch := a.ready[:min(len(a.ready), limits.MaxBatch)]
	found, err := describeImages(ctx, a.client, a.repository, aws.ToString(a.registryId), batch)
	if err != nil {
		return err
	}
	var same []types.ImageIdentifier
	var gone []string
	for _, digest := range batch {
		now, there := found[digest]
		id := types.ImageIdentifier{ImageDigest: aws.String(digest)}
		switch {
		case !there:
			a.result.Gone = append(a.result.Gone, id)
			gone = append(gone, digest)
		case !isSame(a.decisions[digest].Image, now):
			a.result.Changed = append(a.result.Changed, id)
		default:
			same = append(same, id)
			continue
		}
		delete(a.decisions, digest)
	}
	deleted, err := a.deleteBatch(ctx, same)
	if err != nil {
		return err
	}
	a.ready = append(a.freed(append(gone, deleted...)), a.ready[len(batch):]...)
	report(a.progress, Progress{Step: StepDelete, Done: a.total - len(a.decisions), Total: a.total})
	return nil
}

// deleteBatch returns the digests of the images that are gone.
func (a *application) deleteBatch(ctx context.Context, ids []types.ImageIdentifier) (digests []string, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := a.send(ctx, ids)
	if err != nil {
		return nil, err
	}
	deleted, gone := len(a.result.Deleted), len(a.result.Gone)
	a.sort(ids, out)
	for _, id := range ids {
		delete(a.decisions, *id.ImageDigest)
	}
	for _, id := range slices.Concat(a.result.Deleted[deleted:], a.result.Gone[gone:]) {
		digests = append(digests, *id.ImageDigest)
	}
	return digests, nil
}

// freed returns what can be deleted now that its last owners are gone.
func (a *application) freed(gone []string) (ready []string) {
	for _, owner := range gone {
		for _, part := range a.parts[owner] {
			if a.left[part]--; a.left[part] == 0 {
				ready = append(ready, part)
			}
		}
	}
	return ready
}

// finish sorts the images not yet settled: after an error they are
// unprocessed, otherwise they wait for an owner that stays.
func (a *application) finish(err error) {
	a.result.Unprocessed = a.unnamed
	for _, d := range a.plan.Delete {
		digest := aws.ToString(d.Image.ImageDigest)
		if _, ok := a.decisions[digest]; !ok {
			continue
		}
		delete(a.decisions, digest)
		id := types.ImageIdentifier{ImageDigest: aws.String(digest)}
		if err != nil {
			a.result.Unprocessed = append(a.result.Unprocessed, id)
		} else {
			a.result.OwnerKept = append(a.result.OwnerKept, id)
		}
	}
}

// isSame reports whether an image has the tags and the push time that the plan
// was made with. A missing push time may be a different one.
func isSame(planned, now types.ImageDetail) bool {
	return slices.Equal(asSet(planned.ImageTags), asSet(now.ImageTags)) &&
		now.ImagePushedAt != nil && planned.ImagePushedAt != nil && now.ImagePushedAt.Equal(*planned.ImagePushedAt)
}
