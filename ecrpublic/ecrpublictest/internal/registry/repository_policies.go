package registry

import (
	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

func (s *Store) SetRepositoryPolicy(in *ecrpublic.SetRepositoryPolicyInput) (*ecrpublic.SetRepositoryPolicyOutput, error) {
	p, err := parsePolicy(*in.PolicyText)
	if err != nil {
		return nil, invalidParameter("PolicyText", mustBePolicy)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.repository(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if !in.Force && p.locksOut(s.config.Account) {
		return nil, invalidParameter("PolicyText", mustKeepAccess)
	}
	if err := s.setPolicy(r, formatPolicy(*in.PolicyText)); err != nil {
		return nil, err
	}
	return &ecrpublic.SetRepositoryPolicyOutput{
		RegistryId:     aws.String(s.config.Account),
		RepositoryName: aws.String(r.Name),
		PolicyText:     aws.String(r.Policy),
	}, nil
}

func (s *Store) setPolicy(r *repository, text string) error {
	state := r.repositoryState
	state.Policy = text
	return s.commit(change{Repository: &state})
}

func (s *Store) GetRepositoryPolicy(in *ecrpublic.GetRepositoryPolicyInput) (*ecrpublic.GetRepositoryPolicyOutput, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	r, err := s.withPolicy(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	return &ecrpublic.GetRepositoryPolicyOutput{
		RegistryId:     aws.String(s.config.Account),
		RepositoryName: aws.String(r.Name),
		PolicyText:     aws.String(r.Policy),
	}, nil
}

func (s *Store) DeleteRepositoryPolicy(in *ecrpublic.DeleteRepositoryPolicyInput) (*ecrpublic.DeleteRepositoryPolicyOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.withPolicy(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	deleted := r.Policy
	if err := s.setPolicy(r, ""); err != nil {
		return nil, err
	}
	return &ecrpublic.DeleteRepositoryPolicyOutput{
		RegistryId:     aws.String(s.config.Account),
		RepositoryName: aws.String(r.Name),
		PolicyText:     aws.String(deleted),
	}, nil
}

// withPolicy finds a repository that has a policy. The caller holds the lock.
func (s *Store) withPolicy(registry, name *string) (*repository, error) {
	r, err := s.repository(registry, name)
	if err != nil {
		return nil, err
	}
	if r.Policy == "" {
		return nil, repositoryPolicyNotFound(r.Name, s.config.Account)
	}
	return r, nil
}
