package imagepush_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// images builds images in a store in memory.
type images struct {
	*memory.Store
	t *testing.T
}

func newImages(t *testing.T) images { return images{memory.New(), t} }

func (i images) blob(mediaType string, data []byte) ocispec.Descriptor {
	i.t.Helper()
	desc := content.NewDescriptorFromBytes(mediaType, data)
	if found, err := i.Exists(i.t.Context(), desc); err == nil && found {
		return desc
	}
	require.NoError(i.t, i.Push(i.t.Context(), desc, bytes.NewReader(data)))
	return desc
}

func (i images) json(mediaType string, value any) ocispec.Descriptor {
	i.t.Helper()
	data, err := json.Marshal(value)
	require.NoError(i.t, err)
	return i.blob(mediaType, data)
}

func (i images) layer(data string) ocispec.Descriptor {
	i.t.Helper()
	return i.blob(ocispec.MediaTypeImageLayer, []byte(data))
}

func (i images) image(config string, layers ...ocispec.Descriptor) ocispec.Descriptor {
	i.t.Helper()
	return i.json(ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: ocispec.MediaTypeImageManifest,
		Config:    i.blob(ocispec.MediaTypeImageConfig, []byte(config)),
		Layers:    layers,
	})
}

func (i images) index(manifests ...ocispec.Descriptor) ocispec.Descriptor {
	i.t.Helper()
	return i.json(ocispec.MediaTypeImageIndex, ocispec.Index{
		Versioned: specs.Versioned{SchemaVersion: 2},
		MediaType: ocispec.MediaTypeImageIndex,
		Manifests: manifests,
	})
}

// referrer makes an artifact with a subject.
func (i images) referrer(text string, subject ocispec.Descriptor) ocispec.Descriptor {
	i.t.Helper()
	i.blob(ocispec.DescriptorEmptyJSON.MediaType, []byte("{}"))
	return i.json(ocispec.MediaTypeImageManifest, ocispec.Manifest{
		Versioned:    specs.Versioned{SchemaVersion: 2},
		MediaType:    ocispec.MediaTypeImageManifest,
		ArtifactType: "application/vnd.example.signature",
		Config:       ocispec.DescriptorEmptyJSON,
		Layers:       []ocispec.Descriptor{i.blob("text/plain", []byte(text))},
		Subject:      &subject,
	})
}

func (i images) tag(desc ocispec.Descriptor, tag string) ocispec.Descriptor {
	i.t.Helper()
	require.NoError(i.t, i.Tag(i.t.Context(), desc, tag))
	return desc
}

// plain hides all methods of a source that not every source has.
type plain struct{ oras.ReadOnlyTarget }

// counted counts the open readers of a source, and reads from closed ones.
type counted struct {
	oras.ReadOnlyTarget
	open, late atomic.Int64
}

func (c *counted) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	rc, err := c.ReadOnlyTarget.Fetch(ctx, desc)
	if err != nil {
		return nil, err
	}
	c.open.Add(1)
	return &countedReader{ReadCloser: rc, of: c}, nil
}

type countedReader struct {
	io.ReadCloser
	of     *counted
	closed atomic.Bool
}

func (r *countedReader) Read(p []byte) (int, error) {
	if r.closed.Load() {
		r.of.late.Add(1)
	}
	return r.ReadCloser.Read(p)
}

func (r *countedReader) Close() error {
	if !r.closed.Swap(true) {
		r.of.open.Add(-1)
	}
	return r.ReadCloser.Close()
}

func layerOf(data string) ocispec.Descriptor {
	return content.NewDescriptorFromBytes(ocispec.MediaTypeImageLayer, []byte(data))
}

func newTarget(t *testing.T, client imagepush.APIClient, optFns ...func(*imagepush.TargetOptions)) *imagepush.Target {
	t.Helper()
	target, err := imagepush.NewTarget(client, "team/app", append([]func(*imagepush.TargetOptions){unlimited}, optFns...)...)
	require.NoError(t, err)
	return target
}

// unlimited removes the rate limits.
func unlimited(o *imagepush.TargetOptions) {
	o.Limiter = imagepush.NewLimiter(imagepush.Rates{InitiateLayerUpload: -1, CompleteLayerUpload: -1, PutImage: -1})
}

// alphabet returns n bytes that repeat the alphabet.
func alphabet(n int) string {
	return strings.Repeat("abcdefghijklmnopqrstuvwxyz", n/26+1)[:n]
}

func digests(descs []ocispec.Descriptor) (all []digest.Digest) {
	for _, desc := range descs {
		all = append(all, desc.Digest)
	}
	return all
}
