// Package registry implements the state of one registry and its operations as
// methods from input to output. It is independent of HTTP: request bodies arrive
// as readers. The API and the registry host call the same methods.
package registry

import (
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
)

// Store is the state of one registry and the rules that guard it.
type Store struct {
	config  Config
	content blobs.Storage
	journal *journal // nil when nothing is kept
	secret  []byte
	quotas  atomic.Pointer[Quotas]

	mu           sync.RWMutex
	registry     registryState
	repositories map[string]*repository // by name
	order        ordered[*repository]   // as the API lists them
	uploads      map[string]*upload     // by id
	holders      map[string]int         // by digest, how many repositories have a layer
}

// New makes a registry and, with a data directory, reads what is in it.
func New(c Config) (*Store, error) {
	c, err := c.WithDefaults()
	if err != nil {
		return nil, err
	}
	s := &Store{
		config:       c,
		repositories: map[string]*repository{},
		uploads:      map[string]*upload{},
		holders:      map[string]int{},
	}
	s.quotas.Store(&c.Quotas)
	if c.DataDir == "" {
		s.content = blobs.NewMemory()
		s.secret = newSecret()
		return s, nil
	}
	if err := s.openDir(c.DataDir); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", c.DataDir, err)
	}
	s.secret = s.registry.Secret
	return s, nil
}

// repository finds a repository. Nil or an alias for the registry means the
// account's own. In a registry that is not known, that the repository is what is
// not found is inferred. The caller holds the lock.
func (s *Store) repository(registry, name *string) (*repository, error) {
	id, known := s.resolveRegistry(registry)
	r := s.repositories[*name]
	if !known || r == nil {
		return nil, RepositoryNotFound(*name, id)
	}
	return r, nil
}

// target finds the repository that something is pushed to. The operations that
// push have an error of their own for a registry that is not known.
func (s *Store) target(registry, name *string) (*repository, error) {
	if id, known := s.resolveRegistry(registry); !known {
		return nil, registryNotFound(id)
	}
	return s.repository(registry, name)
}

// resolveRegistry returns the account's own registry, or what was asked for when
// that is another one.
func (s *Store) resolveRegistry(registry *string) (id string, known bool) {
	own := s.config.Account
	if registry == nil || *registry == own || s.registry.Open && s.config.hasAlias(*registry) {
		return own, true
	}
	return *registry, false
}

// foreignRegistry is the error of a listing of a registry that is not the caller's.
// It is inferred: the model has no RegistryNotFoundException for DescribeRepositories.
func foreignRegistry(id string) error { return RepositoryNotFound(orNull(nil), id) }

// commit makes a change, in the journal first. The caller holds the lock.
func (s *Store) commit(c change) error {
	if s.journal != nil {
		if err := s.journal.append(c); err != nil {
			return serverError(err)
		}
	}
	s.apply(c)
	return nil
}

// Quotas returns the quotas in force.
func (s *Store) Quotas() Quotas { return *s.quotas.Load() }

// SetQuotas replaces the quotas; zero stands for the service's default.
// Existing content stays, even if it exceeds them.
func (s *Store) SetQuotas(q Quotas) error {
	q = q.withDefaults()
	if err := q.check(); err != nil {
		return err
	}
	s.quotas.Store(&q)
	return nil
}

// Reset deletes everything: repositories, open uploads, the display name and the
// alias. Logins and tokens stay valid.
func (s *Store) Reset() error {
	s.dropUploads(func(*upload) bool { return true })
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, r := range maps.Clone(s.repositories) {
		if err := s.commit(change{Delete: name}); err != nil {
			return err
		}
		for digest := range r.layers {
			s.removeUnheld(digest)
		}
	}
	return s.commit(change{Registry: &registryState{Secret: s.registry.Secret}})
}

// Close ends open uploads and releases the data directory. If there is one,
// changes fail from then on.
func (s *Store) Close() error {
	s.dropUploads(func(*upload) bool { return true })
	if s.journal == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.journal.close()
}
