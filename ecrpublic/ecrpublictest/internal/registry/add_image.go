package registry

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

// AddImage puts a small image, different each time, into a repository, which it
// creates if it is missing, and points the tags at it.
func (s *Store) AddImage(repository string, tags ...string) (digest string, err error) {
	create := &ecrpublic.CreateRepositoryInput{RepositoryName: &repository}
	if err := Check(create); err != nil {
		return "", err
	}
	_, err = s.CreateRepository(create)
	if _, there := errors.AsType[*types.RepositoryAlreadyExistsException](err); err != nil && !there {
		return "", err
	}
	manifest, err := s.smallImage(repository)
	if err != nil {
		return "", err
	}
	put := &ecrpublic.PutImageInput{RepositoryName: &repository, ImageManifest: &manifest}
	if len(tags) == 0 {
		tags = []string{""}
	}
	for _, tag := range tags {
		put.ImageTag = OrAbsent(&tag)
		if err := Check(put); err != nil {
			return "", err
		}
		if _, err := s.PutImage(put); err != nil {
			return "", err
		}
	}
	return DigestOf([]byte(manifest)), nil
}

// smallImage uploads the blobs of a new image, a file with a text that no other
// has, and returns its manifest.
func (s *Store) smallImage(repository string) (manifest string, err error) {
	content := smallLayer(NewUUID())
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

// addBlob adds content as a layer unless it exists.
func (s *Store) addBlob(repository, mediaType string, content []byte) (ocispec.Descriptor, error) {
	desc := ocispec.Descriptor{MediaType: mediaType, Digest: digest.FromBytes(content), Size: int64(len(content))}
	begun, err := s.InitiateLayerUpload(&ecrpublic.InitiateLayerUploadInput{RepositoryName: &repository})
	if err != nil {
		return desc, err
	}
	_, err = s.UploadLayerPart(&ecrpublic.UploadLayerPartInput{
		RepositoryName: &repository, UploadId: begun.UploadId,
		PartFirstByte: new(int64(0)), PartLastByte: new(desc.Size - 1), LayerPartBlob: content,
	})
	if err != nil {
		return desc, err
	}
	_, err = s.CompleteLayerUpload(&ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &repository, UploadId: begun.UploadId, LayerDigests: []string{desc.Digest.String()},
	})
	if _, there := errors.AsType[*types.LayerAlreadyExistsException](err); there {
		err = nil
	}
	return desc, err
}
