package ecrpublictest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"cuelabs.dev/go/oci/ociregistry"
	"cuelabs.dev/go/oci/ociregistry/ociref"
	"cuelabs.dev/go/oci/ociregistry/ociserver"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

const (
	// A page of tags has defaultTagPage entries unless the client asks for
	// another number, up to maxTagPage; both as seen on private ECR.
	defaultTagPage = 100
	maxTagPage     = 1000
)

// registry is the host that container tools talk to: the token endpoint, and
// the OCI distribution API over the store.
type registry struct {
	store *store
	oci   http.Handler
}

func newRegistry(s *store) *registry {
	return &registry{s, ociserver.New(backend{store: s}, &ociserver.Options{
		WriteError:      writeRegistryError,
		MaxListPageSize: maxTagPage,
	})}
}

func (h *registry) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.TrimSuffix(r.URL.Path, "/") == "/token" {
		h.token(w, r)
		return
	}
	w.Header().Set("Docker-Distribution-API-Version", "registry/2.0")
	if err := h.authorize(r); err != nil {
		refuseAccess(w, r, err)
		return
	}
	r, err := adapt(w, r)
	if err != nil {
		writeRegistryError(w, r, err)
		return
	}
	h.oci.ServeHTTP(w, h.fromEnd(r))
}

// adapt changes a request to what the service makes of it where it differs from
// the OCI's API.
func adapt(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	query := r.URL.Query()
	// Blobs are not mounted across repositories: a mount begins an upload.
	query.Del("mount")
	query.Del("from")
	if strings.HasSuffix(r.URL.Path, "/tags/list") && !query.Has("n") {
		query.Set("n", strconv.Itoa(defaultTagPage))
	}
	ctx := context.WithValue(r.Context(), hasRangeKey{}, r.Header.Get("Content-Range") != "")
	adapted := r.WithContext(ctx)
	adapted.URL = &url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
	_, reference, isManifest := strings.Cut(r.URL.Path, "/manifests/")
	if strings.HasSuffix(r.URL.Path, "/manifests/") { // which the OCI's server does not expect
		return r, ociregistry.ErrManifestUnknown
	}
	if strings.Contains(reference, ":") && !ociref.IsValidDigest(reference) {
		return r, ociregistry.ErrDigestInvalid
	}
	if isManifest && r.Method == http.MethodPut {
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limits.MaxManifest))
		if err != nil {
			return r, err
		}
		var manifest struct{ Subject *ociregistry.Descriptor }
		if json.Unmarshal(text, &manifest) != nil { // where the OCI's server sees an internal error
			return r, ociregistry.NewError("invalid manifest JSON", ociregistry.ErrManifestInvalid.Code(), nil)
		}
		adapted.Body = io.NopCloser(bytes.NewReader(text))
	}
	return adapted, nil
}

// hasRangeKey is the context's key for whether a request says where its bytes
// belong, which offset 0 alone does not tell.
type hasRangeKey struct{}
