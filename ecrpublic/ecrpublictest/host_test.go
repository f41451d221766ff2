package ecrpublictest_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
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
	var answer struct{ Token string }
	require.NoError(r, json.Unmarshal([]byte(r.request("GET", "/token/", "").body), &answer))
	return answer.Token
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

func TestRegistryAuthorization(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	r := newRepo(t, ecrpublictest.WithClock(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }))
	r.layers("layer")
	other := newRepo(t)
	blob := "/v2/" + r.alias() + "/app/blobs/" + sha("layer")
	uploads := "/v2/" + r.alias() + "/app/blobs/uploads/"
	token := func(headers ...string) string {
		got := r.request("GET", "/token/?service=public.ecr.aws&scope=repository:x/app:pull", "", headers...)
		require.Equal(t, 200, got.status, got.body)
		var answer struct{ Token string }
		require.NoError(t, json.Unmarshal([]byte(got.body), &answer))
		return answer.Token
	}
	basic := func(user, password string) string {
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
	}
	login := r.login()
	pull, push := token(), token("Authorization", basic("AWS", password(t, login)))

	const none = ""
	for name, tt := range map[string]struct {
		method, path, authorization string
		status                      int
		text                        string
	}{
		"ping without a token":       {"GET", "/v2/", none, 401, "Not Authorized"},
		"pull without a token":       {"GET", blob, none, 401, "Not Authorized"},
		"pull anonymously":           {"GET", blob, "Bearer " + pull, 200, ""},
		"look anonymously":           {"HEAD", blob, "Bearer " + pull, 401, ""},
		"look with a token":          {"HEAD", blob, "Bearer " + push, 200, ""},
		"a bearer as a password":     {"GET", "/token/", basic("AWS", push), 400, "Your Authorization Token is invalid."},
		"a password as a bearer":     {"GET", blob, "Bearer " + password(t, login), 400, "Your Authorization Token is invalid."},
		"pull with a login":          {"GET", blob, "Bearer " + login, 200, ""},
		"pull in lower case":         {"GET", blob, "bearer " + login, 200, ""},
		"ping with a token":          {"GET", "/v2/", "Bearer " + pull, 200, ""},
		"push anonymously":           {"POST", uploads, "Bearer " + pull, 401, "Not Authorized"},
		"push with a token":          {"POST", uploads, "Bearer " + push, 202, ""},
		"push with a login":          {"POST", uploads, "Bearer " + login, 202, ""},
		"basic":                      {"GET", blob, "Basic " + login, 400, "Your Authorization Token is invalid."},
		"a foreign login":            {"GET", blob, "Bearer " + other.login(), 400, "Your Authorization Token is invalid."},
		"no base64":                  {"GET", blob, "Bearer %", 400, "Your Authorization Token is invalid."},
		"no ticket":                  {"GET", blob, "Bearer eA==", 400, "Your Authorization Token is invalid."},
		"a token for another user":   {"GET", "/token/", basic("me", password(t, login)), 400, "Your Authorization Token is invalid."},
		"a token for a wrong login":  {"GET", "/token", basic("AWS", "x"), 400, "Your Authorization Token is invalid."},
		"a token for a foreign one":  {"GET", "/token/", basic("AWS", password(t, other.login())), 400, "Your Authorization Token is invalid."},
		"a token posted for":         {"POST", "/token/", none, 405, ""},
		"something else than either": {"GET", "/v1/", none, 401, "Not Authorized"},
	} {
		t.Run(name, func(t *testing.T) {
			var headers []string
			if tt.authorization != none {
				headers = []string{"Authorization", tt.authorization}
			}
			got := r.request(tt.method, tt.path, "", headers...)
			assert.Equal(t, tt.status, got.status)
			if tt.text != "" {
				assert.JSONEq(t, envelope("DENIED", tt.text), got.body)
			}
			if tt.status == 401 {
				assert.Equal(t, `Bearer realm="`+r.srv.URL+`/token/",service="public.ecr.aws",scope="aws"`, got.header.Get("WWW-Authenticate"))
			}
		})
	}

	const invalid, expired = "Your Authorization Token is invalid.", "Your authorization token has expired. Reauthenticate and try again."
	get := func(path, authorization string) reply {
		return r.request("GET", path, "", "Authorization", authorization)
	}
	ahead.Store(int64(59 * time.Minute))
	for _, token := range []string{pull, push, login} {
		assert.Equal(t, 200, get(blob, "Bearer "+token).status)
	}
	ahead.Store(int64(time.Hour))
	for _, token := range []string{pull, push} {
		got := get(blob, "Bearer "+token)
		assertEnvelope(t, 400, "DENIED", invalid, got)
		assert.Empty(t, got.header.Get("WWW-Authenticate"), "clients that renew on 401 alone never renew")
	}
	assert.Equal(t, 200, get("/token/", basic("AWS", password(t, login))).status)
	assert.Equal(t, 200, get(blob, "Bearer "+login).status)
	ahead.Store(int64(12 * time.Hour))
	assertEnvelope(t, 403, "DENIED", expired, get(blob, "Bearer "+login))
	assertEnvelope(t, 403, "DENIED", expired, get("/token/", basic("AWS", password(t, login))))
}

