package ecrpublictest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"strings"

	"cuelabs.dev/go/oci/ociregistry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// backend is the store as the OCI's server sees it. Its repositories are named
// ALIAS/NAME. What it does not have, such as the catalog, is refused as
// unsupported.
type backend struct {
	*ociregistry.Funcs
	store *store
}

// split takes a repository's name apart. The alias counts as an account does in
// the API, so that the store tells it apart from a foreign one.
func split(repo string) (alias, name string) {
	alias, name, _ = strings.Cut(repo, "/")
	return alias, name
}

// repository finds a repository. An unknown alias is echoed as if it were an
// account. The caller holds the store's lock.
func (b backend) repository(repo string) (*repository, error) {
	alias, name := split(repo)
	if !b.store.config.hasAlias(alias) {
		return nil, repositoryNotFound(name, alias)
	}
	r := b.store.repositories[name]
	if r == nil {
		return nil, repositoryNotFound(name, b.store.config.account)
	}
	return r, nil
}

// octets is the media type of blobs, whatever images say of them.
const octets = "application/octet-stream"

func (b backend) ResolveBlob(_ context.Context, repo string, digest ociregistry.Digest) (ociregistry.Descriptor, error) {
	_, desc, err := b.blob(repo, digest)
	return desc, err
}

// blob finds a layer and the id of the repository that holds it.
func (b backend) blob(repo string, digest ociregistry.Digest) (repositoryID string, desc ociregistry.Descriptor, err error) {
	b.store.mu.RLock()
	defer b.store.mu.RUnlock()
	r, err := b.repository(repo)
	if err != nil {
		return "", ociregistry.Descriptor{}, err
	}
	l := r.layers[string(digest)]
	if l == nil {
		return "", ociregistry.Descriptor{}, ociregistry.ErrBlobUnknown
	}
	return r.ID, ociregistry.Descriptor{MediaType: octets, Digest: digest, Size: l.Size}, nil
}

func (b backend) GetBlob(ctx context.Context, repo string, digest ociregistry.Digest) (ociregistry.BlobReader, error) {
	return b.GetBlobRange(ctx, repo, digest, 0, -1)
}

func (b backend) GetBlobRange(_ context.Context, repo string, digest ociregistry.Digest, from, to int64) (ociregistry.BlobReader, error) {
	id, desc, err := b.blob(repo, digest)
	if err != nil {
		return nil, err
	}
	if to < 0 || to > desc.Size {
		to = desc.Size
	}
	if from > 0 && from >= to {
		return nil, ociregistry.ErrRangeInvalid
	}
	content, err := b.store.content.Open(id, string(digest))
	if err != nil {
		return nil, err
	}
	if _, err := content.Seek(from, io.SeekStart); err != nil {
		return nil, errors.Join(err, content.Close())
	}
	return reader{io.LimitReader(content, to-from), content, desc}, nil
}

// reader is a blob or a manifest, opened.
type reader struct {
	io.Reader
	io.Closer
	desc ociregistry.Descriptor
}

func (r reader) Descriptor() ociregistry.Descriptor { return r.desc }

func (b backend) GetManifest(_ context.Context, repo string, digest ociregistry.Digest) (ociregistry.BlobReader, error) {
	return b.openManifest(repo, types.ImageIdentifier{ImageDigest: new(string(digest))})
}

func (b backend) GetTag(_ context.Context, repo, tag string) (ociregistry.BlobReader, error) {
	return b.openManifest(repo, types.ImageIdentifier{ImageTag: &tag})
}

func (b backend) ResolveManifest(_ context.Context, repo string, digest ociregistry.Digest) (ociregistry.Descriptor, error) {
	_, desc, err := b.manifest(repo, types.ImageIdentifier{ImageDigest: new(string(digest))})
	return desc, err
}

func (b backend) ResolveTag(_ context.Context, repo, tag string) (ociregistry.Descriptor, error) {
	_, desc, err := b.manifest(repo, types.ImageIdentifier{ImageTag: &tag})
	return desc, err
}

