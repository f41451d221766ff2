package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	specs "github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
)

// fill makes a repository for the demonstration, two releases for two platforms each,
// and returns its reference.
func fill(ctx context.Context, client *ecrpublic.Client) (imageref.Reference, error) {
	const repository = "team/app"
	for release := range 2 {
		tag := fmt.Sprintf("v1.%d", release)
		store := memory.New()
		if err := addIndex(ctx, store, tag, 300_000*(release+1)); err != nil {
			return imageref.Reference{}, err
		}
		push := imagepush.PushOptions{Repository: repository, Reference: tag, CreateRepository: client}
		if _, err := imagepush.Push(ctx, client, store, push); err != nil {
			return imageref.Reference{}, err
		}
	}
	alias, err := imageref.Alias(ctx, client)
	if err != nil {
		return imageref.Reference{}, err
	}
	return imageref.Reference{Alias: alias, RepositoryName: repository}, nil
}

// addIndex puts an index of two images into a store.
func addIndex(ctx context.Context, store *memory.Store, tag string, size int) error {
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, architecture := range []string{"amd64", "arm64"} {
		image, err := addImage(ctx, store, ocispec.Platform{OS: "linux", Architecture: architecture}, []byte(tag+architecture), size)
		if err != nil {
			return err
		}
		index.Manifests = append(index.Manifests, image)
	}
	desc, err := pushJSON(ctx, store, ocispec.MediaTypeImageIndex, index)
	if err != nil {
		return err
	}
	return store.Tag(ctx, desc, tag)
}

func addImage(ctx context.Context, store *memory.Store, platform ocispec.Platform, content []byte, size int) (ocispec.Descriptor, error) {
	layer, err := oras.PushBytes(ctx, store, ocispec.MediaTypeImageLayer, bytes.Repeat(content, size/len(content)))
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	config, err := pushJSON(ctx, store, ocispec.MediaTypeImageConfig, ocispec.Image{Platform: platform})
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	image, err := pushJSON(ctx, store, ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest, Config: config, Layers: []ocispec.Descriptor{layer},
	})
	image.Platform = &platform
	return image, err
}

func pushJSON(ctx context.Context, store *memory.Store, mediaType string, value any) (ocispec.Descriptor, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	return oras.PushBytes(ctx, store, mediaType, content)
}
