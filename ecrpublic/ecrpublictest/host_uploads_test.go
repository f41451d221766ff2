package ecrpublictest_test

import (
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// upload is an upload under way over the registry.
type chunked struct {
	repo
	location string
}

func (r repo) chunked() *chunked {
	r.Helper()
	begun := r.v2("POST", "blobs/uploads/", "")
	require.Equal(r, 202, begun.status)
	return &chunked{r, r.srv.URL + begun.header.Get("Location")}
}

func (c *chunked) send(method, query, body string, headers ...string) reply {
	c.Helper()
	return c.request(method, c.location+query, body, append(headers, "Authorization", "Bearer "+c.login())...)
}

func TestChunkedUploads(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithRegistryMode(ecrpublictest.RegistryOCI))
	c := r.chunked()
	got := c.send("PATCH", "", "012", "Content-Range", "0-2")
	require.Equal(t, 202, got.status, got.body)
	assert.Equal(t, "0-2", got.header.Get("Range"))
	assertEnvelope(t, 416, "BLOB_UPLOAD_INVALID", "First byte of the layer part is 0 instead of 3", c.send("PATCH", "", "012", "Content-Range", "0-2"))
	assertEnvelope(t, 416, "BLOB_UPLOAD_INVALID", "First byte of the layer part is 5 instead of 3", c.send("PATCH", "", "56", "Content-Range", "5-6"))
	for _, header := range []string{"3", "a-b", "5-3", "-3-2"} {
		assertEnvelope(t, 400, "BLOB_UPLOAD_INVALID", "The Content-Range header is not valid", c.send("PATCH", "", "345", "Content-Range", header))
	}
	assertEnvelope(t, 400, "SIZE_INVALID", "The Content-Range header does not match the length of the body", c.send("PATCH", "", "345", "Content-Range", "3-6"))
	status := c.send("GET", "", "")
	assert.Equal(t, 204, status.status)
	assert.Equal(t, "0-2", status.header.Get("Range"))
	require.Equal(t, 202, c.send("PATCH", "", "345").status, "without a range it follows")
	require.Equal(t, 201, c.send("PUT", "?digest="+sha("01234567"), "67", "Content-Range", "bytes 6-7/8").status)
	assert.Equal(t, "01234567", r.v2("GET", "blobs/"+sha("01234567"), "").body)
	assert.Contains(t, c.send("PATCH", "", "8").body, "BLOB_UPLOAD_UNKNOWN")

	c = r.chunked()
	require.Equal(t, 202, c.send("PATCH", "", "01234567").status)
	require.Equal(t, 201, c.send("PUT", "?digest="+sha("01234567"), "").status, "it is there already")

	c = r.chunked()
	require.Equal(t, 202, c.send("PATCH", "", "x").status)
	assertEnvelope(t, 400, "DIGEST_INVALID", "None of the provided layer digests match the calculated layer digest", c.send("PUT", "?digest="+unknownDigest, ""))

	require.Equal(t, 201, r.v2("POST", "blobs/uploads/?digest="+sha("at once"), "at once").status)
	assert.Equal(t, "at once", r.v2("GET", "blobs/"+sha("at once"), "").body)
	require.Equal(t, 201, r.chunked().send("PUT", "?digest="+sha(""), "").status, "an empty blob")
	assert.Equal(t, "0", r.v2("HEAD", "blobs/"+sha(""), "").header.Get("Content-Length"))
}

func TestUploadsAsECR(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithQuotas(ecrpublictest.Quotas{MinPartBytes: 3}))
	c := r.chunked()
	assert.Regexp(t, `/v2/`+r.alias()+`/app/blobs/uploads/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`, c.location)
	for _, chunk := range []string{"0-2", "3-5"} {
		got := c.send("PATCH", "", "abc", "Content-Range", chunk)
		require.Equal(t, 201, got.status, got.body)
		assert.Equal(t, "0-2", got.header.Get("Range"), "it does not advance")
	}
	require.Equal(t, 201, c.send("PUT", "?digest="+sha("abcabcd"), "d").status)

	c = r.chunked()
	require.Equal(t, 201, c.send("PATCH", "", "ab").status)
	require.Equal(t, 201, c.send("PATCH", "", "c").status)
	assertEnvelope(t, 400, "BLOB_UPLOAD_INVALID", "All layer parts except the last part should be at least 5MB", c.send("PUT", "?digest="+sha("abc"), ""))
	assert.Equal(t, 404, c.send("GET", "", "").status, "and it has ended")

	c = r.chunked()
	id := c.location[strings.LastIndex(c.location, "/")+1:]
	noParts := "The upload with id '" + id + "' in the repository with name 'app' in registry with id '" + account + "' cannot be completed because it does not have any parts"
	assertEnvelope(t, 400, "BLOB_UPLOAD_INVALID", noParts, c.send("PUT", "?digest="+sha(""), ""))
	assertEnvelope(t, 400, "BLOB_UPLOAD_INVALID", "None of the provided layer digests match the calculated layer digest", r.chunked().send("PUT", "?digest="+unknownDigest, "x"))

	c = r.chunked()
	require.Equal(t, 204, c.send("DELETE", "", "").status)
	for _, method := range []string{"GET", "PATCH", "PUT", "DELETE"} {
		assert.Equal(t, 404, c.send(method, "?digest="+sha("x"), "x").status, method)
	}
	assert.Equal(t, 404, r.v2("PATCH", "blobs/uploads/none", "x").status)
}

