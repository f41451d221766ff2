package housekeeping

import (
	"context"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// source reads the manifests of a repository from the registry host, because the
// service's API does not return them. The client paces the requests and renews its
// token.
type source struct {
	client     *registry.Client
	repository imageref.Reference
}

// newSource finds out which host serves a repository.
func newSource(ctx context.Context, client ecrpublic.DescribeRepositoriesAPIClient, repository string, options PruneOptions) (*source, error) {
	reader, err := options.Registry, error(nil)
	if reader == nil {
		reader, err = newRegistry(options)
	}
	if err != nil {
		return nil, err
	}
	described, err := describeRepository(ctx, client, repository)
	if err != nil {
		return nil, err
	}
	ref, err := imageref.Parse(aws.ToString(described.RepositoryUri))
	if err != nil {
		return nil, err
	}
	return &source{reader, ref}, nil
}

func newRegistry(options PruneOptions) (*registry.Client, error) {
	if u, err := url.Parse(options.RegistryURL); options.RegistryURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return nil, fmt.Errorf("RegistryURL is %q, must be http:// or https:// and a host", options.RegistryURL)
	}
	return registry.New(registry.Options{
		Login: options.Login, Host: options.RegistryURL, HTTPClient: options.HTTPClient, Rate: options.Rate,
	})
}

func (s *source) manifest(ctx context.Context, digest string) (registry.Manifest, error) {
	ref := s.repository
	ref.Tag, ref.Digest = "", digest
	return s.client.Manifest(ctx, ref)
}

// rate returns how many manifests are read per second; 0 if there is no limit or
// only the registry client knows it.
func (o PruneOptions) rate() float64 {
	switch {
	case o.Registry != nil || o.Rate < 0:
		return 0
	case o.Rate > 0:
		return o.Rate
	case o.Login != nil:
		return limits.LoginRate
	}
	return limits.AnonymousRate
}
