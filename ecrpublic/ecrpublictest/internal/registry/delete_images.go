package registry

import (
	"slices"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (s *Store) BatchDeleteImage(in *ecrpublic.BatchDeleteImageInput) (*ecrpublic.BatchDeleteImageOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.repository(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	d := deletion{repository: r, tags: map[string][]string{}, gone: map[string]bool{}}
	d.deleted, d.failures = []types.ImageIdentifier{}, []types.ImageFailure{}
	for _, id := range in.ImageIds {
		if code, reason := d.delete(id); code != "" {
			d.failures = append(d.failures, types.ImageFailure{ImageId: new(id), FailureCode: code, FailureReason: &reason})
		}
	}
	if len(d.deleted) > 0 {
		if err := s.commit(d.change()); err != nil {
			return nil, err
		}
	}
	return &ecrpublic.BatchDeleteImageOutput{ImageIds: d.deleted, Failures: d.failures}, nil
}

// deletion is the plan of a batch: nothing is deleted before all identifiers are
// judged. An identifier sees what those before it deleted, except that an index
// protects its images until the end of the call: that callers who named both
// saw failures suggests so.
type deletion struct {
	repository *repository
	tags       map[string][]string // what is left of the tags of images that lose some
	gone       map[string]bool     // digests of images
	untagged   []string
	deleted    []types.ImageIdentifier
	failures   []types.ImageFailure
}

// delete plans for one identifier; a code says why it cannot be deleted.
func (d *deletion) delete(id types.ImageIdentifier) (types.ImageFailureCode, string) {
	switch {
	case id.ImageDigest == nil && id.ImageTag == nil:
		return types.ImageFailureCodeMissingDigestAndTag, reasonMissingID
	case id.ImageDigest != nil && !digestPattern.matches(*id.ImageDigest):
		return types.ImageFailureCodeInvalidImageDigest, reasonPattern("image digest", digestPattern)
	case id.ImageTag != nil && !imageTagPattern.matches(*id.ImageTag):
		return types.ImageFailureCodeInvalidImageTag, reasonPattern("image tag", imageTagPattern)
	case id.ImageDigest == nil:
		return d.deleteTag(*id.ImageTag)
	}
	img := d.repository.images[*id.ImageDigest]
	if img == nil || d.gone[img.Digest] {
		return types.ImageFailureCodeImageNotFound, reasonNotFound
	}
	if id.ImageTag != nil && !slices.Contains(d.left(img), *id.ImageTag) {
		return types.ImageFailureCodeImageTagDoesNotMatchDigest, reasonTagMismatch
	}
	return d.deleteImage(img)
}

// deleteTag removes a tag, and the image with its last tag.
func (d *deletion) deleteTag(name string) (types.ImageFailureCode, string) {
	t := d.repository.tags[name]
	if t == nil || d.gone[t.Digest] || slices.Contains(d.untagged, name) {
		return types.ImageFailureCodeImageNotFound, reasonNotFound
	}
	img := d.repository.images[t.Digest]
	if len(d.left(img)) == 1 {
		return d.deleteImage(img)
	}
	d.tags[img.Digest] = slices.DeleteFunc(d.left(img), func(n string) bool { return n == name })
	d.untagged = append(d.untagged, name)
	d.deleted = append(d.deleted, types.ImageIdentifier{ImageDigest: &img.Digest, ImageTag: &name})
	return "", ""
}

func (d *deletion) deleteImage(img *Image) (types.ImageFailureCode, string) {
	if len(img.parents) > 0 {
		return types.ImageFailureCodeImageReferencedByManifestList, reasonReferenced(img.indexes())
	}
	d.gone[img.Digest] = true
	tags := d.left(img)
	if len(tags) == 0 {
		d.deleted = append(d.deleted, types.ImageIdentifier{ImageDigest: &img.Digest})
	}
	for _, name := range tags {
		d.deleted = append(d.deleted, types.ImageIdentifier{ImageDigest: &img.Digest, ImageTag: &name})
	}
	return "", ""
}

// left returns the tags of an image that are not deleted yet.
func (d *deletion) left(img *Image) []string {
	if tags, some := d.tags[img.Digest]; some {
		return tags
	}
	return slices.Clone(img.tags)
}

func (d *deletion) change() change {
	c := change{In: d.repository.Name, Untag: d.untagged}
	for digest := range d.gone {
		c.Remove = append(c.Remove, digest)
	}
	return c
}
