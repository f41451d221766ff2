package ecrpublictest_test

import (
	"strings"
	"testing"

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
	r := newRepo(t)
	c := r.chunked()
	got := c.send("PATCH", "", "012", "Content-Range", "0-2")
	require.Equal(t, 202, got.status, got.body)
	assert.Equal(t, "0-2", got.header.Get("Range"))
	assertEnvelope(t, 416, "BLOB_UPLOAD_INVALID", "First byte of the layer part is 0 instead of 3", c.send("PATCH", "", "012", "Content-Range", "0-2"))
	assertEnvelope(t, 416, "BLOB_UPLOAD_INVALID", "First byte of the layer part is 5 instead of 3", c.send("PATCH", "", "56", "Content-Range", "5-6"))
	status := c.send("GET", "", "")
	assert.Equal(t, 204, status.status)
	assert.Equal(t, "0-2", status.header.Get("Range"))
	require.Equal(t, 202, c.send("PATCH", "", "345").status, "without a range it follows")
	require.Equal(t, 201, c.send("PUT", "?digest="+sha("01234567"), "67", "Content-Range", "6-7").status)
	assert.Equal(t, "01234567", r.v2("GET", "blobs/"+sha("01234567"), "").body)
	assert.Contains(t, c.send("PATCH", "", "8").body, "BLOB_UPLOAD_UNKNOWN")

	c = r.chunked()
	require.Equal(t, 202, c.send("PATCH", "", "01234567").status)
	require.Equal(t, 201, c.send("PUT", "?digest="+sha("01234567"), "").status, "it is there already")

	c = r.chunked()
	require.Equal(t, 202, c.send("PATCH", "", "x").status)
	assertEnvelope(t, 400, "BLOB_UPLOAD_INVALID", "None of the provided layer digests match the calculated layer digest", c.send("PUT", "?digest="+unknownDigest, ""))
	assert.Contains(t, r.chunked().send("PUT", "?digest=sha512:"+strings.Repeat("0", 128), "").body, "DIGEST_INVALID")

	require.Equal(t, 201, r.v2("POST", "blobs/uploads/?digest="+sha("at once"), "at once").status)
	assert.Equal(t, "at once", r.v2("GET", "blobs/"+sha("at once"), "").body)
	require.Equal(t, 201, r.chunked().send("PUT", "?digest="+sha(""), "").status, "an empty blob")
	assert.Equal(t, "0", r.v2("HEAD", "blobs/"+sha(""), "").header.Get("Content-Length"))
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
