package host

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/opencontainers/go-digest"
	specs "github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/paginators"
)

// listTags lists tags in pages of 100 by default and 1,000 at most, both as seen
// on private ECR.
func (h *Host) listTags(w http.ResponseWriter, r *http.Request, at resource) error {
	query := r.URL.Query()
	list, size := h.tagsByName, registry.DefaultPage
	if h.ecr {
		list = h.tagsOfAPI
	}
	if text := query.Get("n"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return &hostError{http.StatusMethodNotAllowed, "UNSUPPORTED", "The number of tags is not valid"}
		}
		size = int(n)
	}
	tags, last, err := list(at.name, size, query.Get("last"))
	if err != nil {
		return err
	}
	if last != "" {
		next := url.URL{Path: r.URL.Path, RawQuery: url.Values{"n": {strconv.Itoa(size)}, "last": {last}}.Encode()}
		if h.ecr {
			next.Scheme, next.Host = schemeOf(r), r.Host
		}
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next"`, &next))
	}
	return writeJSON(w, "application/json", map[string]any{"name": at.alias + "/" + at.name, "tags": tags})
}

// tagsOfAPI lists tags as the API does: in no order, after an opaque token.
func (h *Host) tagsOfAPI(name string, size int, last string) (tags []string, next string, err error) {
	in := &ecrpublic.DescribeImageTagsInput{RepositoryName: &name, MaxResults: new(int32(size)), NextToken: registry.OrAbsent(&last)}
	if err := registry.Check(in); err != nil {
		return nil, "", err
	}
	out, err := h.store.DescribeImageTags(in)
	if err != nil {
		return nil, "", err
	}
	tags = make([]string, len(out.ImageTagDetails))
	for i, detail := range out.ImageTagDetails {
		tags[i] = *detail.ImageTag
	}
	if out.NextToken != nil {
		next = *out.NextToken
	}
	return tags, next, nil
}

// tagsByName lists tags as the specification says: sorted, after the last one.
func (h *Host) tagsByName(name string, size int, last string) (tags []string, next string, err error) {
	if size < 0 {
		return nil, "", &hostError{http.StatusBadRequest, "UNSUPPORTED", "The number of tags is negative"}
	}
	tags, more, err := h.store.TagsAfter(name, last, min(size, paginators.MaxPageSize))
	if err == nil && more && len(tags) > 0 {
		next = tags[len(tags)-1]
	}
	return tags, next, err
}

// listReferrers lists the images whose subject is the given one, which need not
// exist.
func (h *Host) listReferrers(w http.ResponseWriter, r *http.Request, at resource) error {
	if err := checkSHA256(at.reference); err != nil {
		return err
	}
	artifactType := r.URL.Query().Get("artifactType")
	images, err := h.store.Referrers(at.name, at.reference, artifactType)
	if err != nil {
		return err
	}
	list := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex, Manifests: []ocispec.Descriptor{}}
	for _, img := range images {
		list.Manifests = append(list.Manifests, ocispec.Descriptor{
			MediaType: img.MediaType, Digest: digest.Digest(img.Digest), Size: int64(len(img.Manifest)),
			ArtifactType: img.ArtifactType(), Annotations: img.Annotations(),
		})
	}
	if artifactType != "" {
		w.Header().Set("OCI-Filters-Applied", "artifactType")
	}
	return writeJSON(w, ocispec.MediaTypeImageIndex, list)
}

func writeJSON(w http.ResponseWriter, contentType string, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", contentType)
	_, _ = w.Write(body)
	return nil
}
