package ecrpublictest

import (
	"slices"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
	"github.com/ecr-public/ecr-public-go/types"
)

// What the registry host reads, and the API does not offer.

// locate reports whether a repository exists under an alias. An unknown alias is
// echoed as if it were an account, as was seen on ECR Public.
func (s *store) locate(alias, name string) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.config.hasAlias(alias) {
		return repositoryNotFound(name, alias)
	}
	_, err := s.repository(nil, &name)
	return err
}

// layerSize returns the size of a layer that a repository has.
func (s *store) layerSize(name, digest string) (size int64, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r := s.repositories[name]
	if r == nil || r.layers[digest] == nil {
		return 0, false
	}
	return r.layers[digest].Size, true
}

// openLayer opens the bytes of a layer.
func (s *store) openLayer(digest string) (blobs.Reader, error) {
	content, err := s.content.Open(digest)
	if err != nil {
		return nil, serverError(err)
	}
	return content, nil
}

// manifest returns an image. It is shared: do not change it.
func (s *store) manifest(name string, id types.ImageIdentifier) (*image, error) {
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

// subjectOf returns the subject of an image, or "" when it has none.
func (s *store) subjectOf(name, digest string) string {
	img, err := s.manifest(name, types.ImageIdentifier{ImageDigest: &digest})
	if err != nil {
		return ""
	}
	return img.subject
}

// tagsAfter lists up to limit tags by name, and reports whether there are more.
func (s *store) tagsAfter(name, last string, limit int) (tags []string, more bool, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(nil, &name)
	if err != nil {
		return nil, false, err
	}
	rest := r.tagNames.keys[r.tagNames.after(last):]
	return append([]string{}, rest[:min(len(rest), limit)]...), len(rest) > limit, nil
}

// referrers lists the images whose subject is the given one, of one artifact type
// or, for "", of any.
func (s *store) referrers(name, subject, artifactType string) ([]*image, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.repository(nil, &name)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(r.imageOrder.values), func(img *image) bool {
		return img.subject != subject || artifactType != "" && artifactType != img.artifactType
	}), nil
}
