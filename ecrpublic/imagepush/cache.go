package imagepush

import (
	"context"
	"sync"

	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// cache holds what a target knows about its repository.
type cache struct {
	mu        sync.Mutex
	layers    map[digest.Digest]int64  // sizes; absent or unknownSize
	images    map[digest.Digest]bool   // those that are there
	tags      map[string]digest.Digest // where they point
	listed    bool                     // tags has all of them
	manifests map[digest.Digest][]byte // those that were put without a tag
	kept      int                      // bytes of manifests
	busy      map[digest.Digest]chan struct{}
}

// Values of the cache in place of a layer's size.
const (
	absent      = -1
	unknownSize = -2 // it is there
)

func newCache() *cache {
	return &cache{
		layers:    map[digest.Digest]int64{},
		images:    map[digest.Digest]bool{},
		tags:      map[string]digest.Digest{},
		manifests: map[digest.Digest][]byte{},
		busy:      map[digest.Digest]chan struct{}{},
	}
}

// layer returns the size of a layer, or the value in its place, and whether
// the service was asked.
func (c *cache) layer(d digest.Digest) (size int64, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	size, known = c.layers[d]
	return size, known
}

func (c *cache) hasLayer(d digest.Digest) bool {
	size, known := c.layer(d)
	return known && size != absent
}

// addLayer records an existing layer.
func (c *cache) addLayer(d digest.Digest, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if size >= 0 || c.layers[d] <= 0 {
		c.layers[d] = size
	}
}

// addAbsentLayer records a layer that was missing; it may have been sent since.
func (c *cache) addAbsentLayer(d digest.Digest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.layers[d]; !known {
		c.layers[d] = absent
	}
}

func (c *cache) hasImage(d digest.Digest) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.images[d]
}

// hasTag reports whether an image exists and has the tag; an empty tag
// matches any image.
func (c *cache) hasTag(d digest.Digest, tag string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.images[d] && (tag == "" || c.tags[tag] == d)
}

// tag returns the digest that a tag points at, "" if the tag does not exist,
// and whether that is known.
func (c *cache) tag(tag string) (d digest.Digest, known bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, known = c.tags[tag]
	return d, known || c.listed
}

// addImage records an existing image and tags that point at it.
func (c *cache) addImage(d digest.Digest, tags ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.images[d] = true
	for _, tag := range tags {
		c.tags[tag] = d
	}
}

// addNoTag records a tag that does not exist.
func (c *cache) addNoTag(tag string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.tags[tag]; !known {
		c.tags[tag] = ""
	}
}

// setListed records that all tags are known.
func (c *cache) setListed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listed = true
}

func (c *cache) isListed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.listed
}

func (c *cache) manifest(d digest.Digest) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.manifests[d]
}

// addManifest keeps a manifest for Tag, unless there are too many already.
func (c *cache) addManifest(d digest.Digest, manifest []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.manifests[d] == nil && c.kept+len(manifest) <= limits.MaxManifest {
		c.manifests[d] = manifest
		c.kept += len(manifest)
	}
}

// claim waits until no other goroutine sends the layer. Call release
// afterwards.
func (c *cache) claim(ctx context.Context, d digest.Digest) (release func(), err error) {
	c.mu.Lock()
	turn, ok := c.busy[d]
	if !ok {
		turn = make(chan struct{}, 1)
		c.busy[d] = turn
	}
	c.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
