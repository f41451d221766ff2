package ecrpublictest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"cuelabs.dev/go/oci/ociregistry"
)

// fromEnd turns a request for the last bytes of a blob into one for the bytes
// from a position on, which is the form that the OCI's server understands. Other
// requests stay as they are.
func (h *registry) fromEnd(r *http.Request) *http.Request {
	suffix, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes=-")
	last, err := strconv.ParseUint(suffix, 10, 63)
	if !ok || err != nil {
		return r
	}
	repo, digest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v2/"), "/blobs/")
	blob, err := backend{store: h.store}.ResolveBlob(r.Context(), repo, ociregistry.Digest(digest))
	if err != nil {
		return r
	}
	r = r.Clone(r.Context())
	r.Header.Set("Range", fmt.Sprintf("bytes=%d-", max(0, blob.Size-int64(last))))
	return r
}
