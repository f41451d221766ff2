package ecrpublictest_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// repositories lists the server's repositories by name.
func repositories(t *testing.T, srv *ecrpublictest.Server) []string {
	t.Helper()
	got, err := call(t, srv, "DescribeRepositories", "{}")
	require.NoError(t, err)
	require.Equal(t, 200, got.status, got.body)
	var out struct {
		Repositories []struct{ RepositoryName string }
	}
	require.NoError(t, json.Unmarshal([]byte(got.body), &out))
	names := make([]string, 0)
	for _, r := range out.Repositories {
		names = append(names, r.RepositoryName)
	}
	return names
}

func create(t *testing.T, srv *ecrpublictest.Server, name string) {
	t.Helper()
	got, err := call(t, srv, "CreateRepository", `{"repositoryName":"`+name+`"}`)
	require.NoError(t, err)
	require.Equal(t, 200, got.status, got.body)
}

func TestReset(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		effect ecrpublictest.Effect
		want   []string
	}{
		"before": {ecrpublictest.ResetBefore(), []string{}},
		"after":  {ecrpublictest.ResetAfter(), []string{"app"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			srv.Inject(ecrpublictest.Fault{Operation: "CreateRepository", Effect: tc.effect})
			_, err := call(t, srv, "CreateRepository", `{"repositoryName":"app"}`)
			require.ErrorIs(t, err, syscall.ECONNRESET)
			assert.Equal(t, tc.want, repositories(t, srv))
			assert.Equal(t, 0, srv.Requests()[0].Status)
		})
	}
}

func TestResetOverTLS(t *testing.T) {
	t.Parallel()
	for name, http2 := range map[string]bool{"HTTP/1.1": false, "HTTP/2.0": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			emulator, err := ecrpublictest.NewHandler()
			require.NoError(t, err)
			srv := httptest.NewUnstartedServer(emulator)
			srv.EnableHTTP2 = http2
			srv.StartTLS()
			defer srv.Close()
			resp, err := srv.Client().Get(srv.URL + "/v2/")
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, name, resp.Proto)

			emulator.Inject(ecrpublictest.Fault{Effect: ecrpublictest.ResetAfter()})
			_, err = srv.Client().Post(srv.URL, "", nil)
			require.Error(t, err)
			if !http2 {
				require.ErrorIs(t, err, syscall.ECONNRESET)
			}
			assert.Equal(t, 0, emulator.Requests()[1].Status)
		})
	}
}

// whole is the response that the spoiled ones are made of.
func whole(t *testing.T, srv *ecrpublictest.Server) reply {
	t.Helper()
	got, err := call(t, srv, "DescribeRepositories", "{}")
	require.NoError(t, err)
	require.Greater(t, len(got.body), 100)
	return got
}

func TestSpoiledAnswers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		effect ecrpublictest.Effect
		length func(whole int) int // what Content-Length says
		err    error
	}{
		"reset midway": {ecrpublictest.ResetMidway(), func(whole int) int { return whole }, syscall.ECONNRESET},
		"cut off":      {ecrpublictest.CutOff(), func(whole int) int { return whole }, io.ErrUnexpectedEOF},
		"truncated":    {ecrpublictest.Truncate(), func(whole int) int { return whole / 2 }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			create(t, srv, "app")
			want := whole(t, srv)
			srv.Inject(ecrpublictest.Fault{Effect: tc.effect})
			got, err := call(t, srv, "DescribeRepositories", "{}")
			require.NoError(t, err)
			require.ErrorIs(t, got.err, tc.err)
			assert.Equal(t, 200, got.status)
			assert.Equal(t, strconv.Itoa(tc.length(len(want.body))), got.header.Get("Content-Length"))
			assert.Equal(t, want.header.Get("Content-Type"), got.header.Get("Content-Type"))
			assert.Equal(t, want.body[:len(want.body)/2], got.body)
		})
	}
}

