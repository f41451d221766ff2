// Package blobs stores the bytes of layers, in memory or in a directory. A layer
// appears in it whole or not at all, and is stored once for all repositories
// that have it.
package blobs

import "io"

// Storage is where the bytes of layers are. A layer is named by its digest, in
// the form sha256:hex.
type Storage interface {
	// Create starts the bytes of an upload.
	Create(uploadID string) (Draft, error)

	// Open reads a layer. It fails if the bytes are not the digest's any more.
	Open(digest string) (Reader, error)

	// Remove forgets a layer. What reads it already may go on.
	Remove(digest string)
}

// Draft takes the bytes of an upload.
type Draft interface {
	// Write appends p or, if it fails, nothing.
	io.Writer

	// Truncate gives up the bytes behind the first size.
	Truncate(size int64) error

	// Seal makes the bytes safe for Keep.
	Seal() error

	// Keep turns the bytes into the layer that has this digest. One that is there
	// is replaced.
	Keep(digest string) error

	// Discard gives the bytes up. It may follow Keep, and then does nothing.
	Discard()
}

// Reader is an open layer.
type Reader interface {
	io.ReadSeeker
	io.Closer
}
