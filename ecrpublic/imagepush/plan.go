package imagepush

import (
	"context"
	"fmt"
	"slices"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
)

// plan is what must be sent to copy an image into a repository.
type plan struct {
	root      ocispec.Descriptor
	upToDate  bool                 // with its tag
	manifests []node               // to put, children before their parents, root last
	layers    []ocispec.Descriptor // of those manifests, each once
}

// count returns the number of bytes to send, and counts everything once.
func (t *Target) count(p *plan) (bytes int64) {
	descs := slices.Clone(p.layers)
	for _, m := range p.manifests {
		descs = append(descs, m.desc)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, desc := range descs {
		if !t.counted[desc.Digest] && !t.cache.hasLayer(desc.Digest) {
			t.counted[desc.Digest] = true
			bytes += desc.Size
		}
	}
	return bytes
}

// plan works out what must be sent for an image. It changes nothing.
func (t *Target) plan(ctx context.Context, source content.ReadOnlyStorage, root ocispec.Descriptor, tag string) (*plan, error) {
	if err := checkDigest(root); err != nil {
		return nil, err
	}
	if err := manifest.CheckMediaType(root.MediaType); err != nil {
		return nil, fmt.Errorf("%s: %w", root.Digest, err)
	}
	p := &plan{root: root}
	found, err := t.rootExists(ctx, root.Digest, tag)
	if err != nil {
		return nil, err
	}
	if p.upToDate = found && t.cache.hasTag(root.Digest, tag); p.upToDate {
		t.report.skip(root)
		return p, nil
	}
	if found {
		n, err := t.readNode(ctx, source, root)
		p.manifests = []node{n}
		return p, err
	}
	w := &walk{Target: t, source: source, seen: map[digest.Digest]bool{}}
	t.host.logIn(ctx)
	if err := w.run(ctx, root); err != nil {
		return nil, err
	}
	p.manifests, p.layers, err = w.missing(ctx)
	return p, err
}

// rootExists asks for an image, unless a listing of tags is enough: to get a tag, an
// image that has none is put in any case.
func (t *Target) rootExists(ctx context.Context, d digest.Digest, tag string) (bool, error) {
	if tag != "" && t.cache.isListed() {
		return t.cache.hasImage(d), nil
	}
	return t.imageExists(ctx, d)
}

// run sends what the plan says, and last the root with its tag, if any.
func (p *plan) run(ctx context.Context, t *Target, source content.ReadOnlyStorage, tag string) error {
	p.announce(t)
	if err := t.sendLayers(ctx, source, p.layers); err != nil {
		return err
	}
	if len(p.manifests) == 0 {
		return nil
	}
	last := len(p.manifests) - 1
	if err := t.putLeaves(ctx, source, p.manifests[:last]); err != nil {
		return err
	}
	for _, n := range p.manifests[:last] {
		if err := t.putNode(ctx, source, n, ""); err != nil {
			return err
		}
	}
	return t.putNode(ctx, source, p.manifests[last], tag)
}

// announce reports all that is missing.
func (p *plan) announce(t *Target) {
	for _, layer := range p.layers {
		if t.cache.hasLayer(layer.Digest) {
			t.report.skip(layer)
		} else {
			t.report.progress(layer, 0)
		}
	}
	for _, m := range p.manifests {
		t.report.progress(m.desc, 0)
	}
}

func (t *Target) sendLayers(ctx context.Context, source content.ReadOnlyStorage, layers []ocispec.Descriptor) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(t.parallel)
	for _, layer := range layers {
		if t.cache.hasLayer(layer.Digest) {
			continue
		}
		group.Go(func() error { return t.pushLayer(ctx, layer, fetched{source, layer}) })
	}
	return group.Wait()
}

// putLeaves puts the manifests that list no others and have no subject, several at
// a time.
func (t *Target) putLeaves(ctx context.Context, source content.Fetcher, nodes []node) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(t.parallel)
	for _, n := range nodes {
		if len(n.children) == 0 && n.subject == nil {
			group.Go(func() error { return t.putNode(ctx, source, n, "") })
		}
	}
	return group.Wait()
}

func (t *Target) putNode(ctx context.Context, source content.Fetcher, n node, tag string) error {
	return t.putImage(ctx, n.desc, tag, func() ([]byte, error) {
		if n.data != nil {
			return n.data, nil
		}
		return manifest.FetchAll(ctx, source, n.desc)
	})
}
