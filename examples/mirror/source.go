package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"

	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// checkSource checks the value of -source, which may be empty.
func checkSource(name string) error {
	if name == "" {
		return nil
	}
	repository, err := remote.NewRepository(name)
	if err != nil {
		return demo.Usagef("-source %s: %v; want a repository with its registry, such as docker.io/library/alpine", name, err)
	}
	if reference := repository.Reference.Reference; reference != "" {
		return demo.Usagef("-source %s: want a repository without %s; -tags selects tags", name, reference)
	}
	return nil
}

// open opens a repository of a registry, over plain HTTP on this machine and HTTPS
// anywhere else.
func open(ctx context.Context, name string, service *demo.Service) (*remote.Repository, error) {
	repository, err := remote.NewRepository(name)
	if err != nil {
		return nil, err
	}
	host := repository.Reference.Host()
	client, err := sourceClient(ctx, host, service)
	if err != nil {
		return nil, fmt.Errorf("-source: log in to %s: %w", host, err)
	}
	repository.Client = client
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	repository.PlainHTTP = host == "localhost" || net.ParseIP(host).IsLoopback()
	return repository, nil
}

// sourceClient authenticates at ECR Public with the service's own login, at private
// ECR with the AWS settings, and at other registries with what docker has stored.
func sourceClient(ctx context.Context, host string, service *demo.Service) (remote.Client, error) {
	hosts := service.RegistryHosts()
	if hosts == nil {
		hosts = login.RegistryHosts()
	}
	if slices.Contains(hosts, host) {
		return service.Registry()
	}
	client := &auth.Client{Client: httpClient(), Cache: auth.NewCache()}
	if private, ok := parsePrivateECR(host); ok {
		api, err := private.client(ctx)
		if err != nil {
			return nil, err
		}
		client.Credential = (&privateLogin{api: api, private: private}).credential
		return client, nil
	}
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, err
	}
	client.Credential = credentials.Credential(store)
	return client, nil
}

// httpClient keeps as many connections as a mirror uses at a time.
func httpClient() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	return &http.Client{Transport: retry.NewTransport(transport)}
}
