package imagepush

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

const (
	// maxManifests is how many manifests an image may consist of, and how many
	// referrers of it are copied.
	maxManifests = 10_000

	// maxDescriptors is how many descriptors those may list together.
	maxDescriptors = 20_000

	// keptManifests is how many bytes of manifests a plan keeps. Others are fetched
	// again when put.
	keptManifests = 256 << 10
)

// node is a manifest with what it refers to.
type node struct {
	desc     ocispec.Descriptor
	data     []byte // nil to fetch it again
	children []ocispec.Descriptor
	blobs    []ocispec.Descriptor
	subject  *ocispec.Descriptor
}

// walk reads the manifests of an image.
type walk struct {
	*Target
	source content.ReadOnlyStorage
	seen   map[digest.Digest]bool
	nodes  []node // parents before their children
	links  atomic.Int64
	kept   atomic.Int64
}

// run reads level after level, the manifests of each at the same time.
func (w *walk) run(ctx context.Context, root ocispec.Descriptor) error {
	w.seen[root.Digest] = true
	for level := []ocispec.Descriptor{root}; len(level) > 0; {
		nodes := make([]node, len(level))
		group, groupCtx := errgroup.WithContext(ctx)
		group.SetLimit(w.parallel)
		for i, desc := range level {
			group.Go(func() (err error) {
				nodes[i], err = w.read(groupCtx, desc)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		level = nil
		for _, n := range nodes {
			next, err := w.add(ctx, n)
			if err != nil {
				return err
			}
			level = append(level, next...)
		}
	}
	return nil
}

// read reads a manifest within the bounds of an image.
func (w *walk) read(ctx context.Context, desc ocispec.Descriptor) (node, error) {
	n, err := w.readNode(ctx, w.source, desc)
	if err != nil {
		return n, err
	}
	if w.links.Add(int64(len(n.children)+len(n.blobs))) > maxDescriptors {
		return n, fmt.Errorf("manifest %s: more than %d descriptors in the manifests of an image: %w", desc.Digest, maxDescriptors, errdef.ErrSizeExceedsLimit)
	}
	if w.kept.Add(int64(len(n.data))) > keptManifests {
		n.data = nil
	}
	return n, nil
}

// add adds a manifest and returns what must be read next.
func (w *walk) add(ctx context.Context, n node) (next []ocispec.Descriptor, err error) {
	if len(w.seen) > maxManifests {
		return nil, fmt.Errorf("more than %d manifests in an image: %w", maxManifests, errdef.ErrSizeExceedsLimit)
	}
	w.nodes = append(w.nodes, n)
	for _, child := range n.children {
		if err := checkDigest(child); err != nil {
			return nil, err
		}
		if isManifest(child) && !w.seen[child.Digest] {
			w.seen[child.Digest] = true
			next = append(next, child)
		}
	}
	subject, err := w.missingSubject(ctx, n)
	if subject != nil && !w.seen[subject.Digest] {
		w.seen[subject.Digest] = true
		next = append(next, *subject)
	}
	return next, err
}

// missingSubject returns the subject of a manifest if it must be copied too.
func (w *walk) missingSubject(ctx context.Context, n node) (*ocispec.Descriptor, error) {
	if n.subject == nil || w.seen[n.subject.Digest] {
		return nil, nil
	}
	if err := checkDigest(*n.subject); err != nil {
		return nil, fmt.Errorf("subject of %s: %w", n.desc.Digest, err)
	}
	found, err := w.imageExists(ctx, n.subject.Digest)
	if err != nil || found {
		return nil, err
	}
	found, err = w.source.Exists(ctx, *n.subject)
	if err == nil && !found {
		err = fmt.Errorf("subject %s of %s is neither in the source nor in the repository: %w", n.subject.Digest, n.desc.Digest, errdef.ErrNotFound)
	}
	return n.subject, err
}

// missing returns the manifests to put, in order, and their layers.
func (w *walk) missing(ctx context.Context) (manifests []node, layers []ocispec.Descriptor, err error) {
	sizes := map[digest.Digest]int64{}
	for _, n := range w.nodes {
		for _, desc := range append(n.blobs[:len(n.blobs):len(n.blobs)], n.children...) {
			size, ok := sizes[desc.Digest]
			if ok && size != desc.Size {
				return nil, nil, fmt.Errorf("descriptors of %s disagree on its size, %d or %d bytes: %w", desc.Digest, size, desc.Size, content.ErrInvalidDescriptorSize)
			}
			sizes[desc.Digest] = desc.Size
			if !ok && !isNotLayer(desc) {
				layers = append(layers, desc)
			}
		}
	}
	if err := w.checkLayers(ctx, layers); err != nil {
		return nil, nil, err
	}
	if err := w.checkUnknownSizes(ctx, layers); err != nil {
		return nil, nil, err
	}
	if err := w.findChildren(ctx); err != nil {
		return nil, nil, err
	}
	needed := map[digest.Digest]bool{}
	for _, n := range w.inOrder() {
		if n.desc.Digest != w.nodes[0].desc.Digest && w.cache.hasImage(n.desc.Digest) {
			w.report.skip(n.desc)
			continue
		}
		manifests = append(manifests, n)
		for _, desc := range n.blobs {
			needed[desc.Digest] = true
		}
		for _, desc := range n.children {
			needed[desc.Digest] = true // an index may list other content than manifests
		}
	}
	kept := layers[:0]
	for _, layer := range layers {
		if needed[layer.Digest] {
			kept = append(kept, layer)
		}
	}
	return manifests, kept, nil
}

// checkUnknownSizes asks the source about layers whose size the service did not
// report.
func (w *walk) checkUnknownSizes(ctx context.Context, layers []ocispec.Descriptor) error {
	for _, layer := range layers {
		if size, _ := w.cache.layer(layer.Digest); size != unknownSize {
			continue
		}
		found, err := w.source.Exists(ctx, layer)
		if err == nil && !found {
			err = fmt.Errorf("layer %s of %d bytes is not in the source: %w", layer.Digest, layer.Size, errdef.ErrNotFound)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// findChildren looks for existing manifests below the root whose layers all
// exist, in one call per hundred. If one of a hundred is missing, it finds none
// of them; they are put again, which does no harm.
func (w *walk) findChildren(ctx context.Context) error {
	var ids []types.ImageIdentifier
	for _, n := range w.nodes[1:] {
		if !w.cache.hasImage(n.desc.Digest) && w.hasLayers(n) {
			d := n.desc.Digest.String()
			ids = append(ids, types.ImageIdentifier{ImageDigest: &d})
		}
	}
	for len(ids) > 0 {
		batch := ids[:min(len(ids), limits.MaxBatch)]
		ids = ids[len(batch):]
		if _, err := w.describeAll(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) hasLayers(n node) bool {
	for _, desc := range n.blobs {
		if !isNotLayer(desc) && !w.cache.hasLayer(desc.Digest) {
			return false
		}
	}
	return true
}

// inOrder returns the manifests with children and subjects before those that refer
// to them.
func (w *walk) inOrder() (ordered []node) {
	byDigest := map[digest.Digest]*node{}
	for i, n := range w.nodes {
		byDigest[n.desc.Digest] = &w.nodes[i]
	}
	visited := map[digest.Digest]bool{}
	var visit func(d digest.Digest)
	visit = func(d digest.Digest) {
		n := byDigest[d]
		if n == nil || visited[d] {
			return
		}
		visited[d] = true
		for _, child := range n.children {
			visit(child.Digest)
		}
		if n.subject != nil {
			visit(n.subject.Digest)
		}
		ordered = append(ordered, *n)
	}
	visit(w.nodes[0].desc.Digest)
	return ordered
}
