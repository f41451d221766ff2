package ecrpublictest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// login is the authorization token of the API.
func (r repo) login() string {
	r.Helper()
	out, err := r.api.GetAuthorizationToken(r.Context(), nil)
	require.NoError(r, err)
	return *out.AuthorizationData.AuthorizationToken
}

// anonymous is a token of the registry host for anybody.
func (r repo) anonymous() string {
	r.Helper()
	var response struct{ Token string }
	require.NoError(r, json.Unmarshal([]byte(r.request("GET", "/token/", "").body), &response))
	return response.Token
}

// password is the part of a login behind its user.
func password(t *testing.T, login string) string {
	t.Helper()
	text, err := base64.StdEncoding.DecodeString(login)
	require.NoError(t, err)
	password, ok := strings.CutPrefix(string(text), "AWS:")
	require.True(t, ok)
	return password
}

// request sends a request to the registry. Headers are pairs of name and value.
func (r repo) request(method, path, body string, headers ...string) reply {
	r.Helper()
	if !strings.HasPrefix(path, "http") {
		path = r.srv.URL + path
	}
	req, err := http.NewRequestWithContext(r.Context(), method, path, strings.NewReader(body))
	require.NoError(r, err)
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	got, err := send(r.T, req)
	require.NoError(r, err)
	require.NoError(r, got.err)
	return got
}

// v2 sends an authorized request about the repository.
func (r repo) v2(method, path, body string, headers ...string) reply {
	r.Helper()
	return r.request(method, "/v2/"+r.alias()+"/app/"+path, body, append(headers, "Authorization", "Bearer "+r.login())...)
}

// envelope is the registry's form of an error.
func envelope(code, message string) string {
	return object{"errors": []object{{"code": code, "message": message}}}.String()
}

func assertEnvelope(t *testing.T, status int, code, message string, got reply) {
	t.Helper()
	assert.Equal(t, status, got.status)
	assert.JSONEq(t, envelope(code, message), got.body)
	assert.Equal(t, "application/json", got.header.Get("Content-Type"))
}

func TestRegistryServesWhatTheAPIPushed(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "0123456789")
	text := image("0123456789").String()
	require.NoError(t, r.put(text, "v1"))
	for reference, digest := range map[string]string{"v1": "", sha(text): sha(text)} {
		got := r.v2("GET", "manifests/"+reference, "")
		assert.Equal(t, text, got.body)
		assert.Equal(t, ociManifest, got.header.Get("Content-Type"))
		assert.Equal(t, digest, got.header.Get("Docker-Content-Digest"))
		head := r.v2("HEAD", "manifests/"+reference, "")
		assert.Equal(t, fmt.Sprint(len(text)), head.header.Get("Content-Length"))
		assert.Equal(t, sha(text), head.header.Get("Docker-Content-Digest"))
	}
	for asked, want := range map[string]struct {
		status int
		body   string
		at     string
	}{
		"":            {200, "0123456789", ""},
		"bytes=0-":    {206, "0123456789", "bytes 0-9/10"},
		"bytes=2-4":   {206, "234", "bytes 2-4/10"},
		"bytes=7-99":  {206, "789", "bytes 7-9/10"},
		"bytes=-3":    {206, "789", "bytes 7-9/10"},
		"bytes=-99":   {206, "0123456789", "bytes 0-9/10"},
		"bytes=10-":   {416, "", "bytes */10"},
		"bytes=4-2":   {416, "", ""},
		"lines=1-2":   {200, "0123456789", ""},
		"bytes=0-1,4": {416, "", ""},
	} {
		got := r.v2("GET", "blobs/"+sha("0123456789"), "", "Range", asked)
		assert.Equal(t, want.status, got.status, asked)
		if want.body != "" {
			assert.Equal(t, want.body, got.body, asked)
		}
		assert.Equal(t, want.at, got.header.Get("Content-Range"), asked)
	}
	assert.Equal(t, "10", r.v2("HEAD", "blobs/"+sha("0123456789"), "").header.Get("Content-Length"))
}