// TestRefusedBytesGoAtOnce refuses uploads in all the ways there are and looks at
// what is left of them.
func TestRefusedBytesGoAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := newRepo(t, ecrpublictest.WithDataDir(dir), ecrpublictest.WithQuotas(ecrpublictest.Quotas{LayerBytes: 1 << 20, MinPartBytes: 3}))
	left := func() int {
		files, err := filepath.Glob(filepath.Join(dir, "uploads", "*"))
		require.NoError(t, err)
		size := 0
		for _, file := range files {
			info, err := os.Stat(file)
			require.NoError(t, err)
			size += int(info.Size())
		}
		return size
	}
	sha512, body := "sha512:"+strings.Repeat("0", 128), strings.Repeat("x", 1000)
	for name, refused := range map[string]func() reply{
		"another algorithm":      func() reply { return r.v2("POST", "blobs/uploads/?digest="+sha512, body) },
		"another algorithm, PUT": func() reply { return r.chunked().send("PUT", "?digest="+sha512, body) },
		"no digest":              func() reply { return r.chunked().send("PUT", "", body) },
		"a wrong digest":         func() reply { return r.v2("POST", "blobs/uploads/?digest="+unknownDigest, body) },
		"a wrong digest, PUT":    func() reply { return r.chunked().send("PUT", "?digest="+unknownDigest, body) },
		"too large":              func() reply { return r.v2("POST", "blobs/uploads/?digest="+sha512, strings.Repeat("x", 2<<20)) },
		"too large, PATCH":       func() reply { return r.chunked().send("PATCH", "", strings.Repeat("x", 2<<20)) },
		"a wrong digest, an id in capitals": func() reply {
			c := r.chunked()
			c.send("PATCH", "", body)
			above, id := path.Split(c.location)
			c.location = above + strings.ToUpper(id)
			return c.send("PUT", "?digest="+sha512, "")
		},
		"small parts": func() reply {
			c := r.chunked()
			c.send("PATCH", "", "x")
			c.send("PATCH", "", "x")
			return c.send("PUT", "?digest="+sha("xx"), "")
		},
		"a chunk that breaks off": func() reply {
			c := r.chunked()
			req, err := http.NewRequestWithContext(t.Context(), "PATCH", c.location, io.MultiReader(strings.NewReader(strings.Repeat(body, 500)), iotest.ErrReader(io.ErrNoProgress)))
			require.NoError(t, err)
			req.Header.Set("Authorization", "Bearer "+r.login())
			_, err = http.DefaultClient.Do(req)
			require.ErrorIs(t, err, io.ErrNoProgress)
			for !refusedAt(r.srv, strings.TrimPrefix(c.location, r.srv.URL)) { // it has not noticed yet
				runtime.Gosched()
			}
			return reply{status: 499}
		},
	} {
		got := refused()
		assert.GreaterOrEqual(t, got.status, 400, name)
		assert.Zero(t, left(), name)
	}
	require.Equal(t, 201, r.v2("POST", "blobs/uploads/?digest="+sha(body), body).status)
	assert.Zero(t, left())
}

// refusedAt reports whether a PATCH request for a path was refused.
func refusedAt(srv *ecrpublictest.Server, path string) bool {
	return slices.ContainsFunc(srv.Requests(), func(r ecrpublictest.Request) bool {
		return r.Method == http.MethodPatch && r.Path == path && r.Status != 0
	})
}

func TestUploadsOverTheRegistryAreBounded(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithQuotas(ecrpublictest.Quotas{LayerBytes: 4}))
	const text = "The operation exceeds the limit of 4 bytes per layer"
	assertEnvelope(t, 403, "DENIED", text, r.chunked().send("PATCH", "", "01234"))
	assertEnvelope(t, 403, "DENIED", text, r.chunked().send("PUT", "?digest="+sha("01234"), "01234"))
	assertEnvelope(t, 403, "DENIED", text, r.v2("POST", "blobs/uploads/?digest="+sha("01234"), "01234"))
}

func TestBlobsAreNotMounted(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("layer")
	create(t, r.srv, "web")
	got := r.request("POST", "/v2/"+r.alias()+"/web/blobs/uploads/?mount="+sha("layer")+"&from="+r.alias()+"/app", "", "Authorization", "Bearer "+r.login())
	assert.Equal(t, 202, got.status)
	assert.Contains(t, got.header.Get("Location"), "/web/blobs/uploads/")
}
