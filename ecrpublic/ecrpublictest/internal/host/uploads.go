package host

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// beginUpload starts an upload, and with a digest in the query also ends it.
// Blobs are not mounted from other repositories: such a request starts an upload.
func (h *Host) beginUpload(w http.ResponseWriter, r *http.Request, at resource) error {
	announced := r.URL.Query().Get("digest")
	if announced != "" {
		if err := checkSHA256(announced); err != nil {
			return err
		}
	}
	begun, err := h.store.InitiateLayerUpload(&ecrpublic.InitiateLayerUploadInput{RepositoryName: &at.name})
	if err != nil {
		return err
	}
	at.reference = *begun.UploadId
	if announced == "" {
		setUpload(w, at, 0)
		w.WriteHeader(http.StatusAccepted)
		return nil
	}
	defer h.store.CancelUpload(at.name, at.reference) // the client does not know it
	if _, _, err := h.store.AppendChunk(at.name, at.reference, nil, r.Body); err != nil {
		return err
	}
	return h.finishUpload(w, at, announced)
}

func (h *Host) uploadStatus(w http.ResponseWriter, _ *http.Request, at resource) error {
	size, err := h.store.UploadSize(at.name, at.reference)
	if err != nil {
		return err
	}
	setUpload(w, at, size)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// appendToUpload adds a chunk. ECR responds with another status than the
// specification, and with a range that does not advance: that of the chunk
// alone, which suffices for docker's single chunk.
func (h *Host) appendToUpload(w http.ResponseWriter, r *http.Request, at resource) error {
	added, size, err := h.append(r, at)
	if err != nil {
		return err
	}
	if h.ecr {
		setUpload(w, at, added)
		w.WriteHeader(http.StatusCreated)
		return nil
	}
	setUpload(w, at, size)
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// completeUpload adds the body and turns the upload into a layer.
func (h *Host) completeUpload(w http.ResponseWriter, r *http.Request, at resource) error {
	announced := r.URL.Query().Get("digest")
	if err := checkSHA256(announced); err != nil {
		h.store.CancelUpload(at.name, at.reference)
		return err
	}
	if _, _, err := h.append(r, at); err != nil {
		return err
	}
	return h.finishUpload(w, at, announced)
}

// finishUpload turns an upload into a layer. An existing layer is accepted.
func (h *Host) finishUpload(w http.ResponseWriter, at resource, announced string) error {
	_, err := h.store.CompleteLayerUpload(&ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &at.name, UploadId: &at.reference, LayerDigests: []string{announced},
	})
	if _, there := errors.AsType[*types.LayerAlreadyExistsException](err); err != nil && !there {
		h.store.CancelUpload(at.name, at.reference)
		return err
	}
	w.Header().Set("Docker-Content-Digest", announced)
	w.Header().Set("Location", fmt.Sprintf("/v2/%s/%s/blobs/%s", at.alias, at.name, announced))
	w.WriteHeader(http.StatusCreated)
	return nil
}

func (h *Host) cancelUpload(w http.ResponseWriter, _ *http.Request, at resource) error {
	if _, err := h.store.UploadSize(at.name, at.reference); err != nil {
		return err
	}
	h.store.CancelUpload(at.name, at.reference)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// append adds the body of a request to an upload.
func (h *Host) append(r *http.Request, at resource) (added, size int64, err error) {
	first, err := chunkStart(r)
	if err != nil {
		return 0, 0, err
	}
	return h.store.AppendChunk(at.name, at.reference, first, r.Body)
}

// chunkStart returns where a chunk belongs, or nil when the request does not say.
func chunkStart(r *http.Request) (*int64, error) {
	header := r.Header.Get("Content-Range")
	if header == "" {
		return nil, nil
	}
	positions, _, _ := strings.Cut(strings.TrimPrefix(header, "bytes "), "/")
	from, to, _ := strings.Cut(positions, "-")
	first, err := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	if err != nil || err2 != nil || last < first {
		return nil, errRangeInvalid
	}
	if r.ContentLength >= 0 && last-first+1 != r.ContentLength {
		return nil, errSizeInvalid
	}
	return &first, nil
}

// setUpload says where an upload continues and which bytes it has. None and one
// look the same.
func setUpload(w http.ResponseWriter, at resource, size int64) {
	w.Header().Set("Location", fmt.Sprintf("/v2/%s/%s/blobs/uploads/%s", at.alias, at.name, at.reference))
	w.Header().Set("Docker-Upload-UUID", at.reference)
	w.Header().Set("Range", fmt.Sprintf("0-%d", max(0, size-1)))
}
