package registry

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
)

// upload is a layer being uploaded, through the API or the registry host.
// Whoever holds the store's lock must not take an upload's.
type upload struct {
	id             string
	repositoryName string
	repositoryID   string

	mu     sync.Mutex // held while bytes are written, not while they are awaited
	draft  blobs.Draft
	hash   hash.Hash
	size   int64
	parts  int
	last   int64 // bytes in the last part
	small  bool  // a part before the last one was too small
	busy   bool  // a chunk is coming in
	closed bool

	touched time.Time // guarded by the store's lock
}

func newUpload(id string, r *repository, draft blobs.Draft, now time.Time) *upload {
	return &upload{id: id, repositoryName: r.Name, repositoryID: r.ID, draft: draft, hash: sha256.New(), touched: now}
}

// end closes the upload and drops bytes that did not become a layer. The
// caller holds the upload's lock.
func (u *upload) end() {
	u.closed = true
	u.draft.Discard()
}

// pieceSize is how many bytes are written and hashed at a time, while they are in
// the processor's cache.
const pieceSize = 256 << 10

// write appends bytes, whole or not at all. The caller holds the upload's lock.
func (u *upload) write(p []byte, limit int64) error {
	if u.size+int64(len(p)) > limit {
		return limitExceeded("bytes per layer", limit)
	}
	start, err := u.mark()
	if err != nil {
		return serverError(err)
	}
	for piece := range slices.Chunk(p, pieceSize) {
		if _, err := u.draft.Write(piece); err != nil {
			return serverError(errors.Join(err, u.revert(start)))
		}
		u.hash.Write(piece)
		u.size += int64(len(piece))
	}
	return nil
}

// count records a complete part.
func (u *upload) count(size, smallest int64) {
	u.small = u.small || u.parts > 0 && u.last < smallest
	u.last = size
	u.parts++
}

// position is a position to which an upload can be reverted.
type position struct {
	size int64
	hash []byte
}

func (u *upload) mark() (position, error) {
	state, err := u.hash.(encoding.BinaryMarshaler).MarshalBinary()
	return position{u.size, state}, err
}

// revert drops the bytes after a position.
func (u *upload) revert(to position) error {
	u.size = to.size
	return errors.Join(u.draft.Truncate(to.size), u.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(to.hash))
}

// lastByte is the position of the last byte that the upload holds, nil when it
// holds none.
func (u *upload) lastByte() *int64 {
	if u.size == 0 {
		return nil
	}
	return new(u.size - 1)
}

func (u *upload) digest() string { return "sha256:" + hex.EncodeToString(u.hash.Sum(nil)) }

// chunk is data arriving over a connection, a piece at a time.
type chunk struct {
	upload *upload
	start  position
	limit  int64
}

// receive appends what a reader has. It locks the upload for each piece only, so
// that a slow client blocks no other.
func (c chunk) receive(from io.Reader) error {
	buffer := make([]byte, pieceSize)
	for {
		n, err := fill(buffer, from)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if failed := c.write(buffer[:n]); failed != nil || errors.Is(err, io.EOF) {
			return failed
		}
	}
}

// fill reads until the buffer is full. Unlike io.ReadFull it distinguishes the
// end of a body, io.EOF, from a truncated body.
func fill(buffer []byte, from io.Reader) (n int, err error) {
	for n < len(buffer) && err == nil {
		var read int
		read, err = from.Read(buffer[n:])
		n += read
	}
	return n, err
}

func (c chunk) write(piece []byte) error {
	c.upload.mu.Lock()
	defer c.upload.mu.Unlock()
	if c.upload.closed {
		return errEnded
	}
	return c.upload.write(piece, c.limit)
}

// errEnded says that an upload ended while bytes arrived.
var errEnded = errors.New("the upload has ended")
