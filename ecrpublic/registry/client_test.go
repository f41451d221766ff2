package registry_test

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

func TestInvalidOptions(t *testing.T) {
	t.Parallel()
	for _, host := range []string{
		"ftp://registry.test", "https://", "https://registry.test/path", "registry.test/path", "https://u:p@registry.test",
		"https://registry.test?q=1", "https://registry.test#f", "a b", ":80", "http://[::1",
	} {
		_, err := registry.New(registry.Options{Host: host})
		assert.ErrorContains(t, err, fmt.Sprintf("registry: Host is %q, want ", host))
	}
	for _, rate := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := registry.New(registry.Options{Rate: rate})
		assert.ErrorContains(t, err, "registry: Rate is ")
	}
	for _, host := range []string{"", "127.0.0.1:5000", "http://registry.test", "https://registry.test:8443/"} {
		_, err := registry.New(registry.Options{Host: host})
		assert.NoError(t, err, host)
	}
}

// A login is sent only to the hosts of its provider.
func TestLoginsForOtherHosts(t *testing.T) {
	t.Parallel()
	l := &logins{}
	_, err := registry.New(registry.Options{Login: l.provider()})
	assert.ErrorContains(t, err, "registry: Login is not for https://public.ecr.aws: add the host to the Hosts of login.ProviderOptions")
	_, err = registry.New(registry.Options{Login: login.NewProvider(l), Host: "registry.test"})
	assert.ErrorContains(t, err, "registry: Login is not for https://registry.test")
	_, err = registry.New(registry.Options{Login: login.NewProvider(l)})
	require.NoError(t, err)

	one := login.NewProvider(l, func(o *login.ProviderOptions) { o.Hosts = []string{imageref.Host} })
	client, err := registry.New(registry.Options{Login: one})
	require.NoError(t, err)
	ref := tagged("v1")
	ref.DualStack = true
	_, err = client.Manifest(t.Context(), ref)
	assert.ErrorContains(t, err, "the client's Login is not for https://ecr-public.aws.com")
	assert.Zero(t, l.calls.Load())
}

// With the emulator's transport a client goes to the hosts of the service.
func TestHostsOfReferences(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	want := e.addImage(t, "v1")
	provider := login.NewProvider(e.Server.Client())
	client := open(t, registry.Options{Login: provider, HTTPClient: &http.Client{Transport: e.Transport()}})
	for _, dual := range []bool{false, true} {
		ref := tagged("v1")
		ref.DualStack = dual
		desc, err := client.Resolve(t.Context(), ref)
		require.NoError(t, err)
		assert.Equal(t, want, desc.Digest.String())
	}
	assert.Equal(t, 2, e.Count("GET /token/"))
}

// The realm of either host of the service may be at the other.
func TestHostByName(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"", imageref.Host, imageref.DualStackHost, "https://public.ecr.aws:443"} {
		var hosts []string
		service := inMemory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/token/" {
				fmt.Fprint(w, `{"token":"x"}`)
				return
			}
			hosts = append(hosts, r.URL.Hostname())
			if r.Header.Get("Authorization") == "" {
				w.Header().Set("WWW-Authenticate", `Bearer realm="https://public.ecr.aws/token/"`)
				w.WriteHeader(http.StatusUnauthorized)
			}
		})}
		client := open(t, registry.Options{Host: host, HTTPClient: &http.Client{Transport: service}})
		ref := app
		ref.DualStack = true
		for _, err := range client.Tags(t.Context(), ref) {
			assert.ErrorContains(t, err, "not a list of tags")
		}
		want := imageref.DualStackHost
		if strings.Contains(host, imageref.Host) {
			want = imageref.Host
		}
		assert.Equal(t, []string{want, want}, hosts, host)
	}
}

