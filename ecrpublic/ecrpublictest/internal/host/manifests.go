package host

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

// identify reads the last part of a manifest's path.
func identify(reference string) (types.ImageIdentifier, error) {
	if limits.IsDigest(reference) {
		return types.ImageIdentifier{ImageDigest: &reference}, checkSHA256(reference)
	}
	return types.ImageIdentifier{ImageTag: &reference}, nil
}

// getManifest serves GET and HEAD. Responses of ECR Public to GET were seen
// without the digest, unlike those to HEAD; here GET omits it for tags.
func (h *Host) getManifest(w http.ResponseWriter, r *http.Request, at resource) error {
	id, err := identify(at.reference)
	if err != nil {
		return err
	}
	img, err := h.store.Manifest(at.name, id)
	if err != nil {
		return err
	}
	if !h.ecr || r.Method == http.MethodHead || id.ImageDigest != nil {
		w.Header().Set("Docker-Content-Digest", img.Digest)
	}
	w.Header().Set("Content-Type", img.MediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(img.Manifest)))
	_, _ = w.Write(img.Manifest)
	return nil
}

// putManifest puts an image as the API does, and accepts an existing one, as
// container tools expect.
func (h *Host) putManifest(w http.ResponseWriter, r *http.Request, at resource) error {
	id, err := identify(at.reference)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limits.MaxManifest))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return errTooLarge
	}
	if err != nil {
		return err
	}
	mediaType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	in := &ecrpublic.PutImageInput{
		RepositoryName: &at.name, ImageTag: id.ImageTag, ImageDigest: id.ImageDigest,
		ImageManifest: new(string(text)), ImageManifestMediaType: registry.OrAbsent(&mediaType),
	}
	if err := registry.Check(in); err != nil {
		return err
	}
	_, err = h.store.PutManifest(in)
	if _, there := errors.AsType[*types.ImageAlreadyExistsException](err); err != nil && !there {
		return err
	}
	digest := registry.DigestOf(text)
	if subject := h.store.SubjectOf(at.name, digest); subject != "" {
		w.Header().Set("OCI-Subject", subject)
	}
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("Location", fmt.Sprintf("/v2/%s/%s/manifests/%s", at.alias, at.name, digest))
	w.WriteHeader(http.StatusCreated)
	return nil
}

// deleteManifest deletes as the API does. Private ECR does; whether ECR Public
// does is not known.
func (h *Host) deleteManifest(w http.ResponseWriter, _ *http.Request, at resource) error {
	id, err := identify(at.reference)
	if err != nil {
		return err
	}
	out, err := h.store.BatchDeleteImage(&ecrpublic.BatchDeleteImageInput{RepositoryName: &at.name, ImageIds: []types.ImageIdentifier{id}})
	if err != nil {
		return err
	}
	if len(out.Failures) > 0 { // there was one identifier
		return deletionError(out.Failures[0])
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

func deletionError(failure types.ImageFailure) error {
	if failure.FailureCode == types.ImageFailureCodeImageNotFound {
		return &hostError{http.StatusNotFound, "MANIFEST_UNKNOWN", *failure.FailureReason}
	}
	return &hostError{http.StatusMethodNotAllowed, "UNSUPPORTED", *failure.FailureReason}
}
