// Package blobs keeps the bytes of layers, in memory or in a directory. A layer
// appears in it whole or not at all.
package blobs

import "io"

// Store is where the bytes of layers are.
type Store interface {
	// Create begins the bytes of an upload.
	Create(uploadID string) (Draft, error)

	// Open reads a layer of a repository, named by its id.
	Open(repositoryID, digest string) (Reader, error)

	// Remove forgets the layers of a repository.
	Remove(repositoryID string)
}

// Draft takes the bytes of an upload.
type Draft interface {
	// Write appends p or, when it fails, nothing.
	io.Writer

	// Seal makes the bytes safe for Keep.
	Seal() error

	// Keep turns the bytes into a layer.
	Keep(repositoryID, digest string) error

	// Discard gives the bytes up. It may follow Keep, and then does nothing.
	Discard()
}

// Reader is an open layer.
type Reader interface {
	io.ReadSeeker
	io.Closer
}
