// Package blobs stores the bytes of layers, in memory or in a directory. A layer
// appears in it whole or not at all, and is stored once for all repositories
// that have it.
package blobs

import "io"

// Storage is where the bytes of layers are. A layer is named by its digest, in
// the form sha256:hex.
type Storage interface {
	// Create starts an upload.
	Create(uploadID string) (Draft, error)

	// Open opens a layer. It fails if the bytes no longer match the digest.
	Open(digest string) (Reader, error)

	// Remove forgets a layer. Open readers may continue.
	Remove(digest string)
}

// Draft holds the bytes of an upload.
type Draft interface {
	// Write appends p or, if it fails, nothing.
	io.Writer

	// After returns a reader of the bytes from a position to the present end, of which
	// there must be at least one. The reader may be used while more bytes are written,
	// but not once its own are dropped; Flush may be used at the same times.
	After(position int64) io.Reader

	// Flush brings the bytes to storage ahead of Seal, which then takes less time.
	Flush() error

	// Truncate drops the bytes after the first size.
	Truncate(size int64) error

	// Seal flushes the bytes to storage, before Keep.
	Seal() error

	// Keep turns the bytes into the layer with this digest, replacing an existing
	// one.
	Keep(digest string) error

	// Discard drops the bytes. After Keep it does nothing.
	Discard()
}

// Reader is an open layer.
type Reader interface {
	io.ReadSeeker
	io.Closer
}
