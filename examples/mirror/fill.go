package main

import (
	"context"
	"strings"

	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// fill puts artifacts into a repository of the emulator and returns its address.
func fill(ctx context.Context, service *demo.Service) (string, error) {
	store, uri := memory.New(), ""
	for _, tag := range []string{"v1.0", "v1.1", "latest"} {
		if err := demo.AddArtifact(ctx, store, tag, []byte("hello from "+tag+"\n")); err != nil {
			return "", err
		}
		result, err := imagepush.Push(ctx, service.Client, store, imagepush.PushOptions{
			Repository: "demo/upstream", Reference: tag, CreateRepository: service.Client,
		})
		if err != nil {
			return "", err
		}
		uri = result.RepositoryURI
	}
	return strings.Replace(uri, imageref.Host, service.Emulator.RegistryHost(), 1), nil
}
