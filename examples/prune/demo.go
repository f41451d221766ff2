package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	specs "github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// clock can be set back, so that images have an age.
type clock struct{ daysAgo atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().AddDate(0, 0, -int(c.daysAgo.Load())) }

// history fills a repository.
type history struct {
	clock  *clock
	target *imagepush.Target
}

// fill makes five releases for two platforms, each with a signature, and builds
// that nobody refers to any more.
func fill(ctx context.Context, client *ecrpublic.Client, clock *clock, repository string) error {
	if _, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &repository}); err != nil {
		return err
	}
	target, err := imagepush.NewTarget(client, repository, func(o *imagepush.TargetOptions) {
		o.Limiter = imagepush.NewLimiter(imagepush.Rates{InitiateLayerUpload: -1, CompleteLayerUpload: -1, PutImage: -1})
	})
	if err != nil {
		return err
	}
	h := history{clock, target}
	defer clock.daysAgo.Store(0)
	for release := range 5 {
		clock.daysAgo.Store(int64(150 - 30*release))
		if err := h.release(ctx, fmt.Sprintf("v1.%d", release)); err != nil {
			return err
		}
	}
	for build := range 4 {
		clock.daysAgo.Store(int64(20 - 5*build))
		if _, err := h.image(ctx, "", fmt.Sprintf("build %d", build), 300_000); err != nil {
			return err
		}
	}
	return nil
}

func (h history) release(ctx context.Context, tag string) error {
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		image, err := h.image(ctx, "", tag+" for "+platform, 400_000)
		if err != nil {
			return err
		}
		index.Manifests = append(index.Manifests, image)
	}
	signed, err := h.put(ctx, tag, index.MediaType, index)
	if err != nil {
		return err
	}
	_, err = h.image(ctx, strings.Replace(signed.Digest.String(), ":", "-", 1)+".sig", "signature of "+tag, 1000)
	return err
}

// image puts an image with a layer of its own.
func (h history) image(ctx context.Context, tag, title string, size int) (ocispec.Descriptor, error) {
	config, err := h.push(ctx, ocispec.MediaTypeImageConfig, []byte("{}"))
	if err != nil {
		return config, err
	}
	layer, err := h.push(ctx, ocispec.MediaTypeImageLayer, bytes.Repeat([]byte(title), size/len(title)))
	if err != nil {
		return layer, err
	}
	return h.put(ctx, tag, ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest,
		Config: config, Layers: []ocispec.Descriptor{layer},
	})
}

func (h history) push(ctx context.Context, mediaType string, blob []byte) (ocispec.Descriptor, error) {
	desc := content.NewDescriptorFromBytes(mediaType, blob)
	return desc, h.target.Push(ctx, desc, bytes.NewReader(blob))
}

func (h history) put(ctx context.Context, tag, mediaType string, manifest any) (ocispec.Descriptor, error) {
	text, err := json.Marshal(manifest)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	desc := content.NewDescriptorFromBytes(mediaType, text)
	return desc, h.target.PushReference(ctx, desc, bytes.NewReader(text), tag)
}
