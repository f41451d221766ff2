package ecrpublictest_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

func TestBlobsComeFromAnotherHost(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	r := newRepo(t, ecrpublictest.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	r.layers("layer")
	token := r.anonymous()
	port := r.srv.URL[strings.LastIndex(r.srv.URL, ":"):]
	once := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	get := func(client *http.Client, url string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		if strings.Contains(url, "/v2/") {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		resp, err := client.Do(req)
		require.NoError(t, err)
		t.Cleanup(func() { _ = resp.Body.Close() })
		return resp
	}
	path := "/v2/" + r.alias() + "/app/blobs/" + sha("layer")
	for host, want := range map[string]string{"127.0.0.1": "localhost", "localhost": "127.0.0.1"} {
		resp := get(once, "http://"+host+port+path)
		assert.Equal(t, 307, resp.StatusCode)
		assert.True(t, strings.HasPrefix(resp.Header.Get("Location"), "http://"+want+port+"/blob/"), resp.Header.Get("Location"))
	}
	assert.Equal(t, 200, r.v2("GET", "blobs/"+sha("layer"), "").status, "nothing is known of the API's own tokens")
	once.Transport = r.srv.Transport()
	signed := get(once, "https://public.ecr.aws"+path).Header.Get("Location")
	assert.True(t, strings.HasPrefix(signed, "https://d1a2b3c4d5e6f7.cloudfront.net/blob/"), signed)
	resp := get(&http.Client{Transport: r.srv.Transport()}, "https://public.ecr.aws"+path)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Equal(t, "layer", string(body))
	list := r.srv.Requests()
	assert.Empty(t, list[len(list)-1].Header.Get("Authorization"), "no token goes there")
	assert.Equal(t, 403, get(once, strings.Replace(signed, "Expires=", "Expires=9", 1)).StatusCode)
	ahead.Store(int64(time.Hour))
	assert.Equal(t, 403, get(once, signed).StatusCode)
}

func TestDamagedLayersAreNotServed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRepo(t, ecrpublictest.WithDataDir(dir))
	r.layers("layer")
	path := filepath.Join(dir, "layers", strings.TrimPrefix(sha("layer"), "sha256:"))
	require.NoError(t, os.WriteFile(path, []byte("liars"), 0o600))
	require.NoError(t, os.Chtimes(path, time.Time{}, time.Unix(1e9, 0)))
	got := r.v2("GET", "blobs/"+sha("layer"), "")
	assert.Equal(t, 500, got.status)
	assert.Contains(t, got.body, "damaged")
	require.NoError(t, os.WriteFile(path, []byte("layer"), 0o600))
	assert.Equal(t, "layer", r.v2("GET", "blobs/"+sha("layer"), "").body)
}

// TestLayersAreStoredOnce puts a layer into two repositories.
func TestLayersAreStoredOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRepo(t, ecrpublictest.WithDataDir(dir))
	create(t, r.srv, "other")
	r.layers("layer")
	require.NoError(t, pushLayer(t.Context(), r.api, "other", "layer"))
	files := func() []string {
		found, err := filepath.Glob(filepath.Join(dir, "layers", "*"))
		require.NoError(t, err)
		return found
	}
	assert.Len(t, files(), 1)
	for i, name := range []string{"other", "app"} {
		_, err := r.api.DeleteRepository(t.Context(), &ecrpublic.DeleteRepositoryInput{RepositoryName: &name})
		require.NoError(t, err)
		assert.Len(t, files(), 1-i)
	}
}
