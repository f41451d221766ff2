package registry

// change is one change of the state, as it is applied and as the journal keeps
// it. The state changes in no other way, so replaying the journal leads to the
// same state. A change is applied whole or not at all, its members in their
// order.
type change struct {
	Registry   *registryState   `json:",omitempty"`
	Repository *repositoryState `json:",omitempty"` // a new one, or new settings
	Delete     string           `json:",omitempty"` // a repository's name

	In     string   `json:",omitempty"` // the repository that the rest is about
	Layer  *layer   `json:",omitempty"`
	Image  *Image   `json:",omitempty"`
	Tag    *tag     `json:",omitempty"`
	Untag  []string `json:",omitempty"` // names of tags
	Remove []string `json:",omitempty"` // digests of images
}

func (s *Store) apply(c change) {
	if c.Registry != nil {
		s.registry = *c.Registry
	}
	if c.Repository != nil {
		s.setRepository(*c.Repository)
	}
	if c.Delete != "" {
		s.removeRepositoryNamed(c.Delete)
	}
	if c.In != "" {
		s.repositories[c.In].apply(c)
	}
	if c.Layer != nil {
		s.holders[c.Layer.Digest]++
	}
}

func (s *Store) removeRepositoryNamed(name string) {
	for digest := range s.repositories[name].layers {
		if s.holders[digest]--; s.holders[digest] == 0 {
			delete(s.holders, digest)
		}
	}
	delete(s.repositories, name)
	s.order.remove(listingKey(name))
}

func (s *Store) setRepository(state repositoryState) {
	if r := s.repositories[state.Name]; r != nil {
		r.repositoryState = state
		return
	}
	r := newRepository(state)
	s.repositories[state.Name] = r
	s.order.insert(listingKey(state.Name), r)
}

func (r *repository) apply(c change) {
	if c.Layer != nil {
		r.addLayer(c.Layer)
	}
	if c.Image != nil {
		r.addImage(c.Image)
	}
	if c.Tag != nil {
		r.setTag(c.Tag)
	}
	for _, name := range c.Untag {
		r.removeTag(name)
	}
	for _, digest := range c.Remove {
		r.removeImage(digest)
	}
}
