package registry

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"hash"
	"io"
)

// contentHash hashes the bytes of an upload in their order. The latest of them may be
// hashed in the background; every method first waits until they are.
type contentHash struct {
	sum     hash.Hash
	running chan error // receives the result of the work in the background; nil when there is none
	err     error      // of the first work that failed
}

func newContentHash() contentHash { return contentHash{sum: sha256.New()} }

// later starts work in the background that writes bytes to the hash.
func (h *contentHash) later(work func(io.Writer) error) {
	h.wait()
	done := make(chan error, 1)
	h.running = done
	go func() { done <- work(h.sum) }()
}

// wait waits until no work is running.
func (h *contentHash) wait() {
	if h.running == nil {
		return
	}
	if err := <-h.running; h.err == nil {
		h.err = err
	}
	h.running = nil
}

func (h *contentHash) write(p []byte) {
	h.wait()
	h.sum.Write(p)
}

// digest returns the digest of all bytes, or the error of work that failed.
func (h *contentHash) digest() (string, error) {
	h.wait()
	return "sha256:" + hex.EncodeToString(h.sum.Sum(nil)), h.err
}

// state returns what revert goes back to.
func (h *contentHash) state() ([]byte, error) {
	h.wait()
	return h.sum.(encoding.BinaryMarshaler).MarshalBinary()
}

func (h *contentHash) revert(state []byte) error {
	h.wait()
	return h.sum.(encoding.BinaryUnmarshaler).UnmarshalBinary(state)
}