func TestAPIShowsWhatTheRegistryGot(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	text := image("layer").String()
	for _, blob := range []string{"{}", "layer"} {
		begun := r.v2("POST", "blobs/uploads/", "")
		require.Equal(t, 202, begun.status)
		got := r.request("PUT", r.srv.URL+begun.header.Get("Location")+"?digest="+sha(blob), blob, "Authorization", "Bearer "+r.login())
		require.Equal(t, 201, got.status, got.body)
	}
	for range 2 { // the second time it is there
		got := r.v2("PUT", "manifests/v1", text, "Content-Type", ociManifest)
		require.Equal(t, 201, got.status, got.body)
		assert.Equal(t, sha(text), got.header.Get("Docker-Content-Digest"))
	}
	require.Equal(t, 201, r.v2("PUT", "manifests/"+sha(text), text).status)

	d, err := r.describe(byTag("v1"))
	require.NoError(t, err)
	assert.Equal(t, sha(text), *d.ImageDigest)
	assert.EqualValues(t, len("layer"), *d.ImageSizeInBytes)
	tags, err := r.api.DescribeImageTags(t.Context(), &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	assert.Equal(t, "v1", *tags.ImageTagDetails[0].ImageTag)
	layers, err := r.api.BatchCheckLayerAvailability(t.Context(), &ecrpublic.BatchCheckLayerAvailabilityInput{RepositoryName: aws.String("app"), LayerDigests: []string{sha("layer")}})
	require.NoError(t, err)
	assert.Equal(t, types.LayerAvailabilityAvailable, layers.Layers[0].LayerAvailability)
}

func TestRegistryErrors(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}")
	unknown := func(registry string) string {
		return "The repository with name 'none' does not exist in the registry with id '" + registry + "'"
	}
	authorized := []string{"Authorization", "Bearer " + r.login()}
	for _, path := range []string{"manifests/v1", "manifests/" + unknownDigest, "blobs/" + unknownDigest, "tags/list", "referrers/" + unknownDigest} {
		assertEnvelope(t, 404, "NAME_UNKNOWN", unknown(account), r.request("GET", "/v2/"+r.alias()+"/none/"+path, "", authorized...))
		assertEnvelope(t, 404, "NAME_UNKNOWN", unknown("other"), r.request("GET", "/v2/other/none/"+path, "", authorized...))
	}
	assertEnvelope(t, 404, "NAME_UNKNOWN", unknown(account), r.request("POST", "/v2/"+r.alias()+"/none/blobs/uploads/", "", authorized...))
	assertEnvelope(t, 404, "NAME_UNKNOWN", unknown(account), r.request("PUT", "/v2/"+r.alias()+"/none/manifests/v1", image().String(), authorized...))
	assertEnvelope(t, 404, "NAME_UNKNOWN", unknown(account), r.request("PATCH", "/v2/"+r.alias()+"/none/blobs/uploads/eA", "", authorized...))

	assertEnvelope(t, 404, "MANIFEST_UNKNOWN", "Requested image not found", r.v2("GET", "manifests/v1", ""))
	assert.Equal(t, 404, r.v2("HEAD", "manifests/v1", "").status)
	assert.Equal(t, 404, r.v2("GET", "blobs/"+unknownDigest, "").status)
	assert.Equal(t, 400, r.v2("GET", "manifests/sha256:123", "").status)

	missing := "Images with digests '[" + sha(image().String()) + "]' required for pushing image into repository with name 'app' in the registry with id '" + account + "' do not exist"
	assertEnvelope(t, 404, "MANIFEST_BLOB_UNKNOWN", missing, r.v2("PUT", "manifests/v1", index(image()).String(), "Content-Type", ociIndex))
	missing = "Layers with digests '[" + sha("none") + "]' required for pushing image into repository with name 'app' in the registry with id '" + account + "' do not exist"
	assertEnvelope(t, 404, "BLOB_UPLOAD_UNKNOWN", missing, r.v2("PUT", "manifests/v1", image("none").String(), "Content-Type", ociManifest))
	const noJSON = "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax'"
	for text, mediaType := range map[string]string{"{": ociManifest, "{}": "", "[]": ociManifest, `{"schemaVersion":2}`: ociManifest, "{ }": "text/plain"} {
		assertEnvelope(t, 405, "UNSUPPORTED", noJSON, r.v2("PUT", "manifests/v1", text, "Content-Type", mediaType))
	}
	assertEnvelope(t, 405, "UNSUPPORTED", "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Image has to have at least 1 layer'",
		r.v2("PUT", "manifests/v1", image().String(), "Content-Type", ociManifest))
	assert.Equal(t, 405, r.v2("PUT", "manifests/-v1", image("{}").String(), "Content-Type", ociManifest).status, "a tag that cannot be served")
	assertEnvelope(t, 400, "DIGEST_INVALID", "The provided image digest '"+unknownDigest+"' does not match the calculated image digest '"+sha(image("{}").String())+"'",
		r.v2("PUT", "manifests/"+unknownDigest, image("{}").String(), "Content-Type", ociManifest))
	tooLarge := r.v2("PUT", "manifests/v1", strings.Repeat(" ", 4<<20+1), "Content-Type", ociManifest)
	assert.Equal(t, 413, tooLarge.status)

	for _, request := range []string{"GET /v2/_catalog", "GET /v2/x/", "POST /v2/" + r.alias() + "/app/manifests/v1", "GET /v2/" + r.alias() + "/app/tags/all", "PUT /v2/" + r.alias() + "/app/uploads/x"} {
		method, path, _ := strings.Cut(request, " ")
		assertEnvelope(t, 405, "UNSUPPORTED", "The operation is unsupported.", r.request(method, path, "", authorized...))
	}
	assert.Equal(t, 404, r.v2("DELETE", "manifests/none", "").status)
}
