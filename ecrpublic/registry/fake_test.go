package registry_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

const fakeURL = "https://registry.test"

// fakeHost is a registry host in memory that issues token-1, token-2 and so on. A test
// replaces the parts that must misbehave.
type fakeHost struct {
	realm   string
	valid   func(token string) bool
	refuse  func(http.ResponseWriter)
	token   http.HandlerFunc // nil: the next token
	content http.Handler     // serves paths below /v2/

	mu       sync.Mutex
	given    int
	requests []string // method, host and path
	secrets  []string // hosts that got an Authorization header
}

func newFakeHost() *fakeHost {
	return &fakeHost{
		realm: fakeURL + "/token/",
		valid: func(string) bool { return true },
		refuse: func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusUnauthorized)
		},
		content: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
	}
}

// open creates a client for the host, in memory unless HTTPClient is set.
func (h *fakeHost) open(t *testing.T, options registry.Options) *registry.Client {
	t.Helper()
	options.Host = fakeURL
	if options.HTTPClient == nil {
		options.HTTPClient = &http.Client{Transport: inMemory{h}}
	}
	return open(t, options)
}

func (h *fakeHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.note(r)
	if strings.HasPrefix(r.URL.Path, "/token/") {
		if h.token != nil {
			h.token(w, r)
			return
		}
		fmt.Fprintf(w, `{"token":"token-%d"}`, h.next())
		return
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s",service="registry.test",scope="aws"`, h.realm))
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	h.mu.Lock()
	valid := h.valid(token)
	h.mu.Unlock()
	if !valid {
		h.refuse(w)
		return
	}
	h.content.ServeHTTP(w, r)
}

func (h *fakeHost) note(r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests = append(h.requests, r.Method+" "+r.URL.Host+r.URL.Path)
	if r.Header.Get("Authorization") != "" {
		h.secrets = append(h.secrets, r.URL.Host)
	}
}

func (h *fakeHost) next() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.given++
	return h.given
}

// accept makes one token the only valid one.
func (h *fakeHost) accept(token string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.valid = func(t string) bool { return t == token }
}

// count returns how many requests had the text in method, host and path.
func (h *fakeHost) count(text string) (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, r := range h.requests {
		if strings.Contains(r, text) {
			n++
		}
	}
	return n
}

func (h *fakeHost) get(t *testing.T, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fakeURL+path, nil)
	require.NoError(t, err)
	return req
}

// status requests a path and returns the status.
func (h *fakeHost) status(t *testing.T, client *registry.Client, path string) int {
	t.Helper()
	resp, err := client.Do(h.get(t, path))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	return resp.StatusCode
}
