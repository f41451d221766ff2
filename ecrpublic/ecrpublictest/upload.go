package ecrpublictest

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
)

// upload is a layer on its way, from the API or from the registry's host. Who
// holds the store's lock does not take an upload's.
type upload struct {
	id             string
	repositoryName string
	repositoryID   string

	mu     sync.Mutex // held for as long as bytes come in
	draft  blobs.Draft
	hash   hash.Hash
	size   int64
	parts  int
	last   int64 // bytes in the last part
	small  bool  // a part before the last one was too small
	closed bool

	behind sync.WaitGroup // while a part is written that was answered
	failed error          // why it was not written; read it after settle

	touched time.Time // guarded by the store's lock
}

// openUpload begins an upload into a repository. The caller holds the store's
// lock.
func (s *store) openUpload(r *repository) (*upload, error) {
	id := newUUID()
	draft, err := s.content.Create(id)
	if err != nil {
		return nil, serverError(err)
	}
	u := &upload{
		id:             id,
		repositoryName: r.Name,
		repositoryID:   r.ID,
		draft:          draft,
		hash:           sha256.New(),
		touched:        s.config.now(),
	}
	s.uploads[id] = u
	return u, nil
}

// lockUpload finds an open upload and locks it. It keeps nothing of the store's
// lock, so that other calls go on while bytes are written.
func (s *store) lockUpload(operation string, registry, name *string, id string) (*upload, error) {
	u, err := s.findUpload(operation, registry, name, id)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	if u.closed {
		u.mu.Unlock()
		return nil, uploadNotFound(id, *name, s.config.account)
	}
	return u, nil
}

func (s *store) findUpload(operation string, registry, name *string, id string) (*upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.repository(operation, registry, name)
	if err != nil {
		return nil, err
	}
	u := s.uploads[strings.ToLower(id)]
	if u == nil || u.repositoryID != r.ID || s.expired(u) {
		return nil, uploadNotFound(id, r.Name, s.config.account)
	}
	u.touched = s.config.now()
	return u, nil
}

// expired tells whether an upload was left alone for too long. The caller holds
// the store's lock.
func (s *store) expired(u *upload) bool {
	return s.config.now().Sub(u.touched) > s.config.uploadExpiry
}

// dropUploads ends uploads without a layer, each when the bytes that are coming
// in are written. The caller holds no lock; drop is called with the store's.
func (s *store) dropUploads(drop func(*upload) bool) {
	for _, u := range s.takeUploads(drop) {
		u.mu.Lock()
		u.end()
		u.mu.Unlock()
	}
}

func (s *store) takeUploads(take func(*upload) bool) []*upload {
	s.mu.Lock()
	defer s.mu.Unlock()
	var taken []*upload
	for id, u := range s.uploads {
		if take(u) {
			taken = append(taken, u)
			delete(s.uploads, id)
		}
	}
	return taken
}

// end closes the upload and gives up bytes that did not become a layer. The
// caller holds the upload's lock.
func (u *upload) end() {
	u.closed = true
	u.behind.Wait()
	u.draft.Discard()
}

// write appends bytes. The caller holds the upload's lock.
func (u *upload) write(p []byte, limit int64) error {
	if err := u.prepare(p, limit); err != nil {
		return err
	}
	if err := u.append(p); err != nil {
		return serverError(err)
	}
	u.size += int64(len(p))
	return nil
}

// writeBehind appends bytes after it has returned, so that the client can
// prepare the next ones meanwhile; it holds them until then. An upload that fails
// at it stays unusable. The caller holds the upload's lock.
func (u *upload) writeBehind(p []byte, limit int64, hold func() (release func())) error {
	if err := u.prepare(p, limit); err != nil {
		return err
	}
	release := hold()
	u.behind.Go(func() {
		defer release()
		u.failed = u.append(p)
	})
	u.size += int64(len(p))
	return nil
}

// prepare waits for the bytes before these, and checks that there is room.
func (u *upload) prepare(p []byte, limit int64) error {
	if err := u.settle(); err != nil {
		return err
	}
	if u.size+int64(len(p)) > limit {
		return limitExceeded("bytes per layer", limit)
	}
	return nil
}

// settle waits until all bytes are written.
func (u *upload) settle() error {
	u.behind.Wait()
	if u.failed != nil {
		return serverError(u.failed)
	}
	return nil
}

// append writes and hashes bytes a piece at a time, while they are in the cache.
func (u *upload) append(p []byte) error {
	const piece = 256 << 10
	for chunk := range slices.Chunk(p, piece) {
		if _, err := u.draft.Write(chunk); err != nil {
			return err
		}
		u.hash.Write(chunk)
	}
	return nil
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
