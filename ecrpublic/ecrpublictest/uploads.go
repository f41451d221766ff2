package ecrpublictest

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

func (s *store) initiateLayerUpload(in *ecrpublic.InitiateLayerUploadInput) (*ecrpublic.InitiateLayerUploadOutput, error) {
	s.dropUploads(s.expired)
	s.mu.Lock()
	defer s.mu.Unlock()
	r, err := s.repository("InitiateLayerUpload", in.RegistryId, in.RepositoryName)
	if err != nil {
		return nil, err
	}
	u, err := s.openUpload(r)
	if err != nil {
		return nil, err
	}
	return &ecrpublic.InitiateLayerUploadOutput{UploadId: &u.id, PartSize: aws.Int64(s.config.quotas.PartBytes)}, nil
}

// uploadLayerPart answers before the part is written, and holds its bytes until
// then.
func (s *store) uploadLayerPart(in *ecrpublic.UploadLayerPartInput, hold func() (release func())) (*ecrpublic.UploadLayerPartOutput, error) {
	u, err := s.lockUpload("UploadLayerPart", in.RegistryId, in.RepositoryName, *in.UploadId)
	if err != nil {
		return nil, err
	}
	defer u.mu.Unlock()
	if text := u.misplaced(in); text != nil {
		return nil, s.invalidLayerPart(u, text)
	}
	if limit := s.config.quotas.LayerParts; u.parts >= limit {
		return nil, limitExceeded("parts per layer", int64(limit))
	}
	if err := u.writeBehind(in.LayerPartBlob, s.config.quotas.LayerBytes, hold); err != nil {
		return nil, err
	}
	u.small = u.small || u.parts > 0 && u.last < s.config.quotas.MinPartBytes
	u.last = int64(len(in.LayerPartBlob))
	u.parts++
	return &ecrpublic.UploadLayerPartOutput{
		RegistryId:       aws.String(s.config.account),
		RepositoryName:   in.RepositoryName,
		UploadId:         in.UploadId,
		LastByteReceived: u.lastByte(),
	}, nil
}

// misplaced tells why a part does not fit: it does not follow the bytes there
// are, or its length is not that of its positions. Nil means that it fits.
func (u *upload) misplaced(in *ecrpublic.UploadLayerPartInput) *string {
	if *in.PartFirstByte != u.size {
		return wrongFirstByte(*in.PartFirstByte, u.size)
	}
	got, want := int64(len(in.LayerPartBlob)), *in.PartLastByte-*in.PartFirstByte+1
	if got != want {
		return wrongPartSize(got, want)
	}
	return nil
}

func (s *store) invalidLayerPart(u *upload, text *string) error {
	return &types.InvalidLayerPartException{
		Message:               text,
		RegistryId:            aws.String(s.config.account),
		RepositoryName:        &u.repositoryName,
		UploadId:              &u.id,
		LastValidByteReceived: u.lastByte(),
	}
}

func (s *store) completeLayerUpload(in *ecrpublic.CompleteLayerUploadInput) (*ecrpublic.CompleteLayerUploadOutput, error) {
	u, err := s.lockUpload("CompleteLayerUpload", in.RegistryId, in.RepositoryName, *in.UploadId)
	if err != nil {
		return nil, err
	}
	defer u.mu.Unlock()
	if u.size == 0 {
		return nil, emptyUpload(u.id)
	}
	if u.small {
		return nil, layerPartTooSmall()
	}
	digest, err := s.finishUpload(u, in.LayerDigests)
	if err != nil {
		return nil, err
	}
	return &ecrpublic.CompleteLayerUploadOutput{
		RegistryId:     aws.String(s.config.account),
		RepositoryName: in.RepositoryName,
		UploadId:       in.UploadId,
		LayerDigest:    &digest,
	}, nil
}

// finishUpload makes a layer of an upload and ends it, also when the digest is
// wrong or the layer was there before; that a wrong digest ends it is a guess.
// The caller holds the upload's lock and not the store's.
func (s *store) finishUpload(u *upload, announced []string) (digest string, err error) {
	defer u.end()
	if err := u.settle(); err != nil {
		s.forgetUpload(u)
		return "", err
	}
	digest = u.digest()
	if !anyMatches(announced, digest) {
		s.forgetUpload(u)
		return "", invalidLayer()
	}
	if err := u.draft.Seal(); err != nil {
		return "", serverError(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, u.id)
	r := s.repositories[u.repositoryName]
	if r == nil || r.ID != u.repositoryID {
		return "", repositoryNotFound(u.repositoryName, s.config.account)
	}
	if r.layers[digest] != nil {
		return "", layerAlreadyExists(digest, r.Name, s.config.account)
	}
	if err := u.draft.Keep(r.ID, digest); err != nil {
		return "", serverError(err)
	}
	return digest, s.commit(change{In: r.Name, Layer: &layer{Digest: digest, Size: u.size}})
}

func (s *store) forgetUpload(u *upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.uploads, u.id)
}

// anyMatches tells whether one of the digests that a layer was announced with is
// right. Digests of other algorithms than sha256 are not checked, as private ECR
// does not check them.
func anyMatches(announced []string, computed string) bool {
	return slices.ContainsFunc(announced, func(digest string) bool {
		return strings.EqualFold(digest, computed) || !strings.HasPrefix(digest, "sha256:")
	})
}
