package registry_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// limiting answers the first n requests for content with 429.
func limiting(n int, retryAfter, message string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if n--; n < 0 {
			return
		}
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		refusal(http.StatusTooManyRequests, "TOOMANYREQUESTS", message)(w)
	}
}

func TestTooManyRequests(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		times      int
		retryAfter string
		message    string
		deadline   time.Duration
		requests   int
		atLeast    time.Duration
		atMost     time.Duration
		wait       time.Duration // that the error says
	}{
		"once":             {1, "", "Rate exceeded", 0, 2, 500 * time.Millisecond, time.Second, -1},
		"with a wait":      {2, "7", "Rate exceeded", 0, 3, 14 * time.Second, 14 * time.Second, -1},
		"with a date":      {1, "Fri, 01 Jan 1999 00:00:30 GMT", "Rate exceeded", 0, 2, 30 * time.Second, 30 * time.Second, -1},
		"for ever":         {99, "1", "Rate exceeded", 0, 10, 9 * time.Second, 9 * time.Second, time.Second},
		"a long wait":      {99, "3600", "Rate exceeded", 0, 1, 0, 0, time.Hour},
		"an endless wait":  {99, "99999999999999999999", "Rate exceeded", 0, 1, 0, 0, 100 * 365 * 24 * time.Hour},
		"a wait too long":  {99, "60", "Rate exceeded", 30 * time.Second, 1, 0, 0, time.Minute},
		"no use to wait":   {99, "1", "Data limit exceeded", 0, 1, 0, 0, time.Second},
		"an absurd header": {1, "-5", "Rate exceeded", 0, 2, 500 * time.Millisecond, time.Second, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newFakeHost()
				limited := limiting(c.times, c.retryAfter, c.message)
				h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Date", "Fri, 01 Jan 1999 00:00:00 GMT")
					limited(w, r)
				})
				client := h.open(t, registry.Options{})
				ctx := t.Context()
				if c.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, c.deadline)
					defer cancel()
				}
				start := time.Now()
				for _, err := range client.Tags(ctx, app) {
					if c.wait < 0 {
						assert.NotErrorAs(t, err, new(*registry.Error))
						break
					}
					require.True(t, registry.IsRateLimited(err), err)
					var refused *registry.Error
					require.ErrorAs(t, err, &refused)
					assert.Equal(t, c.wait, refused.RetryAfter)
					assert.ErrorContains(t, err, "429 Too Many Requests: TOOMANYREQUESTS: "+c.message+" (wait "+c.wait.String()+")")
				}
				assert.GreaterOrEqual(t, time.Since(start), c.atLeast)
				assert.LessOrEqual(t, time.Since(start), c.atMost)
				assert.Equal(t, c.requests, h.count("/tags/"))
			})
		})
	}
}

// All requests pause when one is told to wait, and then come one after the other.
func TestPauseIsShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		var mu sync.Mutex
		var refused, sent []time.Duration
		start := time.Now()
		h.content = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			age := time.Since(start)
			if age < 10*time.Second {
				refused = append(refused, age)
				w.Header().Set("Retry-After", "10")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			sent = append(sent, age)
		})
		client := h.open(t, registry.Options{Rate: 1})
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				assert.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
			})
		}
		time.Sleep(5 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := client.Resolve(ctx, tagged("v1"))
		assert.True(t, registry.IsRateLimited(err), err)
		wg.Wait()
		assert.Equal(t, []time.Duration{0}, refused)
		require.Len(t, sent, 8)
		assert.InDelta(t, 10, sent[0].Seconds(), 0.1)
		assert.InDelta(t, 14, sent[7].Seconds(), 1.1, "three at once after a pause, then one a second")
	})
}

