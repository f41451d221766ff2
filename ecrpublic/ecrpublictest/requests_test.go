package ecrpublictest_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	srv := newServer(t, ecrpublictest.WithClock(func() time.Time { return now }))
	assert.Empty(t, srv.Requests())

	body := `{"repositoryName":"app","tags":[{"Key":"team","Value":"a"}]}`
	created, err := call(t, srv, "CreateRepository", body)
	require.NoError(t, err)
	_, err = get(t, srv, "/token/?service=x")
	require.NoError(t, err)

	list := srv.Requests()
	require.Len(t, list, 2)
	assert.Equal(t, "application/x-amz-json-1.1", list[0].Header.Get("Content-Type"))
	list[0].Header, list[1].Header = nil, nil
	assert.Equal(t, ecrpublictest.Request{
		Operation: "CreateRepository", Time: now, Method: "POST", Path: "/",
		Input: &ecrpublic.CreateRepositoryInput{
			RepositoryName: aws.String("app"),
			Tags:           []types.Tag{{Key: aws.String("team"), Value: aws.String("a")}},
		},
		Status: 200, BytesReceived: int64(len(body)), BytesSent: int64(len(created.body)),
	}, list[0])
	assert.Equal(t, "GET /token/", list[1].Operation)
	assert.Equal(t, "/token/", list[1].Path)
	assert.Nil(t, list[1].Input)
	assert.Equal(t, 200, list[1].Status)
}

func TestRequestsOfEveryOperationAreTyped(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, operation := range operations() {
		_, err := call(t, srv, operation, "{}")
		require.NoError(t, err)
		list := srv.Requests()
		assert.Equal(t, "*ecrpublic."+operation+"Input", fmt.Sprintf("%T", list[len(list)-1].Input))
	}
}

func TestRequestsCount(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for range 3 {
		status(t, srv, "DescribeRegistries")
	}
	_, err := get(t, srv, "/v2/")
	require.NoError(t, err)
	assert.Equal(t, 3, srv.Count("DescribeRegistries"))
	assert.Equal(t, 1, srv.Count("GET /v2/"))
	assert.Equal(t, 4, srv.Count(""))
	assert.Equal(t, 0, srv.Count("PutImage"))

	srv.ResetRequests()
	assert.Equal(t, 0, srv.Count(""))
	assert.Empty(t, srv.Requests())
}

func TestRequestsRedactSecrets(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/token/", nil)
	require.NoError(t, err)
	req.SetBasicAuth("AWS", "secret")
	req.Header.Set("X-Amz-Security-Token", "session")
	_, err = send(t, req)
	require.NoError(t, err)
	header := srv.Requests()[0].Header
	assert.Equal(t, []string{"REDACTED"}, header["Authorization"])
	assert.Equal(t, []string{"REDACTED"}, header["X-Amz-Security-Token"])
}

func TestRequestsDropBlobs(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	blob := base64.StdEncoding.EncodeToString(make([]byte, 3000))
	for operation, body := range map[string]string{
		"UploadLayerPart":          `{"partFirstByte":0,"layerPartBlob":"` + blob + `"}`,
		"CreateRepository":         `{"repositoryName":"a","catalogData":{"logoImageBlob":"` + blob + `"}}`,
		"PutRepositoryCatalogData": `{"repositoryName":"a","catalogData":{"logoImageBlob":"` + blob + `"}}`,
	} {
		srv.ResetRequests()
		_, err := call(t, srv, operation, body)
		require.NoError(t, err)
		got := srv.Requests()[0]
		assert.EqualValues(t, len(body), got.BytesReceived)
		switch in := got.Input.(type) {
		case *ecrpublic.UploadLayerPartInput:
			assert.Nil(t, in.LayerPartBlob)
			assert.EqualValues(t, 0, *in.PartFirstByte)
		case *ecrpublic.CreateRepositoryInput:
			assert.Nil(t, in.CatalogData.LogoImageBlob)
		case *ecrpublic.PutRepositoryCatalogDataInput:
			assert.Nil(t, in.CatalogData.LogoImageBlob)
		default:
			assert.Fail(t, "input", "%s: %T", operation, in)
		}
	}
}

func TestRequestsWithBadBodies(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, body := range []string{"", "{", `{"repositoryName":1}`} {
		got, err := call(t, srv, "CreateRepository", body)
		require.NoError(t, err)
		assert.Equal(t, 400, got.status)
	}
	_, err := call(t, srv, "NoSuchOperation", "{}")
	require.NoError(t, err)
	for _, r := range srv.Requests() {
		assert.Nil(t, r.Input)
		assert.Equal(t, 400, r.Status)
	}
	assert.Equal(t, 1, srv.Count("NoSuchOperation"))
}

// tooLarge is a little more than the API accepts: what is over fits into what a
// server reads before it gives up on a connection.
const tooLarge = 29_100_000

func TestRequestsWithTooLargeBody(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	body := `{"repositoryName":"app"}` + strings.Repeat(" ", tooLarge)
	got, err := call(t, srv, "CreateRepository", body)
	require.NoError(t, err)
	assert.Equal(t, 400, got.status)
	assert.Nil(t, srv.Requests()[0].Input)
}

func TestRequestsAreBounded(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	manifest := strings.Repeat("x", 4<<20)
	for i := range 6 {
		_, err := call(t, srv, "PutImage", fmt.Sprintf(`{"repositoryName":"app%d","imageManifest":%q}`, i, manifest))
		require.NoError(t, err)
	}
	list := srv.Requests()
	require.Len(t, list, 3)
	assert.Equal(t, "app5", *list[2].Input.(*ecrpublic.PutImageInput).RepositoryName)
	assert.Equal(t, 6, srv.Count("PutImage"))
}
