package login_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// registry accepts only bearer tokens under /v2/, and issues one for Basic AWS:hunter2.
// It records the requests under /v2/.
type registry struct {
	*httptest.Server
	seen []string
}

func newRegistry(t *testing.T, bearer ...string) *registry {
	t.Helper()
	r := &registry{}
	mux := http.NewServeMux()
	mux.HandleFunc("/token/", func(w http.ResponseWriter, req *http.Request) {
		if user, password, _ := req.BasicAuth(); user != "AWS" || password != "hunter2" {
			http.Error(w, "denied", http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"token": "` + bearer[0] + `"}`))
	})
	mux.HandleFunc("/v2/", func(w http.ResponseWriter, req *http.Request) {
		header := req.Header.Get("Authorization")
		r.seen = append(r.seen, header)
		for _, token := range bearer {
			if header == "Bearer "+token {
				return
			}
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="`+r.URL+`/token/",service="`+r.host()+`",scope="aws"`)
		http.Error(w, "Your Authorization Token is invalid.", http.StatusUnauthorized)
	})
	r.Server = httptest.NewServer(mux)
	t.Cleanup(r.Close)
	return r
}

func (r *registry) host() string { return strings.TrimPrefix(r.URL, "http://") }

func (r *registry) get(t *testing.T, client interface {
	Do(*http.Request) (*http.Response, error)
}, authorization string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.URL+"/v2/", nil)
	require.NoError(t, err)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	res, err := client.Do(req)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return res.StatusCode
}

// Under /v2/ the token must be sent as Bearer, not as Basic.
func TestRawTokenIsABearerNotBasic(t *testing.T) {
	t.Parallel()
	out := token("hunter2", time.Now().Add(time.Hour))
	c, err := login.Get(t.Context(), always(out, nil))
	require.NoError(t, err)
	raw := *out.AuthorizationData.AuthorizationToken
	assert.Equal(t, raw, c.Bearer())

	r := newRegistry(t, "exchanged", raw)
	assert.Equal(t, http.StatusOK, r.get(t, http.DefaultClient, "Bearer "+c.Bearer()))
	assert.Equal(t, http.StatusUnauthorized, r.get(t, http.DefaultClient, "Basic "+c.Bearer()))
}

func TestORASLogsIn(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "exchanged")
	provider := login.NewProvider(always(token("hunter2", time.Now().Add(time.Hour)), nil), func(o *login.ProviderOptions) {
		o.Hosts = []string{r.host()}
	})
	client := &auth.Client{Credential: provider.ORASCredential}
	assert.Equal(t, http.StatusOK, r.get(t, client, ""))
	assert.Equal(t, []string{"", "Bearer exchanged"}, r.seen)
}

// With an assumed role, one credential helper sends a login of private ECR to
// public.ecr.aws. Here each host gets its own login or none.
func TestOtherHostsGetNoCredentials(t *testing.T) {
	t.Parallel()
	client := always(token("hunter2", time.Now().Add(time.Hour)), nil)
	p := login.NewProvider(client)
	for _, host := range []string{
		"123456789012.dkr.ecr.us-east-1.amazonaws.com", "docker.io", "gallery.ecr.aws",
		"public.ecr.aws.example.com", "public.ecr.aws:80", "public.ecr.aws:4433", "",
	} {
		assert.False(t, p.Serves(host), host)
		credential, err := p.ORASCredential(t.Context(), host)
		require.NoError(t, err)
		assert.Equal(t, auth.EmptyCredential, credential, host)
	}
	assert.Zero(t, client.calls.Load())

	for _, host := range append(login.RegistryHosts(), "public.ecr.aws:443") {
		assert.True(t, p.Serves(host), host)
		credential, err := p.ORASCredential(t.Context(), host)
		require.NoError(t, err)
		assert.Equal(t, auth.Credential{Username: "AWS", Password: "hunter2"}, credential, host)
	}
}

func TestORASCredentialReturnsTheError(t *testing.T) {
	t.Parallel()
	p := login.NewProvider(always(nil, apiError("AccessDeniedException", "no")))
	credential, err := p.ORASCredential(t.Context(), "public.ecr.aws")
	assert.True(t, ecrpublic.IsAccessDenied(err))
	assert.Equal(t, auth.EmptyCredential, credential)
}