func (b backend) openManifest(repo string, id types.ImageIdentifier) (ociregistry.BlobReader, error) {
	text, desc, err := b.manifest(repo, id)
	if err != nil {
		return nil, err
	}
	return reader{bytes.NewReader(text), io.NopCloser(nil), desc}, nil
}

func (b backend) manifest(repo string, id types.ImageIdentifier) ([]byte, ociregistry.Descriptor, error) {
	b.store.mu.RLock()
	defer b.store.mu.RUnlock()
	r, err := b.repository(repo)
	if err != nil {
		return nil, ociregistry.Descriptor{}, err
	}
	img := r.find(id)
	if img == nil {
		return nil, ociregistry.Descriptor{}, ociregistry.NewError(reasonNotFound, ociregistry.ErrManifestUnknown.Code(), nil)
	}
	return img.Manifest, img.descriptor(), nil
}

func (img *image) descriptor() ociregistry.Descriptor {
	return ociregistry.Descriptor{MediaType: img.MediaType, Digest: ociregistry.Digest(img.Digest), Size: int64(len(img.Manifest))}
}

// PushManifest puts an image as the API does, and takes one that is there
// already, which container tools expect.
func (b backend) PushManifest(_ context.Context, repo, tag string, text []byte, mediaType string) (ociregistry.Descriptor, error) {
	if err := b.exists(repo); err != nil {
		return ociregistry.Descriptor{}, err
	}
	alias, name := split(repo)
	in := &ecrpublic.PutImageInput{
		RegistryId:     &alias,
		RepositoryName: &name,
		ImageManifest:  new(string(text)),
		ImageTag:       orAbsent(&tag),
	}
	if mediaType != octets { // which is what no Content-Type becomes
		in.ImageManifestMediaType = &mediaType
	}
	_, err := b.store.putImage(in)
	if _, there := errors.AsType[*types.ImageAlreadyExistsException](err); err != nil && !there {
		return ociregistry.Descriptor{}, err
	}
	digest := ociregistry.Digest(digestOf(text))
	return ociregistry.Descriptor{MediaType: mediaType, Digest: digest, Size: int64(len(text))}, nil
}

func (b backend) exists(repo string) error {
	b.store.mu.RLock()
	defer b.store.mu.RUnlock()
	_, err := b.repository(repo)
	return err
}

// Tags lists tags by name, a batch of them under each lock.
func (b backend) Tags(_ context.Context, repo, after string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for {
			names, err := b.tagsAfter(repo, after)
			if err != nil {
				yield("", err)
				return
			}
			for _, name := range names {
				if !yield(name, nil) {
					return
				}
			}
			if len(names) == 0 {
				return
			}
			after = names[len(names)-1]
		}
	}
}

func (b backend) tagsAfter(repo, name string) ([]string, error) {
	b.store.mu.RLock()
	defer b.store.mu.RUnlock()
	r, err := b.repository(repo)
	if err != nil {
		return nil, err
	}
	rest := r.tagNames.keys[r.tagNames.after(name):]
	return append([]string(nil), rest[:min(len(rest), maxTagPage+1)]...), nil
}

// Referrers lists the images whose subject is the given one, which need not be
// there.
func (b backend) Referrers(_ context.Context, repo string, subject ociregistry.Digest, artifactType string) iter.Seq2[ociregistry.Descriptor, error] {
	return func(yield func(ociregistry.Descriptor, error) bool) {
		found, err := b.referrers(repo, string(subject), artifactType)
		if err != nil {
			yield(ociregistry.Descriptor{}, err)
			return
		}
		for _, desc := range found {
			if !yield(desc, nil) {
				return
			}
		}
	}
}

func (b backend) referrers(repo, subject, artifactType string) ([]ociregistry.Descriptor, error) {
	b.store.mu.RLock()
	defer b.store.mu.RUnlock()
	r, err := b.repository(repo)
	if err != nil {
		return nil, err
	}
	var found []ociregistry.Descriptor
	for _, img := range r.imageOrder.values {
		if img.subject == subject && (artifactType == "" || artifactType == img.artifactType) {
			desc := img.descriptor()
			desc.ArtifactType, desc.Annotations = img.artifactType, img.annotations
			found = append(found, desc)
		}
	}
	return found, nil
}
