package ecrpublictest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// target is an emulator with a repository, an image and an open upload. Its
// requests name what is different each time as ALIAS, IMAGE, UPLOAD and PAGE.
type target struct {
	*ecrpublictest.Handler
	names  *strings.Replacer
	pushes string // a token of the registry
}

func newTarget(tb testing.TB) target {
	tb.Helper()
	h, err := ecrpublictest.NewHandler(ecrpublictest.WithAlias("a1b2c3d4"))
	require.NoError(tb, err)
	image, err := h.AddImage("app", "v1", "v2")
	require.NoError(tb, err)
	_, err = h.AddImage("team/other")
	require.NoError(tb, err)
	client := ecrpublic.New(ecrpublic.Options{BaseEndpoint: aws.String("http://emulator"), HTTPClient: direct{h}})
	upload, err := client.InitiateLayerUpload(tb.Context(), &ecrpublic.InitiateLayerUploadInput{RepositoryName: aws.String("app")})
	require.NoError(tb, err)
	page, err := client.DescribeRepositories(tb.Context(), &ecrpublic.DescribeRepositoriesInput{MaxResults: aws.Int32(1)})
	require.NoError(tb, err)
	token, err := client.GetAuthorizationToken(tb.Context(), nil)
	require.NoError(tb, err)
	login := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/token/"}, Header: http.Header{
		"Authorization": {"Basic " + *token.AuthorizationData.AuthorizationToken},
	}, Body: http.NoBody}
	var bearer struct{ Token string }
	require.NoError(tb, json.Unmarshal(serve(h, login).Body.Bytes(), &bearer))
	return target{h, strings.NewReplacer("ALIAS", "a1b2c3d4", "IMAGE", image, "UPLOAD", *upload.UploadId, "PAGE", *page.NextToken), bearer.Token}
}

// direct is a transport that calls a handler.
type direct struct{ http.Handler }

func (d direct) Do(r *http.Request) (*http.Response, error) { return serve(d, r).Result(), nil }

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func request(method, path, query string, header http.Header, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "http://emulator/", strings.NewReader(body))
	r.Method, r.URL.Path, r.URL.RawQuery, r.Header = method, path, query, header
	return r
}

