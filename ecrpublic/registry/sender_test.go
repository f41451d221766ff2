package registry_test

import (
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
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

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
		"address":      &net.OpError{Op: "dial", Err: &net.AddrError{Err: "invalid port", Addr: "99999"}},
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

// A body that cannot be read again is sent once, and closed.
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

// As many connections are kept as there are concurrent requests.
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

// The host that serves blobs has its own limits and failures.
func TestFailuresOfAnotherHost(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newFakeHost()
				h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.Contains(r.URL.Path, "/blobs/") {
						http.Redirect(w, r, "https://cdn.test/x", http.StatusTemporaryRedirect)
					}
				})
				failures := 2
				both := inMemory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Host != "cdn.test" {
						h.ServeHTTP(w, r)
						return
					}
					if failures--; failures >= 0 {
						w.Header().Set("Retry-After", "60")
						w.WriteHeader(status)
						return
					}
					fmt.Fprint(w, "content")
				})}
				client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: both}})
				var wg sync.WaitGroup
				wg.Go(func() {
					blob, err := client.Blob(t.Context(), app, digest.FromString("content"))
					if !assert.NoError(t, err) {
						return
					}
					_, err = io.ReadAll(blob)
					assert.NoError(t, err)
					assert.NoError(t, blob.Close())
				})
				time.Sleep(time.Second)
				start := time.Now()
				assert.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
				assert.Zero(t, time.Since(start), "the registry host did not ask to wait")
				wg.Wait()
				assert.Equal(t, 1, h.count("/blobs/"))
			})
		})
	}
}

// A refusal with a truncated body is still one.
func TestBrokenRefusal(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	transport := roundTripFunc(func(req *http.Request) (*http.Response, error) {
		resp, err := inMemory{h}.RoundTrip(req)
		if strings.Contains(req.URL.Path, "/manifests/") {
			resp.StatusCode = http.StatusForbidden
			resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("Not Autho"), iotest.ErrReader(errOffline)))
		}
		return resp, err
	})
	client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: transport}})
	_, err := client.Manifest(t.Context(), tagged("v1"))
	assert.ErrorContains(t, err, "403 Forbidden: Not Autho")
	resp, err := client.Do(h.get(t, manifestPath))
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	assert.Equal(t, "Not Autho", string(text))
	assert.ErrorIs(t, err, errOffline)
	require.NoError(t, resp.Body.Close())
}

// Content is requested as it is stored: uncompressed, and with its own media type.
func TestHeadersOfRequests(t *testing.T) {
	t.Parallel()
	seen := map[string]http.Header{}
	client := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		kind := strings.Split(strings.TrimPrefix(r.URL.Path, "/v2/acme/team/app/"), "/")[0]
		seen[r.Method+" "+kind] = r.Header
	}))
	for _, read := range readings(client) {
		_ = read(t.Context()) // the responses are empty
	}
	for request, accept := range map[string]string{
		"HEAD manifests": "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.artifact.manifest.v1+json",
		"GET referrers":  "application/vnd.oci.image.index.v1+json",
		"GET tags":       "",
		"GET blobs":      "",
	} {
		require.Contains(t, seen, request)
		assert.Equal(t, "identity", seen[request].Get("Accept-Encoding"), request)
		assert.Equal(t, accept, seen[request].Get("Accept"), request)
	}
}
