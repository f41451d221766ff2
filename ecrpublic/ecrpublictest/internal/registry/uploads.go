package registry

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (s *Store) InitiateLayerUpload(in *ecrpublic.InitiateLayerUploadInput) (*ecrpublic.InitiateLayerUploadOutput, error) {
	s.dropUploads(s.expired)
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.target(in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	u, err := s.openUpload(r)
	if err != nil {
		return nil, err
	}
	return &ecrpublic.InitiateLayerUploadOutput{UploadId: &u.id, PartSize: aws.Int64(s.Quotas().PartBytes)}, nil
}

func (s *Store) UploadLayerPart(in *ecrpublic.UploadLayerPartInput) (*ecrpublic.UploadLayerPartOutput, error) {
	u, err := s.lockUpload(in.RegistryId, in.RepositoryName, *in.UploadId)
	if err != nil {
		return nil, err
	}
	defer u.mu.Unlock()
	if text := u.misplaced(in); text != nil {
		return nil, s.invalidLayerPart(u, text)
	}
	if limit := s.Quotas().LayerParts; u.parts >= limit {
		return nil, limitExceeded("parts per layer", int64(limit))
	}
	if err := u.writePart(in.LayerPartBlob, s.Quotas().LayerBytes); err != nil {
		return nil, err
	}
	u.count(int64(len(in.LayerPartBlob)), s.Quotas().MinPartBytes)
	return &ecrpublic.UploadLayerPartOutput{
		RegistryId:       aws.String(s.config.Account),
		RepositoryName:   in.RepositoryName,
		UploadId:         in.UploadId,
		LastByteReceived: u.lastByte(),
	}, nil
}

// misplaced returns why a part does not fit: it does not follow the bytes there
// are, or its length is not that of its positions. Nil means that it fits.
func (u *upload) misplaced(in *ecrpublic.UploadLayerPartInput) *string {
	if *in.PartFirstByte != u.size || u.busy {
		return wrongFirstByte(*in.PartFirstByte, u.size)
	}
	got, want := int64(len(in.LayerPartBlob)), *in.PartLastByte-*in.PartFirstByte+1
	if got != want {
		return wrongPartSize(got, want)
	}
	return nil
}

func (s *Store) invalidLayerPart(u *upload, text *string) error {
	return &types.InvalidLayerPartException{
		Message:               text,
		RegistryId:            aws.String(s.config.Account),
		RepositoryName:        &u.repositoryName,
		UploadId:              &u.id,
		LastValidByteReceived: u.lastByte(),
	}
}

// CompleteLayerUpload turns an upload into a layer. A permanent refusal ends the
// upload, which frees its bytes; that the service does the same is a guess.
func (s *Store) CompleteLayerUpload(in *ecrpublic.CompleteLayerUploadInput) (*ecrpublic.CompleteLayerUploadOutput, error) {
	u, err := s.lockUpload(in.RegistryId, in.RepositoryName, *in.UploadId)
	if err != nil {
		return nil, err
	}
	defer u.mu.Unlock()
	if u.busy {
		return nil, s.invalidLayerPart(u, wrongFirstByte(u.size, u.size))
	}
	if u.size == 0 && !s.config.Lenient {
		return nil, emptyUpload(u.id, u.repositoryName, s.config.Account)
	}
	digest, err := s.finishUpload(u, in.LayerDigests)
	if err != nil {
		return nil, err
	}
	return &ecrpublic.CompleteLayerUploadOutput{
		RegistryId:     aws.String(s.config.Account),
		RepositoryName: in.RepositoryName,
		UploadId:       in.UploadId,
		LayerDigest:    &digest,
	}, nil
}

// finishUpload turns an upload into a layer and ends it in any case. The caller
// holds the upload's lock and not the store's.
func (s *Store) finishUpload(u *upload, announced []string) (digest string, err error) {
	defer s.forgetUpload(u)
	defer u.end()
	if u.small && !s.config.Lenient {
		return "", layerPartTooSmall()
	}
	if digest, err = u.hash.digest(); err != nil {
		return "", serverError(err)
	}
	if !anyMatches(announced, digest) {
		return "", invalidLayer()
	}
	if err := u.draft.Seal(); err != nil {
		return "", serverError(err)
	}
	return digest, s.addLayer(u, digest)
}

func (s *Store) addLayer(u *upload, digest string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.repositories[u.repositoryName]
	if r == nil || r.ID != u.repositoryID {
		return RepositoryNotFound(u.repositoryName, s.config.Account)
	}
	if r.layers[digest] != nil {
		return layerAlreadyExists(digest, r.Name, s.config.Account)
	}
	if err := u.draft.Keep(digest); err != nil {
		s.removeUnheld(digest)
		return serverError(err)
	}
	if err := s.commit(change{In: r.Name, Layer: &layer{Digest: digest, Size: u.size}}); err != nil {
		s.removeUnheld(digest)
		return err
	}
	return nil
}

// anyMatches reports whether one of the digests that a layer was announced with is
// right. Digests of other algorithms than sha256 are not checked, as private ECR
// does not check them.
func anyMatches(announced []string, computed string) bool {
	return slices.ContainsFunc(announced, func(digest string) bool {
		return strings.EqualFold(digest, computed) || !strings.HasPrefix(digest, "sha256:")
	})
}
