package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// Listing is what is found in a repository, and the JSON that is printed.
type Listing struct {
	Repository string `json:"repository"`
	Tags       []Tag  `json:"tags"`
}

// Tag is a tag and the image or index that it stands for.
type Tag struct {
	Name      string  `json:"name"`
	Digest    string  `json:"digest"`
	MediaType string  `json:"mediaType"`
	Images    []Image `json:"images"` // one, or those of an index
}

// Image is what is pulled for one platform.
type Image struct {
	Digest   string `json:"digest"`
	Platform string `json:"platform,omitempty"` // empty for artifacts that are no container images
	Bytes    int64  `json:"bytes"`              // of config and layers, compressed
}

// reader reads images, each once: many tags stand for the same.
type reader struct {
	client *registry.Client
	ref    imageref.Reference
	read   map[string]Image
}

// list reads the tags that match a pattern, or the one that the reference names.
func list(ctx context.Context, client *registry.Client, ref imageref.Reference, match string, limit int, show func(string, int, int)) (Listing, error) {
	names, err := tagNames(ctx, client, ref, match, limit)
	if err != nil {
		return Listing{}, err
	}
	r := reader{client, ref, map[string]Image{}}
	listing := Listing{Repository: ref.RepositoryURI(), Tags: []Tag{}}
	for i, name := range names {
		tag, err := r.tag(ctx, name)
		if err != nil {
			return Listing{}, err
		}
		listing.Tags = append(listing.Tags, tag)
		show("tags", i+1, len(names))
	}
	return listing, nil
}

func tagNames(ctx context.Context, client *registry.Client, ref imageref.Reference, match string, limit int) (names []string, err error) {
	if ref.Tag != "" || ref.Digest != "" {
		return []string{ref.Tag}, nil
	}
	for name, err := range client.Tags(ctx, ref) {
		if err != nil {
			return nil, err
		}
		if matches, _ := path.Match(match, name); !matches { // the pattern was checked
			continue
		}
		names = append(names, name)
		if len(names) == limit {
			break
		}
	}
	return names, nil
}

func (r *reader) tag(ctx context.Context, name string) (Tag, error) {
	ref := r.ref
	ref.Tag = name
	top, err := r.client.Manifest(ctx, ref)
	if err != nil {
		return Tag{}, err
	}
	tag := Tag{Name: name, Digest: top.Descriptor.Digest.String(), MediaType: top.Descriptor.MediaType, Images: []Image{}}
	var index ocispec.Index
	if err := json.Unmarshal(top.Content, &index); err != nil {
		return Tag{}, fmt.Errorf("%s: %w", ref, err)
	}
	if len(index.Manifests) == 0 {
		image, err := r.image(ctx, top, nil)
		tag.Images = append(tag.Images, image)
		return tag, err
	}
	for _, child := range index.Manifests {
		if child.Platform != nil && child.Platform.OS == "unknown" {
			continue // an attestation about another child
		}
		image, err := r.child(ctx, child)
		if err != nil {
			return Tag{}, err
		}
		tag.Images = append(tag.Images, image)
	}
	return tag, nil
}

func (r *reader) child(ctx context.Context, child ocispec.Descriptor) (Image, error) {
	if image, ok := r.read[child.Digest.String()]; ok {
		return image, nil
	}
	ref := r.ref
	ref.Tag, ref.Digest = "", child.Digest.String()
	m, err := r.client.Manifest(ctx, ref)
	if err != nil {
		return Image{}, err
	}
	return r.image(ctx, m, child.Platform)
}

// image reads the platform from the config unless the index said it.
func (r *reader) image(ctx context.Context, m registry.Manifest, platform *ocispec.Platform) (Image, error) {
	digest := m.Descriptor.Digest.String()
	if image, ok := r.read[digest]; ok {
		return image, nil
	}
	var parsed ocispec.Manifest
	if err := json.Unmarshal(m.Content, &parsed); err != nil {
		return Image{}, fmt.Errorf("%s: %w", digest, err)
	}
	image := Image{Digest: digest, Bytes: parsed.Config.Size}
	for _, layer := range parsed.Layers {
		image.Bytes += layer.Size
	}
	if platform == nil && isContainer(parsed.Config.MediaType) {
		var err error
		if platform, err = r.platform(ctx, parsed.Config); err != nil {
			return Image{}, err
		}
	}
	if platform != nil {
		image.Platform = path.Join(platform.OS, platform.Architecture, platform.Variant)
	}
	r.read[digest] = image
	return image, nil
}

func isContainer(config string) bool {
	return config == ocispec.MediaTypeImageConfig || config == "application/vnd.docker.container.image.v1+json"
}

// maxConfig is more than any config has, in bytes. One that is cut off is not JSON.
const maxConfig = 4 << 20

func (r *reader) platform(ctx context.Context, config ocispec.Descriptor) (*ocispec.Platform, error) {
	blob, err := r.client.Blob(ctx, r.ref, config.Digest)
	if err != nil {
		return nil, err
	}
	defer blob.Close()
	content, err := io.ReadAll(io.LimitReader(blob, maxConfig))
	if err != nil {
		return nil, err
	}
	var platform ocispec.Platform
	if err := json.Unmarshal(content, &platform); err != nil {
		return nil, fmt.Errorf("config %s: %w", config.Digest, err)
	}
	return &platform, nil
}
