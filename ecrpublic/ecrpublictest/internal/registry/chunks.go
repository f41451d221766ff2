package registry

import (
	"io"
	"strings"
)

// The registry host adds bytes of a connection to uploads, which may end early,
// whereas the API has a complete part.

// UploadSize returns how many bytes an upload holds.
func (s *Store) UploadSize(name, id string) (int64, error) {
	u, err := s.lockUpload(nil, &name, id)
	if err != nil {
		return 0, err
	}
	defer u.mu.Unlock()
	return u.size, nil
}

// AppendChunk adds a chunk to an upload, whole or not at all, and returns how many
// bytes it has and how many the upload then holds. The chunk must start at first;
// nil means wherever the upload ends. An empty chunk is none.
func (s *Store) AppendChunk(name, id string, first *int64, from io.Reader) (added, size int64, err error) {
	c, err := s.beginChunk(name, id, first)
	if err != nil {
		return 0, 0, err
	}
	err = c.receive(from)
	c.upload.mu.Lock()
	defer c.upload.mu.Unlock()
	c.upload.busy = false
	if c.upload.closed {
		return 0, 0, uploadNotFound(id, name, s.config.Account)
	}
	if err != nil {
		if lost := c.upload.revert(c.start); lost != nil {
			s.forgetUpload(c.upload)
			c.upload.end()
		}
		return 0, 0, err
	}
	if added = c.upload.size - c.start.size; added > 0 {
		c.upload.count(added, s.Quotas().MinPartBytes)
	}
	return added, c.upload.size, nil
}

func (s *Store) beginChunk(name, id string, first *int64) (chunk, error) {
	u, err := s.lockUpload(nil, &name, id)
	if err != nil {
		return chunk{}, err
	}
	defer u.mu.Unlock()
	if u.busy || first != nil && *first != u.size {
		at := u.size
		if first != nil {
			at = *first
		}
		return chunk{}, s.invalidLayerPart(u, wrongFirstByte(at, u.size))
	}
	start, err := u.mark()
	if err != nil {
		return chunk{}, serverError(err)
	}
	u.busy = true
	return chunk{u, start, s.Quotas().LayerBytes}, nil
}

// CancelUpload ends an upload to a repository without a layer, if there is one of this
// id.
func (s *Store) CancelUpload(name, id string) {
	s.dropUploads(func(u *upload) bool { return u.repositoryName == name && strings.EqualFold(u.id, id) })
}
