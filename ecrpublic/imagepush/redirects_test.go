package imagepush_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// A registry redirects to a presigned URL, where something fails. The error has the URL,
// but not its query, by which anyone could read the blob.
func TestErrorsOfRedirectedRequests(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]http.HandlerFunc{
		"refused":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"wrong size":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 1000)) },
		"interrupted": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"a cycle":     func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.RequestURI, http.StatusFound) },
	} {
		storage := httptest.NewServer(fail)
		source := newHostile()
		source.tags["v1"] = source.image(`"layers":[]`).Digest
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/blobs/") {
				http.Redirect(w, r, storage.URL+"/blob?X-Amz-Signature=secret", http.StatusTemporaryRedirect)
				return
			}
			source.ServeHTTP(w, r)
		}))
		repository, err := remote.NewRepository(strings.TrimPrefix(server.URL, "http://") + "/source")
		require.NoError(t, err)
		repository.PlainHTTP, repository.Client = true, http.DefaultClient
		_, err = imagepush.Push(t.Context(), newFake(), repository, imagepush.PushOptions{Repository: "team/app", Reference: "v1"}, unlimited)
		require.ErrorContains(t, err, "/blob", name)
		assert.NotContains(t, err.Error(), "secret", name)
		server.Close()
		storage.Close()
	}
}
