package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/crane"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// demonstrate logs in to an emulator and pulls and tags an image there. Anybody
// may pull; to set a tag takes a login.
func demonstrate(ctx context.Context, stdout io.Writer, server *ecrpublictest.Server) error {
	if _, err := server.AddImage("demo/app", "v1"); err != nil {
		return err
	}
	alias, err := imageref.Alias(ctx, server.Client())
	if err != nil {
		return err
	}
	repository := server.RegistryHost() + "/" + alias + "/demo/app"
	provider := login.NewProvider(server.Client(), func(o *login.ProviderOptions) {
		o.Hosts = []string{server.RegistryHost()}
	})

	dir, err := os.MkdirTemp("", "login")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	file := login.DockerConfig{Path: filepath.Join(dir, "config.json"), Hosts: []string{server.RegistryHost()}}
	if err := write(ctx, stdout, provider, file); err != nil {
		return err
	}
	if err := useFile(ctx, stdout, file.Path, repository); err != nil {
		return err
	}
	return useKeychain(ctx, stdout, provider, repository)
}

// useFile lets oras read the login from docker's configuration. Programs that
// need no file give provider.ORASCredential to the client instead.
func useFile(ctx context.Context, stdout io.Writer, path, repository string) error {
	store, err := credentials.NewStore(path, credentials.StoreOptions{})
	if err != nil {
		return err
	}
	repo, err := remote.NewRepository(repository)
	if err != nil {
		return err
	}
	repo.PlainHTTP = true // as the emulator is
	repo.Client = &auth.Client{Credential: credentials.Credential(store)}
	descriptor, err := oras.Tag(ctx, repo, "v1", "by-oras")
	if err != nil {
		return err
	}
	_, manifest, err := oras.FetchBytes(ctx, repo, "by-oras", oras.DefaultFetchBytesOptions)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "oras   tagged and pulled %s, a manifest of %d bytes\n", demo.Short(descriptor.Digest.String()), len(manifest))
	return nil
}

// useKeychain lets crane's library ask the provider.
func useKeychain(ctx context.Context, stdout io.Writer, provider *login.Provider, repository string) error {
	options := []crane.Option{crane.WithContext(ctx), crane.Insecure, crane.WithAuthFromKeychain(keychain{provider})}
	if err := crane.Tag(repository+":v1", "by-crane", options...); err != nil {
		return err
	}
	image, err := crane.Pull(repository+":by-crane", options...)
	if err != nil {
		return err
	}
	digest, err := image.Digest()
	if err != nil {
		return err
	}
	layers, err := image.Layers()
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "crane  tagged and pulled %s, an image of %s\n", demo.Short(digest.String()), demo.Count(len(layers), "layer"))
	return nil
}
