package registry

import (
	"slices"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
	"github.com/ecr-public/ecr-public-go/types"
)

// What the registry host reads, and the API does not offer.

// Locate reports whether a repository exists under an alias. An unknown alias is
// echoed as if it were an account, as was seen on ECR Public.
func (s *Store) Locate(alias, name string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.config.hasAlias(alias) {
		return RepositoryNotFound(name, alias)
	}
	_, err := s.repository(nil, &name)
	return err
}

// LayerSize returns the size of a layer that a repository has.
func (s *Store) LayerSize(name, digest string) (size int64, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.repositories[name]
	if r == nil || r.layers[digest] == nil {
		return 0, false
	}
	return r.layers[digest].Size, true
}

// OpenLayer opens the bytes of a layer.
func (s *Store) OpenLayer(digest string) (blobs.Reader, error) {
	content, err := s.content.Open(digest)
	if err != nil {
		return nil, serverError(err)
	}
	return content, nil
}

// Manifest returns an image. It is shared: do not change it.
func (s *Store) Manifest(name string, id types.ImageIdentifier) (*Image, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(nil, &name)
	if err != nil {
		return nil, err
	}
	img := r.find(id)
	if img == nil {
		return nil, requestedImageNotFound()
	}
	return img, nil
}

// SubjectOf returns the subject of an image, or "" when it has none.
func (s *Store) SubjectOf(name, digest string) string {
	img, err := s.Manifest(name, types.ImageIdentifier{ImageDigest: &digest})
	if err != nil {
		return ""
	}
	return img.subject
}

// TagsAfter lists up to limit tags by name, and reports whether there are more.
func (s *Store) TagsAfter(name, last string, limit int) (tags []string, more bool, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(nil, &name)
	if err != nil {
		return nil, false, err
	}
	rest := r.tagNames.keys[r.tagNames.after(last):]
	return append([]string{}, rest[:min(len(rest), limit)]...), len(rest) > limit, nil
}

// Referrers lists the images whose subject is the given one, of one artifact type
// or, for "", of any.
func (s *Store) Referrers(name, subject, artifactType string) ([]*Image, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(nil, &name)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(r.imageOrder.values), func(img *Image) bool {
		return img.subject != subject || artifactType != "" && artifactType != img.artifactType
	}), nil
}

// ArtifactType is the type that listings of referrers show.
func (img *Image) ArtifactType() string { return img.artifactType }

// Annotations are those of the manifest. They are shared: do not change them.
func (img *Image) Annotations() map[string]string { return img.annotations }