func TestManifestsArePaced(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rate  float64
		login bool
		took  time.Duration // by 23 requests
	}{
		"anonymous": {0, false, 20 * time.Second},
		"login":     {0, true, 1300 * time.Millisecond},
		"own":       {2, false, 10 * time.Second},
		"none":      {-1, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newFakeHost()
				options := registry.Options{Host: fakeURL, Rate: c.rate, HTTPClient: &http.Client{Transport: inMemory{h}}}
				if c.login {
					options.Login = (&logins{}).provider()
				}
				client, err := registry.New(options)
				require.NoError(t, err)
				start := time.Now()
				for range 23 {
					require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
					require.Equal(t, http.StatusOK, h.status(t, client, "/v2/acme/app/blobs/x"), "not paced")
				}
				assert.InDelta(t, c.took.Seconds(), time.Since(start).Seconds(), 0.01)
				if c.rate < 0 {
					return
				}
				for range 10 {
					require.Equal(t, http.StatusOK, h.status(t, client, "/v2/acme/app/tags/list"), "not paced")
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				defer cancel()
				_, err = client.Manifest(ctx, tagged("v1"))
				assert.ErrorIs(t, err, context.DeadlineExceeded)
				assert.ErrorContains(t, err, "leaves no time for the request")
			})
		})
	}
}

func TestMomentaryFailures(t *testing.T) {
	t.Parallel()
	failures := map[string]func() (*http.Response, error){
		"reset":   func() (*http.Response, error) { return nil, &net.OpError{Op: "read", Err: syscall.ECONNRESET} },
		"EOF":     func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF },
		"timeout": func() (*http.Response, error) { return nil, &net.DNSError{IsTimeout: true} },
		"any":     func() (*http.Response, error) { return nil, errOffline },
	}
	for _, status := range []int{408, 500, 502, 503, 504} {
		failures[fmt.Sprint(status)] = func() (*http.Response, error) {
			return &http.Response{StatusCode: status, Body: http.NoBody, Header: http.Header{}}, nil
		}
	}
	for name, fail := range failures {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newFakeHost()
				failing := 0
				client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
					if failing > 0 {
						failing--
						return fail()
					}
					return inMemory{h}.RoundTrip(req)
				})}})
				failing = 3
				require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
				failing = 3
				post := h.get(t, "/v2/acme/app/blobs/uploads/")
				post.Method, post.Body = http.MethodPost, http.NoBody
				resp, err := client.Do(post)
				assert.True(t, err != nil || resp.StatusCode != http.StatusOK, "a write is not repeated")
				assert.Equal(t, 2, failing)
				failing = 1000
				resp, err = client.Do(h.get(t, manifestPath))
				assert.True(t, err != nil || resp.StatusCode != http.StatusOK, "and a read not for ever")
				assert.GreaterOrEqual(t, failing, 990)
			})
		})
	}
}

func TestFailuresForGood(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]error{
		"no such host": &net.DNSError{IsNotFound: true},
		"certificate":  &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
		"plain HTTP":   tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"},
		"scheme":       http.ErrSchemeMismatch,
	} {
		calls := 0
		h := newFakeHost()
		client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: roundTripFunc(func(*http.Request) (*http.Response, error) {
			calls++
			return nil, failure
		})}})
		_, err := client.Manifest(t.Context(), tagged("v1"))
		assert.ErrorIs(t, err, failure, name)
		assert.Equal(t, 1, calls, name)
	}
}

// A body that cannot be had again is sent once, and closed.
func TestUnrepeatableBody(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.content = limiting(99, "1", "Rate exceeded")
	client := h.open(t, registry.Options{})
	req := h.get(t, "/v2/acme/app/blobs/uploads/")
	req.Method = http.MethodPost
	body := &closing{Reader: strings.NewReader("x")}
	req.Body = body
	resp, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusTooManyRequests, resp.StatusCode)
	assert.Equal(t, 1, h.count("/uploads/"))

	broken := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: roundTripFunc(func(*http.Request) (*http.Response, error) { return nil, errOffline })}})
	req = h.get(t, "/v2/acme/app/blobs/uploads/")
	req.Method, req.Body = http.MethodPost, body
	_, err = broken.Do(req)
	assert.ErrorIs(t, err, errOffline)
	assert.True(t, body.closed)

	req = h.get(t, "/v2/acme/app/blobs/uploads/")
	req.Method, req.Body = http.MethodPost, io.NopCloser(strings.NewReader("x"))
	req.GetBody = func() (io.ReadCloser, error) { return nil, errors.New("gone") }
	_, err = client.Do(req)
	assert.ErrorContains(t, err, "gone")
}