// A host of this machine is called over HTTP, as docker does.
func TestLoopbackHost(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	e.addImage(t, "v1")
	for _, host := range []string{e.RegistryHost(), strings.Replace(e.RegistryHost(), "127.0.0.1", "localhost", 1)} {
		_, err := open(t, registry.Options{Host: host}).Resolve(t.Context(), tagged("v1"))
		assert.NoError(t, err, host)
	}
}

func TestTransportReplacesAuthorizationOfTheRegistryAlone(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	got := map[string]string{}
	both := inMemory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Host+r.URL.Path != "registry.test/v2/" {
			got[r.URL.Host+r.URL.Path] = r.Header.Get("Authorization")
		}
		if r.URL.Host == "registry.test" && strings.HasPrefix(r.URL.Path, "/v2") {
			h.ServeHTTP(w, r)
			return
		}
		fmt.Fprint(w, `{"token":"token-1"}`)
	})}
	client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: both}})
	plain := &http.Client{Transport: client.Transport()}
	for address, want := range map[string]string{
		"https://registry.test/v2":               "Bearer token-1",
		"https://registry.test:443/v2/x":         "Bearer token-1",
		"https://REGISTRY.test/v2/y":             "Bearer token-1",
		"https://registry.test/other":            "Basic mine",
		"http://registry.test/v2/plain":          "Basic mine",
		"https://registry.test:8443/v2/x":        "Basic mine",
		"https://other.test/v2/x":                "Basic mine",
		"https://registry.test.other.test/v2/x":  "Basic mine",
		"https://registry.test@other.test/v2/xy": "Basic mine",
	} {
		req := mustGet(t, address)
		req.Header.Set("Authorization", "Basic mine")
		before := req.Header.Clone()
		resp, err := plain.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, before, req.Header, "the request is the caller's")
		u, err := url.Parse(address)
		require.NoError(t, err)
		assert.Equal(t, want, got[u.Host+u.Path], address)
		assert.Equal(t, "Basic mine", resp.Request.Header.Get("Authorization"), "the response does not give the token away")
	}
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", client, client, client), "token-1")
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", client.Transport(), client.Transport(), client.Transport()), "token-1")
}

// Over TCP, from one host name to another.
func TestRedirectOnTheWire(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	content := "a blob"
	var seen http.Header
	cdn := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header
		fmt.Fprint(w, content)
	}))
	t.Cleanup(cdn.Close)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/blobs/") && r.Header.Get("Authorization") != "" {
			http.Redirect(w, r, strings.Replace(cdn.URL, "127.0.0.1", "localhost", 1)+"/x", http.StatusTemporaryRedirect)
			return
		}
		e.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	provider := login.NewProvider(e.Server.Client(), func(o *login.ProviderOptions) { o.Hosts = []string{strings.TrimPrefix(front.URL, "http://")} })
	client := open(t, registry.Options{Host: front.URL, Login: provider})
	blob, err := client.Blob(t.Context(), app, digest.FromString(content))
	require.NoError(t, err)
	got, err := io.ReadAll(blob)
	require.NoError(t, err)
	require.NoError(t, blob.Close())
	assert.Equal(t, content, string(got))
	require.NotEmpty(t, seen)
	assert.NotContains(t, seen, "Authorization")
}

// The emulator returns at most 1,000 tags on a page.
func TestPagesOfTheEmulator(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	var want []string
	for image := range 3 {
		var tags []string
		for i := range 500 {
			tags = append(tags, fmt.Sprintf("v%d.%d", image, i))
		}
		e.addImage(t, tags...)
		want = append(want, tags...)
	}
	client := e.anonymous(t)
	e.ResetRequests()
	var got []string
	for tag, err := range client.Tags(t.Context(), app) {
		require.NoError(t, err)
		got = append(got, tag)
	}
	slices.Sort(want)
	slices.Sort(got)
	assert.Equal(t, want, got)
	assert.Equal(t, 3, e.Count("GET /v2/"), "a challenge and two pages")

	// No more pages are requested than are needed.
	e.ResetRequests()
	for _, err := range client.Tags(t.Context(), app) {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, 1, e.Count("GET /v2/"))
}
