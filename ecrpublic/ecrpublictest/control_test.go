package ecrpublictest_test

import (
	"net/http"
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

// control steers the emulator over HTTP; a request is METHOD NAME.
func (r repo) control(request, body string) reply {
	r.Helper()
	method, name, _ := strings.Cut(request, " ")
	return r.request(method, ecrpublictest.ControlPath+name, body)
}

func (r repo) once() *ecrpublic.Client {
	return r.srv.Client(func(o *ecrpublic.Options) { o.Retryer = aws.NopRetryer{} })
}

func TestControl(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithControl())
	assert.JSONEq(t, `{"status":"ok"}`, r.control("GET health", "").body)

	got := r.control("POST faults", `{"operation":"DescribeRegistries","times":1,"effect":"throttle"}`)
	require.Equal(t, 200, got.status, got.body)
	assert.JSONEq(t, `{"faults":[{"operation":"DescribeRegistries","times":1,"effect":"throttle"}]}`, r.control("GET faults", "").body)
	_, err := r.once().DescribeRegistries(t.Context(), nil)
	require.ErrorContains(t, err, "ThrottlingException")
	_, err = r.once().DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, 200, r.control("POST faults", `{"operation":"DescribeRegistries","effect":"expired-token"}`).status)
	_, err = r.once().DescribeRegistries(t.Context(), nil)
	require.ErrorContains(t, err, "ExpiredTokenException")
	require.Equal(t, 200, r.control("DELETE faults", "").status)
	assert.JSONEq(t, `{"faults":[]}`, r.control("GET faults", "").body)
	require.Equal(t, 200, r.control("POST faults", `{"operation":"GET /v2/","times":1,"effect":"expired-token"}`).status)
	assertEnvelope(t, 400, "DENIED", "Your Authorization Token is invalid.", r.v2("GET", "tags/list", ""))

	requests := r.control("GET requests", "").body
	assert.Contains(t, requests, `"input":{"repositoryName":"app"}`)
	assert.NotContains(t, requests, ecrpublictest.ControlPath)
	assert.JSONEq(t, `{}`, r.control("DELETE requests", "").body)
	assert.JSONEq(t, `{"requests":[]}`, r.control("GET requests", "").body)

	require.Equal(t, 200, r.control("PUT quotas", `{"Repositories":1}`).status)
	_, err = r.once().CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("second")})
	require.ErrorAs(t, err, new(*types.LimitExceededException))
	assert.Contains(t, r.control("GET quotas", "").body, `"TagsPerImage":1000`)

	bearer := r.anonymous()
	got = r.control("PUT clock", `{"offset":"61m"}`)
	require.Equal(t, 200, got.status, got.body)
	assert.Contains(t, got.body, `"offset":"1h1m0s"`)
	assert.Equal(t, 400, r.request("GET", "/v2/", "", "Authorization", "Bearer "+bearer).status)

	_, err = r.srv.AddImage("app", "v1")
	require.NoError(t, err)
	require.Equal(t, 200, r.control("POST reset", "").status)
	assert.Empty(t, repositories(t, r.srv))
	assert.Contains(t, r.control("GET clock", "").body, `"offset":"0s"`)
	assert.Equal(t, 200, r.request("GET", "/v2/", "", "Authorization", "Bearer "+bearer).status)
	create(t, r.srv, "app")
}

