package registry_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

func TestFreshLoginWhenTheTokenEndpointRefusesTheOld(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusBadRequest} {
		h, l := newFakeHost(), &logins{}
		h.token = func(w http.ResponseWriter, r *http.Request) {
			if _, password, _ := r.BasicAuth(); password != "password-2" {
				refusal(status, "DENIED", "Your authorization token has expired: "+password)(w)
				return
			}
			fmt.Fprint(w, `{"token":"token-2"}`)
		}
		client := h.open(t, registry.Options{Login: l.provider()})
		assert.Equal(t, http.StatusOK, h.status(t, client, manifestPath), status)
		assert.EqualValues(t, 2, l.calls.Load())
	}
}

func TestLoginErrorsAreReturned(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.token = func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		refusal(http.StatusForbidden, "DENIED", "not with "+password+" or "+r.Header.Get("Authorization"))(w)
	}
	client := h.open(t, registry.Options{Login: (&logins{}).provider()})
	_, err := client.Do(h.get(t, manifestPath))
	require.Error(t, err)
	assert.True(t, registry.IsDenied(err))
	assert.ErrorContains(t, err, "GET https://registry.test/token/: 403 Forbidden: DENIED: not with [redacted] or Basic [redacted]")

	broken := login.NewProvider(nil, func(o *login.ProviderOptions) { o.Hosts = []string{"registry.test"} })
	client = h.open(t, registry.Options{Login: broken})
	_, err = client.Do(h.get(t, manifestPath))
	assert.ErrorContains(t, err, "log in to ECR Public: no client")
}

// If tokens are valid for one repository, each is requested once.
func TestTokensOfOneRepository(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.token = func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"token":"%s"}`, r.URL.Query().Get("scope"))
	}
	h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var name string
		if _, err := fmt.Sscanf(r.URL.Path, "/v2/acme/%1s/", &name); err != nil {
			return
		}
		scope := "repository:acme/" + name + ":pull"
		if r.Header.Get("Authorization") != "Bearer "+scope {
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+h.realm+`",scope="`+scope+`",error="insufficient_scope"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	client := h.open(t, registry.Options{})
	for range 5 {
		for _, name := range []string{"a", "b"} {
			assert.Equal(t, http.StatusOK, h.status(t, client, "/v2/acme/"+name+"/manifests/v1"))
		}
	}
	assert.Equal(t, 3, h.count("/token/"))
	assert.Equal(t, 12, h.count("/manifests/"))
}

// A host that wants another scope each time is an error.
func TestEverNewScopes(t *testing.T) {
	t.Parallel()
	for _, provider := range []*login.Provider{nil, (&logins{}).provider()} {
		h := newFakeHost()
		scopes := 0
		h.content = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			scopes++
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s",scope="repository:acme/app:pull-%d"`, h.realm, scopes))
			w.WriteHeader(http.StatusUnauthorized)
		})
		assert.Equal(t, http.StatusUnauthorized, h.status(t, h.open(t, registry.Options{Login: provider}), manifestPath))
		assert.Equal(t, 3, h.count("/manifests/"))
	}
}

// A host may have no /v2/, or a public one, and require tokens below it.
func TestChallengeOfTheFirstRequest(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusOK, http.StatusNotFound} {
		h := newFakeHost()
		both := inMemory{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/v2/" {
				w.WriteHeader(status)
				return
			}
			h.ServeHTTP(w, r)
		})}
		client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: both}})
		for range 3 {
			assert.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
		}
		assert.Equal(t, 1, h.count("/token/"))
		assert.Equal(t, 4, h.count("/manifests/"))
	}
}

func TestHostThatWantsNoToken(t *testing.T) {
	t.Parallel()
	open := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			w.WriteHeader(http.StatusTeapot)
		}
	})
	client := newFakeHost().open(t, registry.Options{HTTPClient: &http.Client{Transport: inMemory{open}}})
	resp, err := client.Do(newFakeHost().get(t, manifestPath))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, http.StatusOK, resp.StatusCode)
}

func TestMalformedTokens(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"":                           "not a JSON object",
		"<html>":                     "not a JSON object",
		`{"token":`:                  "not a JSON object",
		`{}`:                         "no token that a header can carry",
		`{"token":"a\r\nX-Evil: 1"}`: "no token that a header can carry",
		`{"token":"ünsichtbar"}`:     "no token that a header can carry",
	} {
		h := newFakeHost()
		h.token = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
		_, err := h.open(t, registry.Options{}).Do(h.get(t, manifestPath))
		assert.ErrorContains(t, err, "GET https://registry.test/token/: the response ", body)
		assert.ErrorContains(t, err, want, body)
	}
}

// The host is asked for its token endpoint again if the known one is gone.
func TestMovedTokenEndpoint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		moved := false
		h.token = func(w http.ResponseWriter, r *http.Request) {
			if moved != (r.URL.Path == "/token/new") {
				http.NotFound(w, r)
				return
			}
			fmt.Fprintf(w, `{"token":"token-%d"}`, h.next())
		}
		client := h.open(t, registry.Options{})
		require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
		moved, h.realm = true, fakeURL+"/token/new"
		time.Sleep(2 * time.Hour)
		_, err := client.Do(h.get(t, manifestPath))
		require.True(t, registry.IsNotFound(err), err)
		require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
	})
}
