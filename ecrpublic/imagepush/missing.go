package imagepush

import (
	"context"
	"errors"
	"fmt"

	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"
)

const (
	// maxNamed is how many images an error names.
	maxNamed = 20

	// maxNamedPages is how many pages of tags are read for that.
	maxNamedPages = 10
)

// errEnough ends a listing.
var errEnough = errors.New("enough")

// explained says of a reference that a source does not have what the source has, as
// far as it lists that. The errors of a [Source] say so themselves.
func explained(ctx context.Context, source oras.ReadOnlyTarget, reference string, err error) error {
	_, isSource := source.(*Source)
	isMissing := errors.Is(err, errdef.ErrNotFound)
	switch {
	case isSource:
		return err
	case reference == "" && (isMissing || errors.Is(err, errdef.ErrInvalidReference)):
		return fmt.Errorf("%w: Reference is empty: want a tag or digest of the source", errdef.ErrMissingReference)
	case !isMissing:
		return err
	}
	err = fmt.Errorf("the source has no image %q: %w", reference, err)
	lister, ok := source.(registry.TagLister)
	if !ok {
		return err
	}
	var tags []string
	pages := 0
	listErr := lister.Tags(ctx, "", func(page []string) error {
		tags = append(tags, page[:min(len(page), maxNamed-len(tags))]...)
		if pages++; len(tags) == maxNamed || pages == maxNamedPages {
			return errEnough
		}
		return nil
	})
	switch {
	case listErr == nil && len(tags) == 0:
		return fmt.Errorf("%w; it has no tags", err)
	case listErr == nil:
		return fmt.Errorf("%w; it has %q", err, tags)
	case errors.Is(listErr, errEnough) && len(tags) > 0:
		return fmt.Errorf("%w; it has %q and perhaps more", err, tags)
	}
	return err
}
