package registry

import (
	"crypto/sha256"
	"slices"
)

// ordered keeps values sorted by a key, so that a page costs the same wherever it
// starts. An insertion moves what comes after it, which for a hundred thousand
// values is a copy of a few microseconds.
type ordered[T any] struct {
	keys   []string
	values []T
}

func (o *ordered[T]) len() int { return len(o.keys) }

func (o *ordered[T]) insert(key string, value T) {
	i, found := slices.BinarySearch(o.keys, key)
	if found {
		o.values[i] = value
		return
	}
	o.keys = slices.Insert(o.keys, i, key)
	o.values = slices.Insert(o.values, i, value)
}

func (o *ordered[T]) remove(key string) {
	if i, found := slices.BinarySearch(o.keys, key); found {
		o.keys = slices.Delete(o.keys, i, i+1)
		o.values = slices.Delete(o.values, i, i+1)
	}
}

// after returns the index of the first value whose key is greater.
func (o *ordered[T]) after(key string) int {
	i, found := slices.BinarySearch(o.keys, key)
	if found {
		i++
	}
	return i
}

// listingKey turns a name into the key that the API lists it by. The service
// documents no order; this one is stable, and neither alphabetical nor
// chronological, so that users rely on neither.
func listingKey(name string) string {
	sum := sha256.Sum256([]byte(name))
	return string(sum[:8]) + name
}
