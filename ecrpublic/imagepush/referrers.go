package imagepush

import (
	"context"
	"encoding/json"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
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
	subjects, err := manifestsBelow(ctx, source, root)
	if err != nil {
		return err
	}
	options := oras.ExtendedCopyGraphOptions{CopyGraphOptions: t.copyOptions(), FindPredecessors: findReferrers}
	for _, subject := range subjects {
		if err := oras.ExtendedCopyGraph(ctx, graph, t, subject, options); err != nil {
			return err
		}
	}
	return nil
}

// manifestsBelow returns root and the manifests that indexes below it list, each
// once.
func manifestsBelow(ctx context.Context, source content.Fetcher, root ocispec.Descriptor) ([]ocispec.Descriptor, error) {
	found := []ocispec.Descriptor{root}
	seen := map[digest.Digest]bool{root.Digest: true}
	for i := 0; i < len(found); i++ { // it grows
		if !manifest.IsIndex(found[i].MediaType) {
			continue
		}
		links, err := linksOf(ctx, source, found[i])
		if err != nil {
			return nil, err
		}
		for _, desc := range links.Manifests {
			if isManifest(desc) && !seen[desc.Digest] {
				seen[desc.Digest] = true
				found = append(found, desc)
			}
		}
	}
	return found, nil
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
