package registry

import (
	"errors"
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
	hash   contentHash
	size   int64
	parts  int
	last   int64 // bytes in the last part
	small  bool  // a part before the last one was too small
	busy   bool  // a chunk is coming in
	closed bool

	touched time.Time // guarded by the store's lock
}

func newUpload(id string, r *repository, draft blobs.Draft, now time.Time) *upload {
	return &upload{id: id, repositoryName: r.Name, repositoryID: r.ID, draft: draft, hash: newContentHash(), touched: now}
}

// end closes the upload and drops bytes that did not become a layer. The
// caller holds the upload's lock.
func (u *upload) end() {
	u.closed = true
	u.hash.wait()
	u.draft.Discard()
}

// pieceSize is how many bytes are written at a time, and hashed while they are in the
// processor's cache.
const pieceSize = 256 << 10

// write appends bytes, whole or not at all. The caller holds the upload's lock.
func (u *upload) write(p []byte, limit int64) error {
	if err := u.store(p, limit); err != nil {
		return err
	}
	u.hash.write(p)
	return nil
}

// writePart is write for the bytes of a part, which are hashed and flushed while the
// next part arrives.
func (u *upload) writePart(p []byte, limit int64) error {
	if len(p) <= pieceSize {
		return u.write(p, limit)
	}
	start := u.size
	if err := u.store(p, limit); err != nil {
		return err
	}
	stored := u.draft.After(start)
	u.hash.later(func(hash io.Writer) error {
		_, err := io.CopyBuffer(hash, stored, make([]byte, pieceSize))
		return errors.Join(err, u.draft.Flush())
	})
	return nil
}

func (u *upload) store(p []byte, limit int64) error {
	if u.size+int64(len(p)) > limit {
		return limitExceeded("bytes per layer", limit)
	}
	for piece := range slices.Chunk(p, pieceSize) {
		if _, err := u.draft.Write(piece); err != nil {
			return serverError(errors.Join(err, u.draft.Truncate(u.size)))
		}
	}
	u.size += int64(len(p))
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
	state, err := u.hash.state()
	return position{u.size, state}, err
}

// revert drops the bytes after a position.
func (u *upload) revert(to position) error {
	u.size = to.size
	return errors.Join(u.hash.revert(to.hash), u.draft.Truncate(to.size))
}

// lastByte is the position of the last byte that the upload holds, nil when it
// holds none.
func (u *upload) lastByte() *int64 {
	if u.size == 0 {
		return nil
	}
	return new(u.size - 1)
}

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