func TestLivesOfTokens(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	r := newRepo(t, ecrpublictest.WithLoginLife(time.Hour), ecrpublictest.WithBearerLife(time.Minute),
		ecrpublictest.WithClock(func() time.Time { return time.Unix(1e9, 0).Add(time.Duration(ahead.Load())) }))
	out, err := r.api.GetAuthorizationToken(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, time.Unix(1e9, 0).Add(time.Hour).UTC(), *out.AuthorizationData.ExpiresAt)
	var answer struct{ Token string }
	require.NoError(t, json.Unmarshal([]byte(r.request("GET", "/token/", "").body), &answer))
	text, err := base64.StdEncoding.DecodeString(answer.Token)
	require.NoError(t, err)
	var content struct{ Expiration int64 }
	require.NoError(t, json.Unmarshal(text, &content))
	assert.Equal(t, int64(1e9+60), content.Expiration)
	for after, status := range map[time.Duration]int{59 * time.Second: 200, time.Minute: 400} {
		ahead.Store(int64(after))
		assert.Equal(t, status, r.request("GET", "/v2/", "", "Authorization", "Bearer "+answer.Token).status)
	}
}

func TestAnonymousHeadOfABlobByTheSpecification(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithRegistryMode(ecrpublictest.RegistryOCI))
	r.layers("layer")
	var answer struct{ Token string }
	require.NoError(t, json.Unmarshal([]byte(r.request("GET", "/token/", "").body), &answer))
	got := r.request("HEAD", "/v2/"+r.alias()+"/app/blobs/"+sha("layer"), "", "Authorization", "Bearer "+answer.Token)
	assert.Equal(t, 200, got.status)
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

func TestTagsAreListedInPages(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	var tags []string
	for i := range 120 {
		tags = append(tags, fmt.Sprintf("v%03d", i))
	}
	_, err := r.srv.AddImage("app", tags...)
	require.NoError(t, err)
	list := func(path string) (found []string, link string) {
		got := r.v2("GET", path, "")
		require.Equal(t, 200, got.status, got.body)
		var answer struct {
			Name string
			Tags []string
		}
		require.NoError(t, json.Unmarshal([]byte(got.body), &answer))
		assert.Equal(t, r.alias()+"/app", answer.Name)
		return answer.Tags, got.header.Get("Link")
	}
	found, link := list("tags/list")
	assert.Len(t, found, 100)
	assert.False(t, slices.IsSorted(found), "in no order")
	next, ok := strings.CutPrefix(link, "<"+r.srv.URL+"/v2/"+r.alias()+"/app/tags/list?")
	require.True(t, ok, link)
	query, ok := strings.CutSuffix(next, `>; rel="next"`)
	require.True(t, ok, link)
	assert.NotContains(t, query, found[99], "last is opaque")
	rest, link := list("tags/list?" + query)
	assert.ElementsMatch(t, tags, append(found, rest...))
	assert.Empty(t, link)
	found, _ = list("tags/list?n=1000")
	assert.ElementsMatch(t, tags, found)
	for query, text := range map[string]string{
		"n=1001":    "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value less than or equal to 1000'",
		"n=0":       "Invalid parameter at 'maxResults' failed to satisfy constraint: 'Member must have value greater than or equal to 1'",
		"n=many":    "The number of tags is not valid",
		"last=v099": "Invalid parameter at 'nextToken' failed to satisfy constraint: 'Invalid pagination token provided'",
	} {
		assertEnvelope(t, 405, "UNSUPPORTED", text, r.v2("GET", "tags/list?"+query, ""))
	}
	create(t, r.srv, "empty")
	got := r.request("GET", "/v2/"+r.alias()+"/empty/tags/list", "", "Authorization", "Bearer "+r.login())
	assert.JSONEq(t, `{"name":"`+r.alias()+`/empty","tags":[]}`, got.body)
}