type closing struct {
	io.Reader
	closed bool
}

func (c *closing) Close() error { c.closed = true; return nil }

// Connections are kept for as many requests as there are at a time.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	const workers = 30
	connections := 0
	var mu sync.Mutex
	arrived := make(chan struct{}, workers)
	release := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v2/" {
			arrived <- struct{}{}
			<-release
		}
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			mu.Lock()
			connections++
			mu.Unlock()
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client := open(t, registry.Options{Host: server.URL})
	for range 5 {
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				resp, err := client.Do(mustGet(t, server.URL+manifestPath))
				if assert.NoError(t, err) {
					_, err = io.Copy(io.Discard, resp.Body)
					assert.NoError(t, err)
					assert.NoError(t, resp.Body.Close())
				}
			})
		}
		for range workers {
			<-arrived
		}
		for range workers {
			release <- struct{}{}
		}
		wg.Wait()
	}
	mu.Lock()
	defer mu.Unlock()
	assert.LessOrEqual(t, connections, workers+1)
	(&http.Client{Transport: client.Transport()}).CloseIdleConnections()
}

func mustGet(t *testing.T, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	return req
}

// brittle serves a blob and breaks the connection every so many bytes.
func brittle(content []byte, step int, ranges bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var from int
		if ranges {
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(content)-from))
		if from > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(content)-1, len(content)))
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = w.Write(content[from:min(from+step, len(content))]) // the rest is missing
		if !ranges {
			step *= 2
		}
	}
}

func TestBlobsContinue(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	for _, ranges := range []bool{true, false} {
		client := serve(t, brittle(content, 40_000, ranges))
		blob, err := client.Blob(t.Context(), app, digest.FromBytes(content))
		require.NoError(t, err)
		got, err := io.ReadAll(blob)
		require.NoError(t, err, "ranges: %t", ranges)
		assert.Equal(t, content, got)
		require.NoError(t, blob.Close())
		_, err = blob.Read(make([]byte, 1))
		assert.ErrorIs(t, err, io.EOF)
	}
}

func TestBlobsThatCannotContinue(t *testing.T) {
	t.Parallel()
	content := bytes.Repeat([]byte("0123456789"), 10_000)
	for name, c := range map[string]struct {
		rest http.HandlerFunc
		want string
	}{
		"another range": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 7-9/10")
			w.WriteHeader(http.StatusPartialContent)
		}, "want the bytes from 40000 on"},
		"less": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "short") }, "EOF"},
		"gone": {func(w http.ResponseWriter, _ *http.Request) {
			refusal(http.StatusNotFound, "BLOB_UNKNOWN", "no longer")(w)
		}, "404 Not Found: BLOB_UNKNOWN: no longer"},
	} {
		first := true
		client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if first {
				first = false
				brittle(content, 40_000, true)(w, r)
				return
			}
			c.rest(w, r)
		}))
		blob, err := client.Blob(t.Context(), app, digest.FromBytes(content))
		require.NoError(t, err)
		_, err = io.ReadAll(blob)
		assert.ErrorContains(t, err, c.want, name)
		require.NoError(t, blob.Close(), name)
	}
}

func TestClosedBlob(t *testing.T) {
	t.Parallel()
	client := serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") }))
	blob, err := client.Blob(t.Context(), app, digest.FromString("x"))
	require.NoError(t, err)
	require.NoError(t, blob.Close())
	_, err = blob.Read(make([]byte, 1))
	assert.ErrorContains(t, err, "closed")
}

// A manifest whose connection fails midway is requested again.
func TestTruncatedManifest(t *testing.T) {
	t.Parallel()
	content := []byte(`{"mediaType":"application/vnd.oci.image.index.v1+json"}`)
	client := serve(t, brittle(content, 20, false))
	m, err := client.Manifest(t.Context(), tagged("v1"))
	require.NoError(t, err)
	assert.Equal(t, content, m.Content)
}
