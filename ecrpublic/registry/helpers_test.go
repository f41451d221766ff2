package registry_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// app is the repository that tests use.
var app = imageref.Reference{Alias: "acme", RepositoryName: "team/app"}

func tagged(tag string) imageref.Reference {
	ref := app
	ref.Tag = tag
	return ref
}

func digested(digest string) imageref.Reference {
	ref := app
	ref.Digest = digest
	return ref
}

// emulator is a server whose clock can be moved forward.
type emulator struct {
	*ecrpublictest.Server
	mu    sync.Mutex
	ahead time.Duration
}

func newEmulator(t *testing.T, opts ...ecrpublictest.Option) *emulator {
	t.Helper()
	e := &emulator{}
	e.Server = ecrpublictest.NewServer(append(opts, ecrpublictest.WithAlias(app.Alias), ecrpublictest.WithClock(e.now))...)
	t.Cleanup(e.Close)
	return e
}

func (e *emulator) now() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return time.Now().Add(e.ahead)
}

func (e *emulator) wait(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ahead += d
}

func (e *emulator) provider() *login.Provider {
	return login.NewProvider(e.Server.Client(), func(o *login.ProviderOptions) { o.Hosts = []string{e.RegistryHost()} })
}

// addImage returns the digest of a new image with the tag.
func (e *emulator) addImage(t *testing.T, tags ...string) string {
	t.Helper()
	digest, err := e.AddImage(app.RepositoryName, tags...)
	require.NoError(t, err)
	return digest
}

// open creates a client without rate limits for a host.
func open(t *testing.T, options registry.Options) *registry.Client {
	t.Helper()
	if options.Rate == 0 {
		options.Rate = -1
	}
	client, err := registry.New(options)
	require.NoError(t, err)
	return client
}

func (e *emulator) anonymous(t *testing.T) *registry.Client {
	t.Helper()
	return open(t, registry.Options{Host: e.URL})
}

func (e *emulator) loggedIn(t *testing.T) *registry.Client {
	t.Helper()
	return open(t, registry.Options{Host: e.URL, Login: e.provider()})
}

// inMemory serves requests without a network, as a bubble of package synctest needs.
type inMemory struct{ http.Handler }

func (t inMemory) RoundTrip(req *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	served := req.Clone(req.Context())
	if served.Body == nil {
		served.Body = http.NoBody
	}
	if req.URL.Scheme == "https" {
		served.TLS = &tls.ConnectionState{}
	}
	t.ServeHTTP(recorder, served)
	resp := recorder.Result()
	resp.Request = req
	return resp, nil
}
