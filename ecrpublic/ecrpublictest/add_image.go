package ecrpublictest

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"

	"github.com/opencontainers/go-digest"
	specs "github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// AddImage puts a small image into a repository, points the tags at it, and
// returns its digest. It creates the repository if it is missing, and the image
// is different each time, so that a test can begin with whatever it needs; no
// fault happens to it and no request is recorded. Without tags the image is
// untagged. It fails, as the API does, when a name or a tag is invalid or a
// quota is used up; what it did until then stays.
func (h *Handler) AddImage(repository string, tags ...string) (digest string, err error) {
	create := &ecrpublic.CreateRepositoryInput{RepositoryName: &repository}
	if err := check(create); err != nil {
		return "", err
	}
	_, err = h.store.createRepository(create)
	if _, there := errors.AsType[*types.RepositoryAlreadyExistsException](err); err != nil && !there {
		return "", err
	}
	manifest, err := h.store.smallImage(repository)
	if err != nil {
		return "", err
	}
	put := &ecrpublic.PutImageInput{RepositoryName: &repository, ImageManifest: &manifest}
	if len(tags) == 0 {
		tags = []string{""}
	}
	for _, tag := range tags {
		put.ImageTag = orAbsent(&tag)
		if err := check(put); err != nil {
			return "", err
		}
		if _, err := h.store.putImage(put); err != nil {
			return "", err
		}
	}
	return digestOf([]byte(manifest)), nil
}

// smallImage uploads the blobs of a new image, a file with a text that no other
// has, and returns its manifest.
func (s *store) smallImage(repository string) (manifest string, err error) {
	content := smallLayer(newUUID())
	config, _ := json.Marshal(ocispec.Image{ // texts do not fail
		Platform: ocispec.Platform{Architecture: "amd64", OS: "linux"},
		RootFS:   ocispec.RootFS{Type: "layers", DiffIDs: []digest.Digest{digest.FromBytes(content)}},
	})
	m := ocispec.Manifest{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageManifest}
	if m.Config, err = s.addBlob(repository, ocispec.MediaTypeImageConfig, config); err != nil {
		return "", err
	}
	layer, err := s.addBlob(repository, ocispec.MediaTypeImageLayer, content)
	if err != nil {
		return "", err
	}
	m.Layers = []ocispec.Descriptor{layer}
	text, err := json.Marshal(m)
	return string(text), err
}

// smallLayer is a tar archive of one file.
func smallLayer(text string) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	// Writes into memory do not fail.
	_ = w.WriteHeader(&tar.Header{Name: "id", Mode: 0o644, Size: int64(len(text))})
	_, _ = w.Write([]byte(text))
	_ = w.Close()
	return b.Bytes()
}

// addBlob makes a layer of content, unless it is there already.
func (s *store) addBlob(repository, mediaType string, content []byte) (ocispec.Descriptor, error) {
	desc := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(content), Size: int64(len(content))}
	begun, err := s.initiateLayerUpload(&ecrpublic.InitiateLayerUploadInput{RepositoryName: &repository})
	if err != nil {
		return desc, err
	}
	_, err = s.uploadLayerPart(&ecrpublic.UploadLayerPartInput{
		RepositoryName: &repository, UploadId: begun.UploadId,
		PartFirstByte: new(int64(0)), PartLastByte: new(desc.Size - 1), LayerPartBlob: content,
	})
	if err != nil {
		return desc, err
	}
	_, err = s.completeLayerUpload(&ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &repository, UploadId: begun.UploadId, LayerDigests: []string{desc.Digest.String()},
	})
	if _, there := errors.AsType[*types.LayerAlreadyExistsException](err); there {
		err = nil
	}
	return desc, err
}
