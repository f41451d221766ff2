package registry

import "strings"

// openUpload starts an upload into a repository. The caller holds the store's
// lock.
func (s *Store) openUpload(r *repository) (*upload, error) {
	id := NewUUID()
	draft, err := s.content.Create(id)
	if err != nil {
		return nil, serverError(err)
	}
	u := newUpload(id, r, draft, s.Now())
	s.uploads[id] = u
	return u, nil
}

// lockUpload finds an open upload and locks it. It does not keep the store's
// lock, so that other calls continue while bytes are written.
func (s *Store) lockUpload(registry, name *string, id string) (*upload, error) {
	u, err := s.findUpload(registry, name, id)
	if err != nil {
		return nil, err
	}
	u.mu.Lock()
	if u.closed {
		u.mu.Unlock()
		return nil, uploadNotFound(id, *name, s.config.Account)
	}
	return u, nil
}

func (s *Store) findUpload(registry, name *string, id string) (*upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.target(registry, name)
	if err != nil {
		return nil, err
	}
	u := s.uploads[strings.ToLower(id)]
	if u == nil || u.repositoryID != r.ID || s.expired(u) {
		return nil, uploadNotFound(id, r.Name, s.config.Account)
	}
	u.touched = s.Now()
	return u, nil
}

// expired reports whether an upload was left alone for too long. The caller
// holds the store's lock.
func (s *Store) expired(u *upload) bool {
	return s.Now().Sub(u.touched) > s.config.UploadExpiry
}

// dropUploads ends uploads without a layer. The caller holds no lock; drop is
// called with the store's.
func (s *Store) dropUploads(drop func(*upload) bool) {
	for _, u := range s.takeUploads(drop) {
		u.mu.Lock()
		u.end()
		u.mu.Unlock()
	}
}

func (s *Store) takeUploads(take func(*upload) bool) []*upload {
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

func (s *Store) forgetUpload(u *upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, u.id)
}
