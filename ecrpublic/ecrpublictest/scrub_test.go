package ecrpublictest_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

func TestScrubbedTexts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"registry with id '210987654321'":                                                     "registry with id '000000000001'",
		"arn:aws:ecr-public::210987654321:repository/app":                                     "arn:aws:ecr-public::000000000001:repository/app",
		"User: arn:aws:sts::210987654321:assumed-role/Admin/alice@corp.com is not":            "User: arn:aws:sts::000000000001:assumed-role/name-1 is not",
		"arn:aws:iam::210987654321:root":                                                      "arn:aws:iam::000000000001:root",
		"public.ecr.aws/q1a8w6c8/team/app:v1":                                                 "public.ecr.aws/x0x0x0x1/team/app:v1",
		"https://public.ecr.aws/v2/q1a8w6c8/app/manifests/v1":                                 "https://public.ecr.aws/v2/x0x0x0x1/app/manifests/v1",
		"https://public.ecr.aws/token/?scope=repository%3Aq1a8w6c8/app:pull":                  "https://public.ecr.aws/token/?scope=repository%3Ax0x0x0x1/app:pull",
		"/v2/q1a8w6c8/app/blobs/uploads/3b241101-e2bb-4255-8caf-4136c566a962?_state=c2VjcmV0": "/v2/x0x0x0x1/app/blobs/uploads/00000000-0000-0000-0000-000000000001?_state=scrubbed",
		"https://d1.cloudfront.net/x?Expires=1&Signature=abc~-_&Key-Pair-Id=KAB":              "https://d1.cloudfront.net/x?Expires=1&Signature=scrubbed&Key-Pair-Id=scrubbed",
		"key ASIAQWERTYUIOPASDFGH":                                                            "key AKIASCRUBBED00000001",
		"Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc":                                  "Authorization: Bearer scrubbed",
		"http://127.0.0.1:41233/v2/":                                                          "http://localhost/v2/",
		"sha256:0123456789012345678901234567890123456789012345678901234567890123":             "sha256:0123456789012345678901234567890123456789012345678901234567890123",
		"Acme and Acme Corp":                                                                  "somebody and example",
	} {
		s := &ecrpublictest.Scrubber{Replace: map[string]string{"Acme": "somebody", "Acme Corp": "example", "": "nothing"}}
		got := s.Text(text)
		assert.Equal(t, want, got)
		assert.Equal(t, got, s.Text(got), "scrubbed twice")
	}
}

func TestScrubbedBodies(t *testing.T) {
	t.Parallel()
	s := new(ecrpublictest.Scrubber)
	for body, want := range map[string]string{
		`{"registries": [{"registryId": "210987654321", "registryUri": "public.ecr.aws/acme", "aliases": [{"name": "acme", "status": "ACTIVE"}]}]}`://
		`{"registries":[{"registryId":"000000000001","registryUri":"public.ecr.aws/alias-1","aliases":[{"name":"alias-1","status":"ACTIVE"}]}]}`,
		`{"registryId":"acme","repositoryName":"name"}`:                                `{"registryId":"alias-1","repositoryName":"name"}`,
		`{"token":"eyJ","expires_in":3600}`:                                            `{"token":"token-1","expires_in":3600}`,
		`{"nextToken":"none","registryId":"12345"}`:                                    `{"nextToken":"none","registryId":"12345"}`,
		`{"nextToken":"","imageDetails":[]}`:                                           `{"nextToken":"","imageDetails":[]}`,
		`{"layerPartBlob":"210987654321","partFirstByte":210987654321,"uploadId":"u"}`: `{"layerPartBlob":"210987654321","partFirstByte":210987654321,"uploadId":"u"}`,
		`{"message":"no account 210987654321"} and more`:                               `{"message":"no account 000000000001"} and more`,
		`plain 210987654321`:                                                           `plain 000000000001`,
		``:                                                                             ``,
	} {
		assert.Equal(t, want, s.Body(body))
		assert.Equal(t, want, s.Body(want), "scrubbed twice")
	}

	login := s.Body(`{"authorizationData":{"authorizationToken":"` + base64.StdEncoding.EncodeToString([]byte("AWS:secret")) + `"}}`)
	decoded, err := base64.StdEncoding.DecodeString(strings.Split(login, `"`)[5])
	require.NoError(t, err)
	assert.Regexp(t, `^AWS:token-\d$`, string(decoded))
	assert.Equal(t, login, s.Body(login), "scrubbed twice")

	first := s.Body(`{"nextToken":"abcabcabcabc"}`)
	assert.Equal(t, first, s.Body(`{"nextToken":"abcabcabcabc"}`))
	assert.NotEqual(t, first, s.Body(`{"nextToken":"defdefdefdef"}`))
}