func TestSpoiledAnswersAreProcessed(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for name, effect := range map[string]ecrpublictest.Effect{
		"midway": ecrpublictest.ResetMidway(), "cut": ecrpublictest.CutOff(),
		"truncated": ecrpublictest.Truncate(), "body": ecrpublictest.Body(nil),
	} {
		srv.Inject(ecrpublictest.Fault{Operation: "CreateRepository", Effect: effect})
		got, err := call(t, srv, "CreateRepository", `{"repositoryName":"`+name+`"}`)
		require.NoError(t, err)
		assert.Equal(t, 200, got.status)
		srv.ClearFaults()
	}
	assert.ElementsMatch(t, []string{"midway", "cut", "truncated", "body"}, repositories(t, srv))
}

func TestSpoiledResetIsAReset(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]ecrpublictest.Effect{
		"after": ecrpublictest.ResetAfter(), "midway": ecrpublictest.ResetMidway(), "truncated": ecrpublictest.Truncate(),
		"clock": ecrpublictest.ClockOffset(time.Hour), "hidden": ecrpublictest.HideNew(1),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t)
			srv.Inject(ecrpublictest.Fault{Effect: effect}, ecrpublictest.Fault{Effect: ecrpublictest.ResetBefore()})
			_, err := call(t, srv, "CreateRepository", `{"repositoryName":"app"}`)
			require.ErrorIs(t, err, syscall.ECONNRESET)
			assert.Equal(t, 0, srv.Requests()[0].Status)
		})
	}
}

func TestBody(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Body([]byte("<html>oops"))})
	got, err := call(t, srv, "DescribeImages", "{}")
	require.NoError(t, err)
	assert.Equal(t, 400, got.status)
	assert.Equal(t, "<html>oops", got.body)
	assert.Equal(t, "10", got.header.Get("Content-Length"))
}

func TestEffectsLeaveBodilessAnswersAlone(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Truncate()}, ecrpublictest.Fault{Effect: ecrpublictest.Status(http.StatusNoContent)})
	got, err := get(t, srv, "/v2/")
	require.NoError(t, err)
	assert.Equal(t, 204, got.status)
	assert.Empty(t, got.header.Get("Content-Length"))
}

func TestDelay(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Times: 1, Effect: ecrpublictest.Delay(20 * time.Millisecond)})
	start := time.Now()
	create(t, srv, "slow")
	assert.GreaterOrEqual(t, time.Since(start), 20*time.Millisecond)
	assert.Equal(t, []string{"slow"}, repositories(t, srv))
}

func TestDelayEndsWithItsClient(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Operation: "CreateRepository", Effect: ecrpublictest.Delay(time.Hour)})
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, srv.URL, strings.NewReader(`{"repositoryName":"app"}`))
	require.NoError(t, err)
	req.Header.Set("X-Amz-Target", "SpencerFrontendService.CreateRepository")
	go func() {
		for srv.Count("CreateRepository") == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	_, err = send(t, req)
	require.ErrorIs(t, err, context.Canceled)
	srv.Close() // waits for the request
	assert.Equal(t, 0, srv.Requests()[0].Status)
}

func TestClockOffset(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	srv := newServer(t, ecrpublictest.WithClock(func() time.Time { return now }))
	srv.Inject(ecrpublictest.Fault{Times: 2, Effect: ecrpublictest.ClockOffset(-time.Hour)})
	for _, operation := range []string{"DescribeRegistries", "NoSuchOperation"} {
		got, err := call(t, srv, operation, "{}")
		require.NoError(t, err)
		assert.Equal(t, "Mon, 04 May 2026 02:02:01 GMT", got.header.Get("Date"), operation)
	}
	got, err := call(t, srv, "DescribeRegistries", "{}")
	require.NoError(t, err)
	assert.Equal(t, "Mon, 04 May 2026 03:02:01 GMT", got.header.Get("Date"))
}

func TestMiddleware(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Middleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Proxy", "odd")
			next.ServeHTTP(w, r)
		})
	})})
	got, err := call(t, srv, "DescribeRegistries", "{}")
	require.NoError(t, err)
	assert.Equal(t, "odd", got.header.Get("X-Proxy"))
	assert.Equal(t, 200, got.status)
}
