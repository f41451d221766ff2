package main

import (
	"bytes"
	"context"
	"fmt"

	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// fill makes repositories for the demonstration.
func fill(ctx context.Context, client *ecrpublic.Client) error {
	for _, r := range []struct {
		name          string
		releases, kib int
	}{
		{"platform/api-gateway", 5, 1800},
		{"platform/event-worker", 4, 1500},
		{"base/alpine-with-certificates", 3, 700},
		{"tools/release-notes", 6, 240},
		{"tools/cli", 9, 610},
		{"docs/site", 1, 420},
		{"experiments/compression", 1, 35},
	} {
		for release := range r.releases {
			if err := push(ctx, client, r.name, fmt.Sprintf("v1.%d", release), (r.kib+release*r.kib/20)<<10); err != nil {
				return err
			}
		}
	}
	empty := "experiments/empty"
	_, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &empty})
	return err
}

func push(ctx context.Context, client *ecrpublic.Client, repository, tag string, size int) error {
	store := memory.New()
	line := []byte(repository + ":" + tag + "\n")
	if err := demo.AddArtifact(ctx, store, tag, bytes.Repeat(line, size/len(line))); err != nil {
		return err
	}
	_, err := imagepush.Push(ctx, client, store, imagepush.PushOptions{Repository: repository, Reference: tag, CreateRepository: client})
	return err
}