// The registry host names repositories with the alias, and unknown registries by it.
func TestAliasesOfTheRegistryHost(t *testing.T) {
	t.Parallel()
	s := new(ecrpublictest.Scrubber)
	assert.Equal(t, "/v2/alias-1/acme/app/tags/list", s.Text("/v2/acme/acme/app/tags/list"))
	assert.Equal(t, `{"name":"alias-1/acme/app","tags":["acme"]}`, s.Body(`{"name":"acme/acme/app","tags":["acme"]}`))
	assert.Equal(t, "/v2/alias-1/app/blobs/uploads/?from=alias-1%2Fapp", s.Text("/v2/acme/app/blobs/uploads/?from=acme%2Fapp"))
	assert.Equal(t, "does not exist in the registry with id 'alias-2'", s.Text("does not exist in the registry with id 'other-team'"))
}

func TestScrubbedHeaders(t *testing.T) {
	t.Parallel()
	s := new(ecrpublictest.Scrubber)
	got := s.Header(http.Header{
		"Authorization": {"AWS4-HMAC-SHA256 Credential=AKIAQWERTYUIOPASDFGH/20260101"}, "X-Amz-Security-Token": {"secret"}, "Set-Cookie": {"secret"},
		"User-Agent": {"secret"}, "X-New-In-2027": {"secret"}, "X-Amz-Target": {"SpencerFrontendService.PutImage"},
		"X-Amzn-Requestid": {"3b241101-e2bb-4255-8caf-4136c566a962"}, "Date": {"Thu, 01 Jan 2026 00:00:00 GMT"},
	})
	assert.Equal(t, http.Header{
		"X-Amz-Target": {"SpencerFrontendService.PutImage"}, "X-Amzn-Requestid": {"00000000-0000-0000-0000-000000000001"}, "Date": {"Thu, 01 Jan 2026 00:00:00 GMT"},
	}, got)
	assert.Nil(t, s.Header(nil))
}

func TestMatches(t *testing.T) {
	t.Parallel()
	api := func(operation, body string) (http.Header, string) {
		return http.Header{"X-Amz-Target": {"SpencerFrontendService." + operation}}, body
	}
	header, body := api("PutImage", `{"registryId":"000000000001","imageTag":"v1","n":1}`)
	for name, c := range map[string]struct {
		operation, body string
		want            bool
	}{
		"other account, order and space": {"PutImage", `{ "n": 1, "imageTag": "v1", "registryId": "210987654321" }`, true},
		"another value":                  {"PutImage", `{"registryId":"210987654321","imageTag":"v2","n":1}`, false},
		"another number":                 {"PutImage", `{"registryId":"210987654321","imageTag":"v1","n":1.0000000000000000000001}`, false},
		"another operation":              {"TagImage", body, false},
		"no JSON":                        {"PutImage", "", false},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://127.0.0.1:1/", strings.NewReader(c.body))
		require.NoError(t, err)
		r.Header, _ = api(c.operation, "")
		s := new(ecrpublictest.Scrubber)
		assert.Equal(t, c.want, s.Matches(r, http.MethodPost, "https://api.ecr-public.us-east-1.amazonaws.com/", header, body), name)
		assert.Equal(t, c.want, s.Matches(r, http.MethodPost, "https://api.ecr-public.us-east-1.amazonaws.com/", header, body), "%s: the body can be read again", name)
	}

	get := func(path string) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://public.ecr.aws"+path, nil)
		require.NoError(t, err)
		return r
	}
	s := new(ecrpublictest.Scrubber)
	recorded := "http://localhost/v2/x0x0x0x1/app/tags/list?n=5"
	assert.True(t, s.Matches(get("/v2/q1a8w6c8/app/tags/list?n=5"), http.MethodGet, recorded, nil, ""))
	assert.False(t, s.Matches(get("/v2/q1a8w6c8/app/tags/list?n=6"), http.MethodGet, recorded, nil, ""))
	assert.False(t, s.Matches(get("/v2/q1a8w6c8/app/tags/list?n=5"), http.MethodHead, recorded, nil, ""))
}

