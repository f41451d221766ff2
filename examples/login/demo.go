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
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// demonstrate logs in to an emulator and pulls and tags an image there. Pulling
// needs no login; setting a tag does.
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

	client, err := registry.New(registry.Options{Login: provider, Host: server.URL})
	if err != nil {
		return err
	}
	if err := useORAS(ctx, stdout, client, repository); err != nil {
		return err
	}
	return useCrane(ctx, stdout, client, repository)
}

// useFile shows another program, here one with oras-go, that reads the login from
// docker's configuration.
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
	descriptor, err := oras.Tag(ctx, repo, "v1", "by-file")
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "file   tagged %s\n", demo.Short(descriptor.Digest.String()))
	return nil
}

// useORAS needs no file: the client logs in and renews its tokens, for as long as the
// program runs.
func useORAS(ctx context.Context, stdout io.Writer, client *registry.Client, repository string) error {
	repo, err := remote.NewRepository(repository)
	if err != nil {
		return err
	}
	repo.PlainHTTP = true // as the emulator is
	repo.Client = client
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

// useCrane does the same with crane's library, go-containerregistry, whose own logins
// are not used then.
func useCrane(ctx context.Context, stdout io.Writer, client *registry.Client, repository string) error {
	options := []crane.Option{crane.WithContext(ctx), crane.WithTransport(client.Transport())}
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