// FuzzAPI sends any body, and then a second one, to any operation of the API:
// the response is JSON with a code of 200, or 400 and an error's type.
func FuzzAPI(f *testing.F) {
	const prefix = "SpencerFrontendService."
	for _, seed := range []struct{ operation, first, second string }{
		{"BatchCheckLayerAvailability", `{"repositoryName":"app","layerDigests":["IMAGE","x"]}`, `{"registryId":"ALIAS"}`},
		{"BatchDeleteImage", `{"repositoryName":"app","imageIds":[{"imageTag":"v1"},{"imageDigest":"IMAGE"},{},{"imageTag":"v2","imageDigest":"sha256:x"}]}`, `{"repositoryName":"app","imageIds":[{"imageDigest":"IMAGE"}]}`},
		{"CompleteLayerUpload", `{"repositoryName":"app","uploadId":"UPLOAD","layerDigests":["IMAGE"]}`, `{"repositoryName":"app","uploadId":"UPLOAD","layerDigests":[]}`},
		{"CreateRepository", `{"repositoryName":"new","catalogData":{"description":"d","logoImageBlob":"iVBORw0KGgo=","architectures":["x86"]},"tags":[{"Key":"k","Value":"v"}]}`, `{"repositoryName":"app"}`},
		{"DeleteRepository", `{"repositoryName":"app","force":false}`, `{"repositoryName":"app","force":true}`},
		{"DeleteRepositoryPolicy", `{"repositoryName":"app"}`, `{}`},
		{"DescribeImageTags", `{"repositoryName":"app","maxResults":1}`, `{"repositoryName":"app","maxResults":1001,"nextToken":"PAGE"}`},
		{"DescribeImages", `{"repositoryName":"app","imageIds":[{"imageTag":"v1"}]}`, `{"repositoryName":"app","nextToken":"?","maxResults":1}`},
		{"DescribeRegistries", `{"maxResults":5,"nextToken":"PAGE"}`, `null`},
		{"DescribeRepositories", `{"maxResults":1}`, `{"maxResults":1,"nextToken":"PAGE"}`},
		{"GetAuthorizationToken", `{}`, ``},
		{"GetRegistryCatalogData", `{}`, `[]`},
		{"GetRepositoryCatalogData", `{"repositoryName":"team/other"}`, `{"registryId":"123456789012","repositoryName":"app"}`},
		{"GetRepositoryPolicy", `{"repositoryName":"app"}`, `{"repositoryName":null}`},
		{"InitiateLayerUpload", `{"repositoryName":"app"}`, `{"repositoryName":"APP"}`},
		{"ListTagsForResource", `{"resourceArn":"arn:aws:ecr-public::123456789012:repository/app"}`, `{"resourceArn":"arn:"}`},
		{"PutImage", `{"repositoryName":"app","imageManifest":"{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[{\"digest\":\"IMAGE\"}]}","imageTag":"all"}`, `{"repositoryName":"app","imageManifest":"{\"schemaVersion\":1}","imageManifestMediaType":"application/vnd.docker.distribution.manifest.v2+json","imageDigest":"IMAGE"}`},
		{"PutRegistryCatalogData", `{"displayName":"Name"}`, `{"displayName":""}`},
		{"PutRepositoryCatalogData", `{"repositoryName":"app","catalogData":{"aboutText":"# About","operatingSystems":["Linux"]}}`, `{"repositoryName":"app","catalogData":{"logoImageBlob":"eA=="}}`},
		{"SetRepositoryPolicy", `{"repositoryName":"app","policyText":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"ecr-public:*\"}]}"}`, `{"repositoryName":"app","policyText":"{\"Statement\":{}}","force":true}`},
		{"TagResource", `{"resourceArn":"arn:aws:ecr-public::123456789012:repository/app","tags":[{"Key":"k","Value":"v"},{"Key":"k"}]}`, `{"resourceArn":"arn:aws:ecr-public::123456789012:repository/app","tags":[{}]}`},
		{"UntagResource", `{"resourceArn":"arn:aws:ecr-public::123456789012:repository/app","tagKeys":["k"]}`, `{"resourceArn":"","tagKeys":[]}`},
		{"UploadLayerPart", `{"repositoryName":"app","uploadId":"UPLOAD","partFirstByte":0,"partLastByte":2,"layerPartBlob":"YWJj"}`, `{"repositoryName":"app","uploadId":"UPLOAD","partFirstByte":9223372036854775807,"partLastByte":-1,"layerPartBlob":""}`},
		{"Nothing", `{}`, `{`},
	} {
		f.Add(prefix+seed.operation, seed.first, prefix+seed.operation, seed.second)
	}
	f.Add("", "<html>", "PutImage\xff", "\xff")
	f.Fuzz(func(t *testing.T, operation, body, nextOperation, nextBody string) {
		emulator := newTarget(t)
		send := func(operation, body string) {
			w := serve(emulator, request(http.MethodPost, "/", "", http.Header{"X-Amz-Target": {operation}}, emulator.names.Replace(body)))
			requireAPIAnswer(t, w)
		}
		send(operation, body)
		send(nextOperation, nextBody)
	})
}

func requireAPIAnswer(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	require.Equal(t, "application/x-amz-json-1.1", w.Header().Get("Content-Type"))
	require.NotEmpty(t, w.Header().Get("X-Amzn-Requestid"))
	require.True(t, json.Valid(w.Body.Bytes()), "%s", w.Body)
	var envelope struct {
		Type    string `json:"__type"`
		Message *string
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &envelope))
	if w.Code == http.StatusOK {
		require.Empty(t, envelope.Type)
		return
	}
	require.Equal(t, http.StatusBadRequest, w.Code, "%s", w.Body)
	require.NotEmpty(t, envelope.Type)
	require.NotNil(t, envelope.Message)
}

// FuzzSignature sends requests that say anything of their signature: they are
// refused as one that was not made with the secret key.
func FuzzSignature(f *testing.F) {
	const credential = "Credential=AKID/20260102/us-east-1/ecr-public/aws4_request"
	const date = "20260102T030405Z"
	for _, seed := range []string{
		"", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=/, SignedHeaders=;, Signature=x",
		"AWS4-HMAC-SHA256 " + credential + ", SignedHeaders=host;x-amz-date, Signature=0",
		"AWS4-HMAC-SHA256 " + credential + ",SignedHeaders=content-length;x-amz-security-token;;\xff,Signature=0",
		"AWS4-HMAC-SHA256 Credential=AKID/20260102/../ecr-public/aws4_request, SignedHeaders=host, Signature=0",
	} {
		f.Add(seed, date, "a=b&%zz", "x-y", "value", "{}")
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	h, err := ecrpublictest.NewHandler(ecrpublictest.WithCredentials("AKID", "SECRETEXAMPLE0123456789abcdefghijklmnopq"), ecrpublictest.WithClock(func() time.Time { return now }))
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, authorization, date, query, name, value, body string) {
		header := http.Header{name: {value}, "Authorization": {authorization}, "X-Amz-Date": {date}, "X-Amz-Target": {"SpencerFrontendService.DescribeRegistries"}}
		w := serve(h, request(http.MethodPost, "/", query, header, body))
		require.Equal(t, http.StatusBadRequest, w.Code)
		requireAPIAnswer(t, w)
	})
}