// doer is an HTTP client.
type doer func(*http.Request) (*http.Response, error)

func (d doer) Do(r *http.Request) (*http.Response, error) { return d(r) }

// readAll reads a body and puts it back.
func readAll(body *io.ReadCloser) (string, error) {
	if *body == nil {
		return "", nil
	}
	content, err := io.ReadAll(*body)
	*body = io.NopCloser(bytes.NewReader(content))
	return string(content), err
}

// Whatever the emulator says about an account, no part of it is left in the record.
func TestNothingOfTheAccountIsLeft(t *testing.T) {
	t.Parallel()
	const account, alias = "210987654321", "acme-team"
	srv := ecrpublictest.NewServer(ecrpublictest.WithAccount(account), ecrpublictest.WithAlias(alias))
	t.Cleanup(srv.Close)
	s := new(ecrpublictest.Scrubber)
	var record strings.Builder
	client := srv.Client(func(o *ecrpublic.Options) {
		o.HTTPClient = doer(func(r *http.Request) (*http.Response, error) {
			request, err := readAll(&r.Body)
			if err != nil {
				return nil, err
			}
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				return nil, err
			}
			body, err := readAll(&response.Body)
			if err != nil {
				return nil, err
			}
			fmt.Fprintln(&record, s.Text(r.URL.String()), s.Header(r.Header), s.Body(request), s.Header(response.Header), s.Body(body))
			return response, nil
		})
	})
	ctx := t.Context()
	_, err := srv.AddImage("app", "v1")
	require.NoError(t, err)
	created, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("web")})
	require.NoError(t, err)
	_, err = client.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: created.Repository.RepositoryArn})
	require.NoError(t, err)
	_, err = client.DescribeRegistries(ctx, nil)
	require.NoError(t, err)
	page, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RegistryId: aws.String(account), MaxResults: aws.Int32(1)})
	require.NoError(t, err)
	_, err = client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{NextToken: page.NextToken})
	require.NoError(t, err)
	token, err := client.GetAuthorizationToken(ctx, nil)
	require.NoError(t, err)
	_, err = client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("missing")})
	require.Error(t, err)
	policy, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": "arn:aws:iam::210987654321:user/alice"}, "Action": "ecr-public:PutImage",
	}}})
	require.NoError(t, err)
	_, err = client.SetRepositoryPolicy(ctx, &ecrpublic.SetRepositoryPolicyInput{RepositoryName: aws.String("web"), PolicyText: aws.String(string(policy))})
	require.NoError(t, err)

	for _, secret := range []string{account, alias, "alice", *token.AuthorizationData.AuthorizationToken, *page.NextToken, srv.RegistryHost(), "Credential="} {
		assert.NotContains(t, record.String(), secret)
	}
	assert.Contains(t, record.String(), "public.ecr.aws/alias-1/web")
}
