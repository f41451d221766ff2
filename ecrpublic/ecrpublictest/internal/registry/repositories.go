package registry

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (s *Store) CreateRepository(in *ecrpublic.CreateRepositoryInput) (*ecrpublic.CreateRepositoryOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.repositories[*in.RepositoryName] != nil {
		return nil, repositoryAlreadyExists(*in.RepositoryName, s.config.Account)
	}
	tags, err := s.mergeTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	if limit := s.Quotas().Repositories; len(s.repositories) >= limit {
		return nil, limitExceeded("repositories per registry", int64(limit))
	}
	state := repositoryState{
		ID:        NewUUID(),
		Name:      *in.RepositoryName,
		CreatedAt: s.Now(),
		Tags:      tags,
	}
	if in.CatalogData != nil {
		state.Catalog = catalogData(in.CatalogData, nil)
	}
	if err := s.commit(change{Registry: s.opened(), Repository: &state}); err != nil {
		return nil, err
	}
	return &ecrpublic.CreateRepositoryOutput{
		Repository:  s.describe(&state),
		CatalogData: new(state.Catalog),
	}, nil
}

// opened is the registry once it has a repository, or nil if it had one before.
func (s *Store) opened() *registryState {
	if s.registry.Open {
		return nil
	}
	state := s.registry
	state.Open = true
	return &state
}

func (s *Store) describe(r *repositoryState) *types.Repository {
	return &types.Repository{
		RepositoryArn:  new(s.repositoryARN(r.Name)),
		RegistryId:     aws.String(s.config.Account),
		RepositoryName: aws.String(r.Name),
		RepositoryUri:  aws.String(s.registryURI() + "/" + r.Name),
		CreatedAt:      new(r.CreatedAt),
	}
}

func (s *Store) DescribeRepositories(in *ecrpublic.DescribeRepositoriesInput) (*ecrpublic.DescribeRepositoriesOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if in.RepositoryNames != nil {
		if in.MaxResults != nil || in.NextToken != nil {
			return nil, mustBeAlone("repositoryNames")
		}
		return s.describeNamed(in)
	}
	if id, known := s.resolveRegistry(in.RegistryId); !known {
		return nil, foreignRegistry(id)
	}
	page, next, err := paginate(s, listing{"repositories", "", in.MaxResults, in.NextToken}, &s.order)
	if err != nil {
		return nil, err
	}
	out := &ecrpublic.DescribeRepositoriesOutput{Repositories: make([]types.Repository, len(page)), NextToken: next}
	for i, r := range page {
		out.Repositories[i] = *s.describe(&r.repositoryState)
	}
	return out, nil
}

func (s *Store) describeNamed(in *ecrpublic.DescribeRepositoriesInput) (*ecrpublic.DescribeRepositoriesOutput, error) {
	out := &ecrpublic.DescribeRepositoriesOutput{Repositories: make([]types.Repository, len(in.RepositoryNames))}
	for i, name := range in.RepositoryNames {
		r, err := s.repository(in.RegistryId, &name)
		if err != nil {
			return nil, err
		}
		out.Repositories[i] = *s.describe(&r.repositoryState)
	}
	return out, nil
}

func (s *Store) DeleteRepository(in *ecrpublic.DeleteRepositoryInput) (*ecrpublic.DeleteRepositoryOutput, error) {
	r, err := s.removeRepository(in)
	if err != nil {
		return nil, err
	}
	s.dropUploads(func(u *upload) bool { return u.repositoryID == r.ID })
	return &ecrpublic.DeleteRepositoryOutput{Repository: s.describe(&r.repositoryState)}, nil
}

func (s *Store) removeRepository(in *ecrpublic.DeleteRepositoryInput) (*repository, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.repository(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if len(r.images) > 0 && !in.Force {
		return nil, repositoryNotEmpty(r.Name, s.config.Account)
	}
	if err := s.commit(change{Delete: r.Name}); err != nil {
		return nil, err
	}
	for digest := range r.layers {
		s.removeUnheld(digest)
	}
	return r, nil
}

// removeUnheld forgets the bytes of a layer unless a repository has it. The
// caller holds the lock, so that no other upload brings the same layer meanwhile.
func (s *Store) removeUnheld(digest string) {
	if s.holders[digest] == 0 {
		s.content.Remove(digest)
	}
}
