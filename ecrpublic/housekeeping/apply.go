package housekeeping

import (
	"context"
	"errors"

	"github.com/ecr-public/ecr-public-go/types"
)

// Apply deletes the images that the plan says, by digest and so with all their
// tags. Apply a plan soon: an image that has got a tag since the plan was made
// goes with that tag.
//
// An image that the service refuses to delete, because an index that stays
// refers to it, counts as kept: it is in the result's Referenced and is no
// error. Images that are refused for another reason are a [*DeleteError] in the error. A
// request that fails, or the end of ctx, stops the work. The result tells what
// was done, also beside an error, and a new plan goes on from there.
func (p *Plan) Apply(ctx context.Context, client BatchDeleteImageAPIClient, optFns ...func(*DeleteOptions)) (DeleteResult, error) {
	ids := make([]types.ImageIdentifier, len(p.Delete))
	for i, d := range p.Delete {
		ids[i].ImageDigest = d.Image.ImageDigest
	}
	result, err := deleteImages(ctx, client, p.Repository, ids, optFns)
	return result, errors.Join(err, failuresError(p.Repository, result.Failed))
}
