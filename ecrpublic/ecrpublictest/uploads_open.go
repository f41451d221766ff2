package ecrpublictest

import "strings"

// openUpload begins an upload into a repository. The caller holds the store's
// lock.
func (s *store) openUpload(r *repository) (*upload, error) {
	id := newUUID()
	draft, err := s.content.Create(id)
	if err != nil {
		return nil, serverError(err)
	}
	u := newUpload(id, r, draft, s.config.now())
	s.uploads[id] = u
	return u, nil
}

// lockUpload finds an open upload and locks it. It keeps nothing of the store's
// lock, so that other calls go on while bytes are written.
func (s *store) lockUpload(registry, name *string, id string) (*upload, error) {
	u, err := s.findUpload(registry, name, id)
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

func (s *store) findUpload(registry, name *string, id string) (*upload, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.target(registry, name)
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

// expired reports whether an upload was left alone for too long. The caller
// holds the store's lock.
func (s *store) expired(u *upload) bool {
	return s.config.now().Sub(u.touched) > s.config.uploadExpiry
}

// dropUploads ends uploads without a layer. The caller holds no lock; drop is
// called with the store's.
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

func (s *store) forgetUpload(u *upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, u.id)
}