func TestEveryEffectByName(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithControl())
	for effect, want := range map[string]int{
		`"throttle"`: 400, `"fail"`: 500, `"fail","status":400,"code":"AccessDeniedException","message":"no"`: 400, `"expired-token"`: 400,
		`"status","status":503`: 503, `"delay","delay":"1ms"`: 200, `"truncate"`: 200, `"body","body":"<html>"`: 200,
		`"clock-offset","delay":"1h"`: 200, `"hide-new","reads":1`: 200, `"short-pages","size":1`: 200, `"repeat-token"`: 200,
		`"reset-before"`: 0, `"reset-after"`: 0, `"reset-midway"`: 200, `"cut-off"`: 200,
	} {
		require.Equal(t, 200, r.control("DELETE faults", "").status)
		operation := "DescribeRepositories"
		if strings.HasPrefix(effect, `"hide-new"`) {
			operation = "CreateRepository"
		}
		got := r.control("POST faults", `{"operation":"`+operation+`","effect":`+effect+`}`)
		require.Equal(t, 200, got.status, got.body)
		response, _ := call(t, r.srv, "DescribeRepositories", "{}")
		assert.Equal(t, want, response.status, effect)
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	clock := newClock()
	r := newRepo(t, ecrpublictest.WithClock(clock.now), ecrpublictest.WithRates(ecrpublictest.DocumentedRates()))
	begin := func() error {
		_, err := r.once().InitiateLayerUpload(t.Context(), &ecrpublic.InitiateLayerUploadInput{RepositoryName: aws.String("app")})
		return err
	}
	for range 9 {
		require.NoError(t, begin())
	}
	require.Equal(t, 202, r.v2("POST", "blobs/uploads/", "").status, "the tenth")
	require.ErrorContains(t, begin(), "ThrottlingException: Rate exceeded")
	assertEnvelope(t, 429, "TOOMANYREQUESTS", "Rate exceeded", r.v2("POST", "blobs/uploads/", ""))
	clock.advance(t, "100ms")
	require.NoError(t, begin())
	require.Error(t, begin())

	anonymous := []string{"Authorization", "Bearer " + r.anonymous()}
	pull := func(headers []string) int {
		return r.request("GET", "/v2/"+r.alias()+"/app/manifests/v1", "", headers...).status
	}
	assert.Equal(t, 404, pull(anonymous))
	assert.Equal(t, 429, pull(anonymous))
	login := []string{"Authorization", "Bearer " + r.login()}
	assert.Equal(t, 404, pull(login), "logins have their own")
	clock.advance(t, "1s")
	assert.Equal(t, 404, pull(anonymous))
	assert.Equal(t, 404, r.v2("HEAD", "manifests/v1", "").status, "a HEAD is no pull")
}

func TestHostCheck(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithHostCheck("registry.example.com"))
	ask := func(host, origin string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.srv.URL, nil)
		require.NoError(t, err)
		req.Host = host
		if origin != "" {
			req.Header.Set("Origin", origin)
		}
		got, err := send(t, req)
		require.NoError(t, err)
		return got.status
	}
	for host, want := range map[string]int{
		"127.0.0.1:4510": 200, "[::1]:4510": 200, "localhost": 200, "emulator:4510": 200, "a.localhost": 200, "host.docker.internal:80": 200,
		"public.ecr.aws": 200, "api.ecr-public.us-east-1.amazonaws.com": 200, "registry.example.com:443": 200,
		"Public.ECR.aws": 200, "REGISTRY.example.com": 200,
		"evil.example.com": 421, "127.0.0.1.example.com": 421, "public.ecr.aws.example.com": 421,
	} {
		assert.Equal(t, want, ask(host, ""), host)
	}
	assert.Equal(t, 200, ask("localhost:1", "http://localhost:1"))
	for _, origin := range []string{"https://evil.example.com", "null", "http://localhost:2", "%", "file://", "data:x", "chrome-extension://abc"} {
		assert.Equal(t, 403, ask("localhost:1", origin), origin)
	}
}

// clock is a clock that stands until it is advanced.
type clock struct{ ahead atomic.Int64 }

func newClock() *clock { return new(clock) }

func (c *clock) now() time.Time { return time.Unix(1e9, 0).Add(time.Duration(c.ahead.Load())) }

func (c *clock) advance(t *testing.T, by string) {
	t.Helper()
	d, err := time.ParseDuration(by)
	require.NoError(t, err)
	c.ahead.Add(int64(d))
}
