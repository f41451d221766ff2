package imagepush

import (
	"context"
	"encoding/json"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
)

// copyReferrers copies, untagged, what has root or one of an index's manifests as
// its subject, and what has those as its subject.
func (t *Target) copyReferrers(ctx context.Context, source oras.ReadOnlyTarget, root ocispec.Descriptor) error {
	finder, ok := source.(content.PredecessorFinder)
	if !ok {
		return nil
	}
	graph := struct {
		rereadable
		content.PredecessorFinder
	}{rereadable{source}, finder}
	below, err := content.Successors(ctx, source, root)
	if err != nil {
		return err
	}
	options := oras.ExtendedCopyGraphOptions{CopyGraphOptions: t.copyOptions(), FindPredecessors: findReferrers}
	for _, subject := range append(below, root) {
		if !isManifest(subject) {
			continue
		}
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
		manifest, err := content.FetchAll(ctx, graph, desc)
		if err != nil {
			return nil, err
		}
		var m struct{ Subject *ocispec.Descriptor }
		if err := json.Unmarshal(manifest, &m); err != nil {
			return nil, err
		}
		if m.Subject != nil && m.Subject.Digest == node.Digest {
			referrers = append(referrers, desc)
		}
	}
	return referrers, nil
}
