package demo

import (
	"context"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/dustin/go-humanize/english"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"
)

// AddArtifact puts an artifact of one layer into a store, under a tag. Its digest
// is the same every time.
func AddArtifact(ctx context.Context, store *memory.Store, tag string, layer []byte) error {
	file, err := oras.PushBytes(ctx, store, "application/octet-stream", layer)
	if err != nil {
		return err
	}
	artifact, err := oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, "application/vnd.example.demo", oras.PackManifestOptions{
		Layers:              []ocispec.Descriptor{file},
		ManifestAnnotations: map[string]string{ocispec.AnnotationCreated: "2026-01-01T00:00:00Z", ocispec.AnnotationRefName: tag},
	})
	if err != nil {
		return err
	}
	return store.Tag(ctx, artifact, tag)
}

// Short returns the first characters of a digest's hash, enough to recognize
// it.
func Short(digest string) string {
	_, hash, _ := strings.Cut(digest, ":")
	return hash[:min(12, len(hash))]
}

// Size writes a number of bytes for people: 512 B, 1.5 MiB.
func Size(bytes int64) string { return humanize.IBytes(uint64(max(0, bytes))) }

// Count writes a number with its noun: 1 image, 2 images, 3 repositories.
func Count(n int, noun string) string { return english.Plural(n, noun, "") }
