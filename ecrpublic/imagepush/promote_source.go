package imagepush

import (
	"bytes"
	"context"
	"io"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// registrySource is a repository on the registry host, as a source of one
// image.
type registrySource struct {
	reader RegistryReader
	ref    imageref.Reference
	root   registry.Manifest // of ref, so that it is not read again
}

// at is the reference of content of a digest.
func (s registrySource) at(d digest.Digest) imageref.Reference {
	ref := s.ref
	ref.Tag, ref.Digest = "", d.String()
	return ref
}

// Fetch opens a manifest or a blob.
func (s registrySource) Fetch(ctx context.Context, desc ocispec.Descriptor) (io.ReadCloser, error) {
	if !isManifest(desc) {
		return s.reader.Blob(ctx, s.at(desc.Digest), desc.Digest)
	}
	m := s.root
	if m.Descriptor.Digest != desc.Digest {
		var err error
		if m, err = s.reader.Manifest(ctx, s.at(desc.Digest)); err != nil {
			return nil, err
		}
	}
	return io.NopCloser(bytes.NewReader(m.Content)), nil
}

// Exists reports whether there is content of a digest, and of a size if it is a
// manifest.
func (s registrySource) Exists(ctx context.Context, desc ocispec.Descriptor) (bool, error) {
	rc, err := s.Fetch(ctx, desc)
	if registry.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if isManifest(desc) {
		n, err := io.Copy(io.Discard, rc)
		return err == nil && n == desc.Size, err
	}
	return true, rc.Close()
}

// Referrers lists the referrers of a manifest.
func (s registrySource) Referrers(ctx context.Context, desc ocispec.Descriptor, artifactType string, fn func([]ocispec.Descriptor) error) error {
	var all []ocispec.Descriptor
	for referrer, err := range s.reader.Referrers(ctx, s.at(desc.Digest), artifactType) {
		if err != nil {
			return err
		}
		if all = append(all, bare(referrer)); len(all) > maxManifests {
			break // fn refuses so many
		}
	}
	return fn(all)
}