func TestTagsAreSortedByTheSpecification(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithRegistryMode(ecrpublictest.RegistryOCI))
	_, err := r.srv.AddImage("app", "c", "a", "b")
	require.NoError(t, err)
	name := r.alias() + "/app"
	for query, want := range map[string]struct{ tags, link string }{
		"":               {`["a","b","c"]`, ""},
		"?n=0":           {`[]`, ""},
		"?n=2":           {`["a","b"]`, `</v2/` + name + `/tags/list?last=b&n=2>; rel="next"`},
		"?n=2&last=b":    {`["c"]`, ""},
		"?last=aa":       {`["b","c"]`, ""},
		"?n=2000":        {`["a","b","c"]`, ""},
		"?n=1&last=zzzz": {`[]`, ""},
	} {
		got := r.v2("GET", "tags/list"+query, "")
		assert.JSONEq(t, `{"name":"`+name+`","tags":`+want.tags+`}`, got.body, query)
		assert.Equal(t, want.link, got.header.Get("Link"), query)
	}
	assert.Equal(t, 400, r.v2("GET", "tags/list?n=-1", "").status)
}

func TestReferrers(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "layer")
	subject := image("layer")
	signature := image("{}").with("subject", descriptor(ociManifest, subject.String())).with("artifactType", "application/x.signature").with("annotations", object{"by": "me"})
	report := image("{}").with("subject", descriptor(ociManifest, subject.String()))
	got := r.v2("PUT", "manifests/"+sha(signature.String()), signature.String(), "Content-Type", ociManifest)
	require.Equal(t, 201, got.status, "before its subject")
	assert.Equal(t, sha(subject.String()), got.header.Get("OCI-Subject"))
	require.NoError(t, r.put(report.String(), ""))
	require.NoError(t, r.put(subject.String(), "v1"))

	list := func(query string) (found []object) {
		var answer struct{ Manifests []object }
		got := r.v2("GET", "referrers/"+sha(subject.String())+query, "")
		assert.Equal(t, ociIndex, got.header.Get("Content-Type"))
		require.NoError(t, json.Unmarshal([]byte(got.body), &answer))
		return answer.Manifests
	}
	assert.Len(t, list(""), 2)
	found := list("?artifactType=application/x.signature")
	require.Len(t, found, 1)
	assert.Equal(t, sha(signature.String()), found[0]["digest"])
	assert.Equal(t, map[string]any{"by": "me"}, found[0]["annotations"])
	assert.Empty(t, list("?artifactType=application/x.none"))
	assert.Contains(t, r.v2("GET", "referrers/"+unknownDigest, "").body, `"manifests":[]`)
}

func TestTransport(t *testing.T) {
	t.Parallel()
	srv := newServer(t, ecrpublictest.WithCredentials("KEY", "SECRETEXAMPLE0123456789abcdefghijklmnopq"))
	cfg := srv.Config()
	cfg.BaseEndpoint = nil
	cfg.HTTPClient = &http.Client{Transport: srv.Transport()}
	describe := func(region string, dualStack aws.DualStackEndpointState, fips aws.FIPSEndpointState) error {
		client := ecrpublic.NewFromConfig(cfg, func(o *ecrpublic.Options) {
			o.Region, o.UseConfiguredRegion = region, true
			o.Retryer = aws.NopRetryer{}
			o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint = fips, dualStack
		})
		_, err := client.DescribeRepositories(t.Context(), nil)
		return err
	}
	const plain, dual, noFIPS = aws.DualStackEndpointStateDisabled, aws.DualStackEndpointStateEnabled, aws.FIPSEndpointStateDisabled
	require.NoError(t, describe("us-east-1", plain, noFIPS))
	require.NoError(t, describe("us-east-1", dual, noFIPS))
	err := describe("us-west-2", plain, noFIPS)
	require.ErrorAs(t, err, new(*types.UnsupportedCommandException))
	assert.ErrorContains(t, err, "DescribeRepositories command is only supported in us-east-1.")
	for region, state := range map[string]aws.FIPSEndpointState{"us-east-1": aws.FIPSEndpointStateEnabled, "eu-west-1": noFIPS, "cn-north-1": noFIPS} {
		var dns *net.DNSError
		require.ErrorAs(t, describe(region, plain, state), &dns, region)
		assert.True(t, dns.IsNotFound)
	}
	require.ErrorAs(t, describe("us-west-2", dual, noFIPS), new(*net.DNSError))

	get := func(url string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		resp, err := (&http.Client{Transport: srv.Transport()}).Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp
	}
	resp := get("https://public.ecr.aws/v2/")
	assert.Equal(t, `Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"`, resp.Header.Get("WWW-Authenticate"))
	assert.Equal(t, 200, get("https://ecr-public.aws.com/token/").StatusCode)
	assert.Equal(t, 401, get(srv.URL+"/v2/").StatusCode, "other hosts are left alone")
	assert.Equal(t, 403, get("https://d1a2b3c4d5e6f7.cloudfront.net/blob/"+unknownDigest).StatusCode)
}
