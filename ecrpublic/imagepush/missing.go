package imagepush

import (
	"context"
	"errors"
	"fmt"

	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"
)

// maxNamed is how many images an error names.
const maxNamed = 20

// errEnough ends a listing.
var errEnough = errors.New("enough")

// explained says of a reference that a source does not have what the source has, as
// far as it lists that. The errors of a [Source] say so themselves.
func explained(ctx context.Context, source oras.ReadOnlyTarget, reference string, err error) error {
	if _, ok := source.(*Source); ok || !errors.Is(err, errdef.ErrNotFound) {
		return err
	}
	err = fmt.Errorf("the source has no image %q: %w", reference, err)
	lister, ok := source.(registry.TagLister)
	if !ok {
		return err
	}
	var tags []string
	listErr := lister.Tags(ctx, "", func(page []string) error {
		tags = append(tags, page[:min(len(page), maxNamed-len(tags))]...)
		if len(tags) == maxNamed {
			return errEnough
		}
		return nil
	})
	switch {
	case listErr != nil && !errors.Is(listErr, errEnough):
		return err
	case len(tags) == 0:
		return fmt.Errorf("%w; it has no tags", err)
	case len(tags) == maxNamed:
		return fmt.Errorf("%w; it has %q and perhaps more", err, tags)
	}
	return fmt.Errorf("%w; it has %q", err, tags)
}
