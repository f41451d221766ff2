package imagepush

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/opencontainers/go-digest"
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

func parsePlatform(text string) (ocispec.Platform, error) {
	os, architecture, variant, ok := limits.SplitPlatform(text)
	if !ok {
		return ocispec.Platform{}, fmt.Errorf("Platform %q: want %s", text, limits.PlatformForm)
	}
	return ocispec.Platform{OS: os, Architecture: architecture, Variant: variant}, nil
}

// matches accepts any variant if none is requested.
func matches(got, want ocispec.Platform) bool {
	return got.OS == want.OS && got.Architecture == want.Architecture && (want.Variant == "" || variant(got) == variant(want))
}

// variant returns the variant of a platform, or "" if it is the usual one of its
// architecture, which indexes and configs often leave out.
func variant(p ocispec.Platform) string {
	switch p.Architecture + "/" + p.Variant {
	case "amd64/v1", "arm/v7", "arm64/v8":
		return ""
	}
	return p.Variant
}

// childFor finds the image of an index, or of one below it, for a platform. Where the
// index does not say the platform, the config does. Of several children, the only
// complete one of a [Source] is meant.
func childFor(ctx context.Context, source content.Fetcher, root ocispec.Descriptor, want ocispec.Platform) (ocispec.Descriptor, error) {
	children, err := imagesOf(ctx, source, root)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	found, err := childrenFor(ctx, source, children, want)
	if err != nil {
		return ocispec.Descriptor{}, err
	}
	found = distinct(found)
	disk, isSource := source.(*Source)
	if isSource && len(found) > 1 {
		complete := slices.DeleteFunc(slices.Clone(found), func(child ocispec.Descriptor) bool { return disk.layout.CheckComplete(root, child) != nil })
		if len(complete) == 1 {
			return complete[0], nil
		}
	}
	switch {
	case len(found) > 1:
		return ocispec.Descriptor{}, fmt.Errorf("index %s has %d images for %s: %w: choose one by digest: %s", root.Digest, len(found), platformText(want), errdef.ErrMissingReference, listed(found))
	case len(found) == 0 && isSource:
		return ocispec.Descriptor{}, fmt.Errorf("index %s has no image for %s: %w; %s", root.Digest, platformText(want), errdef.ErrNotFound, disk.layout.Choices(root))
	case len(found) == 0:
		return ocispec.Descriptor{}, fmt.Errorf("index %s has no image for %s: %w; it has %s", root.Digest, platformText(want), errdef.ErrNotFound, listed(children))
	case isSource:
		return found[0], disk.layout.CheckComplete(root, found[0])
	}
	return found[0], nil
}

// imagesOf returns the children of an index without attestations, and those of the
// indexes below it. An image that is listed for several platforms is there for each.
func imagesOf(ctx context.Context, source content.Fetcher, root ocispec.Descriptor) (images []ocispec.Descriptor, err error) {
	const maxIndexes, maxImages = 100, 20_000
	seen := map[string]bool{}
	next := []ocispec.Descriptor{root}
	for read := 0; read < len(next); read++ {
		_, index, err := manifest.Fetch(ctx, source, next[read])
		if _, ok := source.(*Source); ok && read > 0 && errors.Is(err, errdef.ErrNotFound) {
			continue // nothing below it can be pushed
		}
		if err != nil {
			return nil, err
		}
		for _, child := range index.Manifests {
			key := child.Digest.String()
			if !manifest.IsIndex(child.MediaType) {
				key = listed([]ocispec.Descriptor{child})
			}
			switch {
			case seen[key] || archive.IsAttestation(child):
			case manifest.IsIndex(child.MediaType):
				next = append(next, child)
			default:
				images = append(images, child)
			}
			seen[key] = true
		}
		if len(next) > maxIndexes || len(images) > maxImages {
			return nil, fmt.Errorf("index %s has more than %d indexes or %d images below it: %w", root.Digest, maxIndexes, maxImages, errdef.ErrSizeExceedsLimit)
		}
	}
	return images, nil
}

// childrenFor returns the children for a platform. It reads configs only if the index
// names no child for it, and there are children for which it says nothing.
func childrenFor(ctx context.Context, source content.Fetcher, children []ocispec.Descriptor, want ocispec.Platform) (found []ocispec.Descriptor, err error) {
	var silent []ocispec.Descriptor
	for _, child := range children {
		switch {
		case child.Platform != nil && child.Platform.OS != "":
			if matches(*child.Platform, want) {
				found = append(found, child)
			}
		case manifest.IsImage(child.MediaType):
			silent = append(silent, child)
		}
	}
	if len(found) > 0 {
		return ofVariant(found, want.Variant), nil
	}
	for _, child := range silent {
		got, err := platformOf(ctx, source, child)
		if _, ok := source.(*Source); ok && errors.Is(err, errdef.ErrNotFound) {
			continue // it cannot be pushed anyway
		}
		if err != nil {
			return nil, err
		}
		if matches(got, want) {
			child.Platform = &got
			found = append(found, child)
		}
	}
	return ofVariant(found, want.Variant), nil
}

// ofVariant keeps the children that state a requested variant, if there are any: beside
// them, one without a variant is of another.
func ofVariant(found []ocispec.Descriptor, variant string) []ocispec.Descriptor {
	var stated []ocispec.Descriptor
	for _, child := range found {
		if child.Platform.Variant == variant {
			stated = append(stated, child)
		}
	}
	if variant == "" || len(stated) == 0 {
		return found
	}
	return stated
}

// distinct drops what is there before.
func distinct(children []ocispec.Descriptor) []ocispec.Descriptor {
	seen := map[digest.Digest]bool{}
	return slices.DeleteFunc(children, func(child ocispec.Descriptor) bool {
		again := seen[child.Digest]
		seen[child.Digest] = true
		return again
	})
}

// listed lists children for an error, and not too many.
func listed(children []ocispec.Descriptor) string {
	var all []string
	for _, child := range children[:min(len(children), maxNamed)] {
		all = append(all, archive.Platform(child)+" "+child.Digest.String())
	}
	return strings.Join(all, ", ")
}

func platformText(p ocispec.Platform) string {
	return archive.Platform(ocispec.Descriptor{Platform: &p})
}

// checkPlatform checks the platform in an image's config.
func checkPlatform(ctx context.Context, source content.Fetcher, image ocispec.Descriptor, want ocispec.Platform) error {
	got, err := platformOf(ctx, source, image)
	if err == nil && !matches(got, want) {
		err = fmt.Errorf("%s is an image for %s, not %s: %w", image.Digest, platformText(got), platformText(want), errdef.ErrNotFound)
	}
	return err
}

// platformOf reads the platform in an image's config.
func platformOf(ctx context.Context, source content.Fetcher, image ocispec.Descriptor) (platform ocispec.Platform, err error) {
	_, m, err := manifest.Fetch(ctx, source, image)
	if err != nil {
		return platform, err
	}
	if m.Config == nil || m.Config.Size > limits.MaxManifest {
		return platform, fmt.Errorf("%s has no config of at most %d bytes, and no platform: %w", image.Digest, limits.MaxManifest, errdef.ErrUnsupported)
	}
	data, err := manifest.FetchAll(ctx, source, *m.Config)
	if err != nil {
		return platform, fmt.Errorf("config %s: %w", m.Config.Digest, err)
	}
	if err := manifest.CheckElements(data); err != nil {
		return platform, fmt.Errorf("config %s: %w", m.Config.Digest, err)
	}
	if err := json.Unmarshal(data, &platform); err != nil {
		return platform, fmt.Errorf("config %s: %w", m.Config.Digest, err)
	}
	return platform, nil
}
