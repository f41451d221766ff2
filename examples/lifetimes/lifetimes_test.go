// Package lifetimes tests that programs keep working after tokens of the
// registry host expire, whichever client they use.
package lifetimes

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	ggcr "github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

const (
	alias      = "acme"
	repository = "team/app"
	images     = 6
)

// service is an emulator whose clock a test puts ahead. The programs' own clocks stay,
// so that nothing but a refusal tells them that a token has ended.
type service struct {
	*ecrpublictest.Server
	mu    sync.Mutex
	ahead time.Duration
}

func newService(t *testing.T) *service {
	t.Helper()
	s := &service{}
	s.Server = ecrpublictest.NewServer(ecrpublictest.WithAlias(alias), ecrpublictest.WithClock(s.now))
	t.Cleanup(s.Close)
	for range images - 1 {
		_, err := s.AddImage(repository)
		require.NoError(t, err)
	}
	_, err := s.AddImage(repository, "v1", "v2")
	require.NoError(t, err)
	return s
}

func (s *service) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

// pass lets time pass, once, and forgets the requests before.
func (s *service) pass(age time.Duration) func() {
	return sync.OnceFunc(func() {
		s.mu.Lock()
		s.ahead += age
		s.mu.Unlock()
		s.ResetRequests()
	})
}

// challenges counts the requests that were answered with a challenge.
func (s *service) challenges() (n int) {
	for _, r := range s.Requests() {
		if r.Status == http.StatusUnauthorized {
			n++
		}
	}
	return n
}

func (s *service) provider() *login.Provider {
	return login.NewProvider(s.Client(), func(o *login.ProviderOptions) { o.Hosts = []string{s.RegistryHost()} })
}

func (s *service) host(t *testing.T, client *http.Client) *registry.Client {
	t.Helper()
	host, err := registry.New(registry.Options{Login: s.provider(), Host: s.URL, HTTPClient: client, Rate: -1})
	require.NoError(t, err)
	return host
}

// during lets time pass when a program that has read one manifest asks for the next.
func (s *service) during(pass func()) *http.Client {
	var mu sync.Mutex
	read := 0
	return &http.Client{Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
		if strings.Contains(req.URL.Path, "/manifests/") {
			mu.Lock()
			if read++; read == 2 {
				pass()
			}
			mu.Unlock()
		}
		return http.DefaultTransport.RoundTrip(req)
	})}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func (s *service) orasRepository(t *testing.T, host *registry.Client) *remote.Repository {
	t.Helper()
	repo, err := remote.NewRepository(s.RegistryHost() + "/" + alias + "/" + repository)
	require.NoError(t, err)
	repo.PlainHTTP = true
	repo.Client = host
	return repo
}

// programs use the registry host before and after a while.
var programs = map[string]func(ctx context.Context, t *testing.T, s *service, pass func()){
	"oras-go": func(ctx context.Context, t *testing.T, s *service, pass func()) {
		repo := s.orasRepository(t, s.host(t, nil))
		_, err := oras.Tag(ctx, repo, "v1", "before")
		require.NoError(t, err)
		pass()
		_, err = oras.Tag(ctx, repo, "v1", "after")
		assert.NoError(t, err)
		_, _, err = oras.FetchBytes(ctx, repo, "after", oras.DefaultFetchBytesOptions)
		assert.NoError(t, err)
	},
	"go-containerregistry": func(ctx context.Context, t *testing.T, s *service, pass func()) {
		puller, err := ggcr.NewPuller(ggcr.WithTransport(s.host(t, nil).Transport()))
		require.NoError(t, err)
		ref, err := name.ParseReference(s.RegistryHost() + "/" + alias + "/" + repository + ":v1")
		require.NoError(t, err)
		_, err = puller.Head(ctx, ref)
		require.NoError(t, err)
		pass()
		desc, err := puller.Get(ctx, ref)
		require.NoError(t, err)
		image, err := desc.Image()
		require.NoError(t, err)
		layers, err := image.Layers()
		require.NoError(t, err)
		content, err := layers[0].Compressed()
		require.NoError(t, err)
		_, err = io.Copy(io.Discard, content)
		assert.NoError(t, err)
		assert.NoError(t, content.Close())
	},
	"net/http": func(ctx context.Context, t *testing.T, s *service, pass func()) {
		client := &http.Client{Transport: s.host(t, nil).Transport()}
		get := func() int {
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/v2/"+alias+"/"+repository+"/tags/list", nil)
			require.NoError(t, err)
			resp, err := client.Do(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			return resp.StatusCode
		}
		require.Equal(t, http.StatusOK, get())
		pass()
		assert.Equal(t, http.StatusOK, get())
	},
	"Prune": func(ctx context.Context, t *testing.T, s *service, pass func()) {
		old := housekeeping.Rule{TagStatus: housekeeping.TagStatusUntagged, OlderThan: 24 * time.Hour}
		plan, err := housekeeping.Prune(ctx, s.Client(), repository, housekeeping.Policy{Rules: []housekeeping.Rule{old}}, func(o *housekeeping.PruneOptions) {
			o.RegistryURL, o.Login, o.HTTPClient, o.Rate = s.URL, s.provider(), s.during(pass), -1
			o.Now = time.Now().AddDate(0, 2, 0)
		})
		require.NoError(t, err)
		assert.NoError(t, plan.GraphError)
		assert.Len(t, plan.Delete, images-1)
	},
	"Mirror": func(ctx context.Context, t *testing.T, s *service, pass func()) {
		source := s.orasRepository(t, s.host(t, s.during(pass)))
		result, err := imagepush.Mirror(ctx, s.Client(), source, imagepush.MirrorOptions{Repository: "copy", CreateRepository: s.Client()})
		require.NoError(t, err)
		assert.Len(t, result.Images, 2)
	},
}

// Bearers of the service live an hour and logins twelve. What a refusal costs is a
// request for a token, and when the login has ended as well, a refused one of those, a
// fresh login and another. Nobody is asked for a challenge again.
func TestProgramsOutliveTokens(t *testing.T) {
	t.Parallel()
	for _, after := range []struct {
		age            time.Duration
		tokens, logins int
	}{
		{0, 0, 0}, {59 * time.Minute, 0, 0}, {61 * time.Minute, 1, 0}, {13 * time.Hour, 2, 1},
	} {
		for program, use := range programs {
			t.Run(program+" after "+after.age.String(), func(t *testing.T) {
				t.Parallel()
				s := newService(t)
				pass := s.pass(after.age)
				use(t.Context(), t, s, func() {
					assert.Equal(t, 1, s.Count("GET /token/"), "before")
					assert.Equal(t, 1, s.Count("GetAuthorizationToken"), "before")
					assert.Equal(t, 1, s.challenges(), "before")
					pass()
				})
				tokens, logins := s.Count("GET /token/"), s.Count("GetAuthorizationToken")
				if program == "Prune" && after.tokens > 0 {
					// Some of its requests have waited for the token with which they are
					// refused then, and renew it with a fresh login.
					assert.LessOrEqual(t, tokens, 2)
					assert.LessOrEqual(t, logins, 1)
				} else {
					assert.Equal(t, []int{after.tokens, after.logins}, []int{tokens, logins})
				}
				assert.Zero(t, s.challenges())
			})
		}
	}
}
