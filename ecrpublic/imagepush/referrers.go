package imagepush

import (
	"context"
	"errors"
	"fmt"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// copyReferrers copies, untagged, the referrers of root and of the manifests
// below it, and the referrers of those. With dryRun it sends nothing. It
// returns the number of bytes to send.
func (t *Target) copyReferrers(ctx context.Context, source content.ReadOnlyStorage, root ocispec.Descriptor, dryRun bool) (bytes int64, err error) {
	listers := newReferrerListers(source)
	if listers.short == nil {
		return 0, nil
	}
	subjects, err := t.manifestsBelow(ctx, source, root)
	if err != nil {
		return 0, err
	}
	seen := map[digest.Digest]bool{}
	for _, subject := range subjects {
		seen[subject.Digest] = true
	}
	for i := 0; i < len(subjects); i++ { // it grows
		referrers, err := t.referrersOf(ctx, source, listers, subjects[i])
		if err != nil {
			return bytes, fmt.Errorf("referrers of %s: %w", subjects[i].Digest, err)
		}
		for _, referrer := range referrers {
			if seen[referrer.Digest] {
				continue
			}
			seen[referrer.Digest] = true
			if subjects = append(subjects, referrer); len(subjects) > maxManifests {
				return bytes, fmt.Errorf("more than %d referrers: %w", maxManifests, errdef.ErrSizeExceedsLimit)
			}
			p, err := t.plan(ctx, source, referrer, "")
			if err != nil {
				return bytes, err
			}
			bytes += t.count(p)
			if dryRun {
				continue
			}
			if err := p.run(ctx, t, source, ""); err != nil {
				return bytes, err
			}
		}
	}
	return bytes, nil
}

// manifestsBelow returns root and the manifests that indexes below it list, each
// once.
func (t *Target) manifestsBelow(ctx context.Context, source content.Fetcher, root ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	found := []ocispec.Descriptor{root}
	seen := map[digest.Digest]bool{root.Digest: true}
	for i := 0; i < len(found); i++ { // it grows
		if !manifest.IsIndex(found[i].MediaType) {
			continue
		}
		n, err := t.readNode(ctx, source, found[i])
		if err != nil {
			return nil, err
		}
		for _, desc := range n.children {
			if isManifest(desc) && !seen[desc.Digest] {
				seen[desc.Digest] = true
				found = append(found, desc)
			}
		}
		if len(found) > maxManifests {
			return nil, fmt.Errorf("more than %d manifests in an image: %w", maxManifests, errdef.ErrSizeExceedsLimit)
		}
	}
	return found, nil
}

// referrerLister calls fn with pages of what may have desc as its subject.
type referrerLister func(ctx context.Context, desc ocispec.Descriptor, fn func([]ocispec.Descriptor) error) error

// referrerListers are the lister of a source, and the one for lists that it refuses
// with errLongList.
type referrerListers struct{ short, long referrerLister }

// newReferrerListers returns none for a source that lists no referrers.
func newReferrerListers(source content.ReadOnlyStorage) referrerListers {
	of := func(s registry.ReferrerLister) referrerLister {
		return func(ctx context.Context, desc ocispec.Descriptor, fn func([]ocispec.Descriptor) error) error {
			return s.Referrers(ctx, desc, "", fn)
		}
	}
	switch s := source.(type) {
	case *boundedRepository:
		return referrerListers{of(s.short), of(s.long)}
	case registry.ReferrerLister:
		return referrerListers{short: of(s)}
	case content.PredecessorFinder:
		return referrerListers{short: func(ctx context.Context, desc ocispec.Descriptor, fn func([]ocispec.Descriptor) error) error {
			all, err := s.Predecessors(ctx, desc)
			return errors.Join(err, fn(all))
		}}
	}
	return referrerListers{}
}

// referrersOf returns the manifests that name a manifest as their subject. A
// source may also list others, such as an index of it.
func (t *Target) referrersOf(ctx context.Context, source content.Fetcher, listers referrerListers, subject ocispec.Descriptor) (referrers []ocispec.Descriptor, err error) {
	if referrers, err = t.listReferrers(ctx, listers, subject); err != nil {
		return nil, err
	}
	checked := referrers[:0]
	for _, desc := range referrers {
		n, err := t.readNode(ctx, source, desc)
		if err != nil {
			return nil, err
		}
		if n.subject != nil && n.subject.Digest == subject.Digest {
			checked = append(checked, desc)
		}
	}
	return checked, nil
}

// listReferrers returns the manifests that a source lists. A long list is read while
// no other metadata is.
func (t *Target) listReferrers(ctx context.Context, listers referrerListers, subject ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	listed, err := t.listWithin(ctx, listMemory, listers.short, subject)
	if errors.Is(err, errLongList) && listers.long != nil {
		return t.listWithin(ctx, metadataMemory, listers.long, subject)
	}
	return listed, err
}

// listWithin reads a list once there is so much memory for it.
func (t *Target) listWithin(ctx context.Context, memory int64, list referrerLister, subject ocispec.Descriptor) (listed []ocispec.Descriptor, err error) {
	release, err := t.reserve(ctx, memory)
	if err != nil {
		return nil, err
	}
	defer release()
	pages, n := 0, 0
	err = list(ctx, subject, func(page []ocispec.Descriptor) error {
		n += len(page)
		if pages++; pages > maxPages || n > maxManifests {
			return fmt.Errorf("more than %d, or %d pages: %w", maxManifests, maxPages, errdef.ErrSizeExceedsLimit)
		}
		for _, desc := range page {
			if isManifest(desc) {
				listed = append(listed, bare(desc))
			}
		}
		return context.Cause(ctx)
	})
	return listed, err
}
