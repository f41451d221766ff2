package imagepush

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush/internal/archive"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// resolve finds an image in a source, or its child for a platform.
func resolve(ctx context.Context, source oras.ReadOnlyTarget, reference, platform string) (ocispec.Descriptor, error) {
	if platform == "" {
		desc, err := source.Resolve(ctx, reference)
		return desc, explained(ctx, source, reference, err)
	}
	want, err := parsePlatform(platform)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	lookUp := source.Resolve
	if s, ok := source.(*Source); ok { // whose index may be incomplete
		lookUp = func(_ context.Context, reference string) (ocispec.Descriptor, error) { return s.resolveName(reference) }
	}
	root, err := lookUp(ctx, reference)
	if err != nil {
		return root, explained(ctx, source, reference, err)
	}
	if !manifest.IsIndex(root.MediaType) {
		return root, checkPlatform(ctx, source, root, want)
	}
	return childFor(ctx, source, root, want)
}

// parsePlatform reads os/architecture[/variant].
func parsePlatform(text string) (ocispec.Platform, error) {
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 || strings.Contains("/"+text+"/", "//") {
		return ocispec.Platform{}, fmt.Errorf("Platform %q: want os/architecture or os/architecture/variant, such as linux/arm64", text)
	}
	p := ocispec.Platform{OS: parts[0], Architecture: parts[1]}
	if len(parts) == 3 {
		p.Variant = parts[2]
	}
	return p, nil
}

// matches accepts any variant if none is requested.
func matches(got, want ocispec.Platform) bool {
	return got.OS == want.OS && got.Architecture == want.Architecture && (want.Variant == "" || got.Variant == want.Variant)
}

func childFor(ctx context.Context, source content.Fetcher, root ocispec.Descriptor, want ocispec.Platform) (ocispec.Descriptor, error) {
	_, index, err := manifest.Fetch(ctx, source, root)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	var found []ocispec.Descriptor
	var all []string
	for _, child := range index.Manifests {
		if child.Platform != nil && matches(*child.Platform, want) {
			found = append(found, child)
		}
		if len(all) < maxNamed {
			all = append(all, fmt.Sprintf("%s %s", archive.Platform(child), child.Digest))
		}
	}
	if len(found) != 1 {
		return ocispec.Descriptor{}, fmt.Errorf("index %s has %d images for %s: %w; it has %s", root.Digest, len(found), archive.Platform(ocispec.Descriptor{Platform: &want}), errdef.ErrNotFound, strings.Join(all, ", "))
	}
	return found[0], nil
}

// checkPlatform checks the platform in an image's config.
func checkPlatform(ctx context.Context, source content.Fetcher, image ocispec.Descriptor, want ocispec.Platform) error {
	_, m, err := manifest.Fetch(ctx, source, image)
	if err != nil {
		return err
	}
	if m.Config == nil || m.Config.Size > limits.MaxManifest {
		return fmt.Errorf("%s has no config of at most %d bytes, and no platform: %w", image.Digest, limits.MaxManifest, errdef.ErrUnsupported)
	}
	data, err := content.FetchAll(ctx, source, *m.Config)
	if err != nil {
		return fmt.Errorf("config %s: %w", m.Config.Digest, err)
	}
	if err := manifest.CheckElements(data); err != nil {
		return fmt.Errorf("config %s: %w", m.Config.Digest, err)
	}
	var got ocispec.Platform
	if err := json.Unmarshal(data, &got); err != nil {
		return fmt.Errorf("config %s: %w", m.Config.Digest, err)
	}
	if !matches(got, want) {
		return fmt.Errorf("%s is an image for %s, not %s: %w", image.Digest,
			archive.Platform(ocispec.Descriptor{Platform: &got}), archive.Platform(ocispec.Descriptor{Platform: &want}), errdef.ErrNotFound)
	}
	return nil
}
