package registry

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/types"
)

// PutImage puts an image for the API.
func (s *Store) PutImage(in *ecrpublic.PutImageInput) (*ecrpublic.PutImageOutput, error) {
	return s.putImage(in, func(*Image) error { return nil })
}

// PutManifest puts an image for the registry host.
func (s *Store) PutManifest(in *ecrpublic.PutImageInput) (*ecrpublic.PutImageOutput, error) {
	return s.putImage(in, s.checkLayers)
}

// checkLayers refuses an image without layers, on the registry host alone. Private
// ECR was seen to refuse docker's pushes of such images (P werf/werf#2558,
// aws/containers-roadmap#876). Nobody reported a call of PutImage with one. The text
// of the refusal names a member of PutImage, so the API may refuse it as well, but
// that is a guess (I), and until it is seen the API accepts what its model allows.
func (s *Store) checkLayers(img *Image) error {
	if img.layerless() && !s.config.Lenient {
		return noLayers()
	}
	return nil
}

// putImage checks in the order that the service appears to have; check is a check
// of the caller's own.
func (s *Store) putImage(in *ecrpublic.PutImageInput, check func(*Image) error) (*ecrpublic.PutImageOutput, error) {
	if err := checkImageName(in.ImageTag, in.ImageDigest); err != nil {
		return nil, err
	}
	if in.ImageTag != nil && !servedTagPattern.matches(*in.ImageTag) {
		return nil, invalidParameter("imageTag", mustMatch(servedTagPattern.text))
	}
	text := []byte(*in.ImageManifest)
	m, err := parseManifest(text)
	if err != nil {
		return nil, err
	}
	img := &Image{Digest: DigestOf(text), Manifest: text}

	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.target(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	if img.MediaType, err = mediaTypeOf(m, in.ImageManifestMediaType); err != nil {
		return nil, err
	}
	if in.ImageDigest != nil && *in.ImageDigest != img.Digest {
		return nil, imageDigestDoesNotMatch(*in.ImageDigest, img.Digest)
	}
	if img.references, err = referencesOf(m, img.MediaType); err != nil {
		return nil, err
	}
	if err := check(img); err != nil {
		return nil, err
	}
	if err := s.checkPut(r, img, in.ImageTag); err != nil {
		return nil, err
	}
	if err := s.commit(s.put(r, img, in.ImageTag)); err != nil {
		return nil, err
	}
	return &ecrpublic.PutImageOutput{Image: &types.Image{
		RegistryId:             aws.String(s.config.Account),
		RepositoryName:         in.RepositoryName,
		ImageId:                &types.ImageIdentifier{ImageDigest: &img.Digest, ImageTag: in.ImageTag},
		ImageManifest:          in.ImageManifest,
		ImageManifestMediaType: &img.MediaType,
	}}, nil
}

// checkImageName applies the service's patterns, which its model does not have.
func checkImageName(tag, digest *string) error {
	if tag != nil && !imageTagPattern.matches(*tag) {
		return invalidParameter("imageTag", mustMatch(imageTagPattern.text))
	}
	if digest != nil && !digestPattern.matches(*digest) {
		return invalidParameter("imageDigest", mustMatch(digestPattern.text))
	}
	return nil
}

func mediaTypeOf(m manifest.Manifest, given *string) (string, error) {
	if given != nil {
		return *given, nil
	}
	if m.MediaType == "" {
		return "", invalidManifest()
	}
	return m.MediaType, nil
}

// checkPut reports whether an image may be put into a repository under a tag; nil
// is none.
func (s *Store) checkPut(r *repository, img *Image, name *string) error {
	if missing := r.missingLayers(img); missing != nil {
		return layersNotFound(missing, r.Name, s.config.Account)
	}
	if missing := r.missingImages(img); missing != nil {
		return referencedImagesNotFound(missing, r.Name, s.config.Account)
	}
	have := r.images[img.Digest]
	if have == nil {
		if limit := s.Quotas().ImagesPerRepository; len(r.images) >= limit {
			return limitExceeded("images per repository", int64(limit))
		}
		return nil
	}
	if name == nil || r.tags[*name] != nil && r.tags[*name].Digest == img.Digest {
		return imageAlreadyExists(img.Digest, name, r.Name, s.config.Account)
	}
	if limit := s.Quotas().TagsPerImage; len(have.tags) >= limit {
		return tooManyTagsOfImage(*name, r.Name, s.config.Account, limit)
	}
	return nil
}

func (r *repository) missingLayers(img *Image) (missing []string) {
	for _, blob := range img.blobs {
		if !blob.foreign && r.layers[blob.digest] == nil {
			missing = append(missing, blob.digest)
		}
	}
	return missing
}

func (r *repository) missingImages(img *Image) (missing []string) {
	for _, child := range img.children {
		if r.images[child] == nil {
			missing = append(missing, child)
		}
	}
	return missing
}

// put is the change that stores an image, if it is new, and then sets its tag.
func (s *Store) put(r *repository, img *Image, name *string) change {
	now := s.Now()
	c := change{In: r.Name}
	if r.images[img.Digest] == nil {
		img.PushedAt = now
		c.Image = img
	}
	if name != nil {
		c.Tag = &tag{Name: *name, Digest: img.Digest, SetAt: now}
	}
	return c
}

// DigestOf returns the digest of a manifest.
func DigestOf(manifest []byte) string { return digest.FromBytes(manifest).String() }
