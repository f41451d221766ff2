package imagepush

import (
	"context"
	"encoding/json"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
)

// copyReferrers copies, untagged, what has root or a manifest below it as its
// subject, and what has those as its subject.
func (t *Target) copyReferrers(ctx context.Context, source oras.ReadOnlyTarget, root ocispec.Descriptor) error {
	finder, ok := source.(content.PredecessorFinder)
	if !ok {
		return nil
	}
	graph := struct {
		rereadable
		content.PredecessorFinder
	}{rereadable{source}, finder}
	subjects := []ocispec.Descriptor{root}
	for i := 0; i < len(subjects); i++ { // it grows
		links, err := linksOf(ctx, source, subjects[i])
		if err != nil {
			return err
		}
		subjects = append(subjects, links.Manifests...)
	}
	options := oras.ExtendedCopyGraphOptions{CopyGraphOptions: t.copyOptions(), FindPredecessors: findReferrers}
	for _, subject := range subjects {
		if err := oras.ExtendedCopyGraph(ctx, graph, t, subject, options); err != nil {
			return err
		}
	}
	return nil
}

// findReferrers leaves out what points to node in another way, as an index
// does.
func findReferrers(ctx context.Context, graph content.ReadOnlyGraphStorage, node ocispec.Descriptor) (referrers []ocispec.Descriptor, err error) {
	above, err := graph.Predecessors(ctx, node)
	if err != nil {
		return nil, err
	}
	for _, desc := range above {
		links, err := linksOf(ctx, graph, desc)
		if err != nil {
			return nil, err
		}
		if links.Subject != nil && links.Subject.Digest == node.Digest {
			referrers = append(referrers, desc)
		}
	}
	return referrers, nil
}

// links are what a manifest says of other manifests.
type links struct {
	Manifests []ocispec.Descriptor
	Subject   *ocispec.Descriptor
}

func linksOf(ctx context.Context, source content.Fetcher, desc ocispec.Descriptor) (l links, err error) {
	manifest, err := content.FetchAll(ctx, source, desc)
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal(manifest, &l)
}
