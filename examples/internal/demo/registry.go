package demo

import (
	"context"
	"fmt"
	"net/url"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// Via adds the flag -via, which says how content is sent.
func (f *Flags) Via() *string {
	return f.String("via", "registry", "send content through this `host`: registry (public.ecr.aws, faster) or api (needs no registry login)")
}

// CheckVia checks the value of -via.
func CheckVia(via string) error {
	if via != "registry" && via != "api" {
		return Usagef("-via %s: want registry or api", via)
	}
	return nil
}

// registryClient is created on first use.
type registryClient struct {
	once   sync.Once
	client *registry.Client
	err    error
}

// Registry returns a client of the registry host, which logs in with the
// credentials of the service's client on first use.
func (s *Service) Registry() (*registry.Client, error) {
	r := &s.registry
	r.once.Do(func() {
		options := registry.Options{
			Host:  s.URL,
			Login: login.NewProvider(s.Client, func(o *login.ProviderOptions) { o.Hosts = s.RegistryHosts() }),
		}
		if s.URL != "" {
			options.Rate = -1 // an emulator has no limit
		}
		r.client, r.err = registry.New(options)
	})
	return r.client, r.err
}

// Repository returns a repository on the registry host, for oras-go.
func (s *Service) Repository(client *registry.Client, ref imageref.Reference) (*remote.Repository, error) {
	host, plain := imageref.Host, false
	if s.URL != "" {
		u, err := url.Parse(s.URL)
		if err != nil {
			return nil, err
		}
		host, plain = u.Host, u.Scheme == "http"
	}
	repository, err := remote.NewRepository(host + "/" + ref.Alias + "/" + ref.RepositoryName)
	if err != nil {
		return nil, err
	}
	repository.Client, repository.PlainHTTP, repository.TagListPageSize = client, plain, 1000
	return repository, nil
}

// SendVia returns the option of imagepush for a value of -via and the URI of
// the target repository.
func (s *Service) SendVia(via, repositoryURI string) (func(*imagepush.TargetOptions), error) {
	if via == "api" {
		return func(*imagepush.TargetOptions) {}, nil
	}
	ref, err := imageref.Parse(repositoryURI)
	if err != nil {
		return nil, fmt.Errorf("the repository's URI: %w", err)
	}
	client, err := s.Registry()
	if err != nil {
		return nil, err
	}
	repository, err := s.Repository(client, ref)
	return func(o *imagepush.TargetOptions) { o.Registry = repository }, err
}

// RepositoryURI returns the URI of a repository, and creates the repository on
// request.
func (s *Service) RepositoryURI(ctx context.Context, name string, create bool) (string, error) {
	if create {
		ensured, err := housekeeping.EnsureRepository(ctx, s.Client, &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
		return aws.ToString(ensured.Repository.RepositoryUri), err
	}
	out, err := s.Client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{name}})
	if ecrpublic.IsNotFound(err) {
		return "", fmt.Errorf("%w; -create creates the repository", err)
	}
	if err != nil {
		return "", err
	}
	if len(out.Repositories) != 1 {
		return "", fmt.Errorf("repository %s: the service returned %s", name, Count(len(out.Repositories), "repository"))
	}
	return aws.ToString(out.Repositories[0].RepositoryUri), nil
}
