package imagepush

import (
	"context"
	"sync"

	"github.com/opencontainers/go-digest"
)

// known is what a target has learned about its repository.
type known struct {
	layers    table[digest.Digest, bool]   // whether it is there
	images    table[digest.Digest, bool]   // true for those that are there
	tags      table[string, digest.Digest] // where they point
	manifests table[digest.Digest, []byte] // those that were put without a tag
	busy      sync.Map                     // a channel for each layer that was sent
}

// table is a map that several goroutines use.
type table[K comparable, V any] struct{ m sync.Map }

// get returns the zero value for what is not in the table.
func (t *table[K, V]) get(key K) V {
	value, _ := t.m.Load(key)
	v, _ := value.(V)
	return v
}

func (t *table[K, V]) has(key K) bool {
	_, ok := t.m.Load(key)
	return ok
}

func (t *table[K, V]) set(key K, value V) { t.m.Store(key, value) }

// setNew leaves what is in the table.
func (t *table[K, V]) setNew(key K, value V) { t.m.LoadOrStore(key, value) }

// hasTag is true for any image that is there if the tag is empty.
func (k *known) hasTag(d digest.Digest, tag string) bool {
	return k.images.get(d) && (tag == "" || k.tags.get(tag) == d)
}

// addImage takes note of an image that is there and of tags that point at it.
func (k *known) addImage(d digest.Digest, tags ...string) {
	k.images.set(d, true)
	for _, tag := range tags {
		k.tags.set(tag, d)
	}
}

// claim waits until nobody else sends the layer. Call release afterwards.
func (k *known) claim(ctx context.Context, d digest.Digest) (release func(), err error) {
	value, _ := k.busy.LoadOrStore(d, make(chan struct{}, 1))
	turn := value.(chan struct{})
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}