// FuzzRegistry sends any two requests to the registry's paths: the response is no
// server error, and a refusal is in the OCI's form.
func FuzzRegistry(f *testing.F) {
	manifest := `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"IMAGE","size":1}]}`
	for _, seed := range []struct{ method, path, query, header, body string }{
		{"GET", "/v2/", "", "", ""},
		{"GET", "/v2/_catalog", "n=1", "", ""},
		{"GET", "/v2/ALIAS/app/tags/list", "n=1&last=v1", "", ""},
		{"GET", "/v2/ALIAS/app/manifests/v1", "", "Accept: application/json", ""},
		{"HEAD", "/v2/ALIAS/app/manifests/IMAGE", "", "", ""},
		{"DELETE", "/v2/ALIAS/app/manifests/IMAGE", "", "", ""},
		{"PUT", "/v2/ALIAS/app/manifests/all", "", "Content-Type: application/vnd.oci.image.index.v1+json", manifest},
		{"GET", "/v2/ALIAS/app/blobs/IMAGE", "", "Range: bytes=0-4", ""},
		{"GET", "/v2/ALIAS/app/blobs/sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "", "Range: bytes=-18446744073709551616", ""},
		{"POST", "/v2/ALIAS/app/blobs/uploads/", "digest=sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a", "", "{}"},
		{"POST", "/v2/ALIAS/app/blobs/uploads/", "mount=IMAGE&from=ALIAS/app", "", ""},
		{"PATCH", "/v2/ALIAS/app/blobs/uploads/UPLOAD64", "", "Content-Range: 0-1", "ab"},
		{"PUT", "/v2/ALIAS/app/blobs/uploads/UPLOAD64", "digest=sha256:fb8e20fc2e4c3f248c60c39bd652f3c1347298bb977b8b4d5903b85055620603", "Content-Range: 9-8", "ab"},
		{"GET", "/v2/ALIAS/app/blobs/uploads/UPLOAD64", "", "", ""},
		{"DELETE", "/v2/ALIAS/app/blobs/uploads/UPLOAD64", "", "", ""},
		{"GET", "/v2/ALIAS/app/referrers/IMAGE", "artifactType=a", "", ""},
		{"GET", "/token/", "scope=aws", "Authorization: Basic Og==", ""},
		{"POST", "/token/", "", "", ""},
		{"GET", "//..%2f", "n=%zz&;", "Authorization: Bearer x", ""},
	} {
		f.Add(seed.method, seed.path, seed.query, seed.header, seed.body, "GET", "/v2/ALIAS/app/tags/list", "", "")
		f.Add("PATCH", "/v2/ALIAS/app/blobs/uploads/UPLOAD64", "", "", "ab", seed.method, seed.path, seed.query, seed.body)
	}
	f.Fuzz(func(t *testing.T, method, path, query, header, body, nextMethod, nextPath, nextQuery, nextBody string) {
		emulator := newTarget(t)
		send := func(method, path, query, header, body string) {
			fields := http.Header{"Authorization": {"Bearer " + emulator.pushes}}
			if name, value, ok := strings.Cut(header, ": "); ok {
				fields.Set(name, value)
			}
			names := emulator.names.Replace
			path = strings.ReplaceAll(path, "UPLOAD64", base64.RawURLEncoding.EncodeToString([]byte(names("UPLOAD"))))
			if path = names(path); path == "/" {
				return // the API's
			}
			requireRegistryAnswer(t, path, serve(emulator, request(method, path, names(query), fields, names(body))))
		}
		send(method, path, query, header, body)
		send(nextMethod, nextPath, nextQuery, "", nextBody)
	})
}

func requireRegistryAnswer(t *testing.T, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	require.Less(t, w.Code, http.StatusInternalServerError, "%s", w.Body)
	require.NotEmpty(t, w.Header().Get("X-Amzn-Requestid"))
	if w.Code < http.StatusBadRequest || strings.HasPrefix(path, "/token") && w.Code == http.StatusMethodNotAllowed {
		return // the token endpoint is no part of the OCI's API
	}
	var envelope struct {
		Errors []struct{ Code, Message string }
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &envelope), "%s %d %s", path, w.Code, w.Body)
	require.NotEmpty(t, envelope.Errors)
	require.NotEmpty(t, envelope.Errors[0].Code)
}
