package registry_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/types"
)

const manifestPath = "/v2/acme/app/manifests/v1"

func TestTokensAreRenewedBeforeTheyEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		response string
		due      time.Duration
	}{
		"an hour by default": {`{"token":"token-%d"}`, 45 * time.Minute},
		"the response's":     {`{"access_token":"token-%d","expires_in":300}`, 225 * time.Second},
		"not for longer":     {`{"token":"token-%d","expires_in":43200}`, 45 * time.Minute},
		"not for negative":   {`{"token":"token-%d","expires_in":-1}`, 45 * time.Minute},
		"another's clock":    {`{"token":"token-%d","issued_at":"1999-01-01T00:00:00Z"}`, 45 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newFakeHost()
				h.token = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, c.response, h.next()) }
				client := h.open(t, registry.Options{})
				require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
				time.Sleep(c.due - time.Nanosecond)
				require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
				synctest.Wait()
				assert.Equal(t, 1, h.count("/token/"))
				time.Sleep(time.Nanosecond)
				for range 3 {
					require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
					synctest.Wait()
				}
				assert.Equal(t, 2, h.count("/token/"))
				h.accept("token-2")
				require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
				assert.Equal(t, 2, h.count("/token/"))
				assert.Equal(t, 1, h.count("/v2/")-h.count("/manifests/"), "one challenge")
			})
		})
	}
}

// While a token is good, nobody waits for its renewal, and one that fails does no
// harm until the token ends.
func TestRenewalDoesNotHoldUpRequests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		hang := false
		h.token = func(w http.ResponseWriter, r *http.Request) {
			n := h.next()
			if hang {
				<-r.Context().Done()
				return
			}
			fmt.Fprintf(w, `{"token":"token-%d"}`, n)
		}
		client := h.open(t, registry.Options{})
		require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
		hang = true
		time.Sleep(50 * time.Minute)
		start := time.Now()
		for range 10 {
			require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
		}
		assert.Zero(t, time.Since(start))
		time.Sleep(30 * time.Second)
		synctest.Wait()
		require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
		assert.Equal(t, 2, h.count("/token/"), "not tried again at once")
		time.Sleep(time.Minute)
		require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
		synctest.Wait()
		assert.Equal(t, 3, h.count("/token/"))

		time.Sleep(time.Hour)
		start = time.Now()
		_, err := client.Do(h.get(t, manifestPath))
		assert.ErrorContains(t, err, "get a token for https://registry.test: no success within 30s")
		assert.Equal(t, 30*time.Second, time.Since(start))
		hang = false
		require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
	})
}

// One caller's context does not end the renewal for the others.
func TestRenewalOutlivesItsCaller(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		h.token = func(w http.ResponseWriter, r *http.Request) {
			select {
			case <-time.After(10 * time.Second):
				fmt.Fprintf(w, `{"token":"token-%d"}`, h.next())
			case <-r.Context().Done():
			}
		}
		client := h.open(t, registry.Options{})
		var wg sync.WaitGroup
		for i := range 1000 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				if i%2 == 0 {
					ctx = t.Context()
				}
				resp, err := client.Do(h.get(t, manifestPath).WithContext(ctx))
				if i%2 != 0 {
					assert.ErrorIs(t, err, context.DeadlineExceeded)
					return
				}
				if assert.NoError(t, err) {
					assert.NoError(t, resp.Body.Close())
				}
			})
		}
		wg.Wait()
		assert.Equal(t, 1, h.count("/token/"))
	})
}

func TestPanickingTransportIsAnError(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.token = func(http.ResponseWriter, *http.Request) { panic("out of order") }
	client := h.open(t, registry.Options{})
	_, err := client.Do(h.get(t, manifestPath))
	assert.ErrorContains(t, err, "get a token for https://registry.test: panic: out of order")
	h.token = nil
	assert.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
}

// logins are what a GetAuthorizationToken answers: password-1, password-2 and so
// on.
type logins struct{ calls atomic.Int64 }

func (l *logins) GetAuthorizationToken(context.Context, *ecrpublic.GetAuthorizationTokenInput, ...func(*ecrpublic.Options)) (*ecrpublic.GetAuthorizationTokenOutput, error) {
	c := login.Credentials{Username: "AWS", Password: fmt.Sprintf("password-%d", l.calls.Add(1))}
	expires := time.Now().Add(12 * time.Hour)
	return &ecrpublic.GetAuthorizationTokenOutput{AuthorizationData: &types.AuthorizationData{
		AuthorizationToken: new(c.Bearer()), ExpiresAt: &expires,
	}}, nil
}

func (l *logins) provider() *login.Provider {
	return login.NewProvider(l, func(o *login.ProviderOptions) { o.Hosts = []string{"registry.test"} })
}

// A token endpoint may go on giving out tokens for a login that the host refuses.
func TestFreshLoginWhenTokensOfTheOldAreRefused(t *testing.T) {
	t.Parallel()
	h, l := newFakeHost(), &logins{}
	h.token = func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		fmt.Fprintf(w, `{"token":"token-of-%s"}`, password)
	}
	client := h.open(t, registry.Options{Login: l.provider()})
	require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
	h.accept("token-of-password-2")
	require.Equal(t, http.StatusOK, h.status(t, client, manifestPath))
	assert.EqualValues(t, 2, l.calls.Load())

	h.accept("none")
	for range 10 {
		assert.Equal(t, http.StatusUnauthorized, h.status(t, client, manifestPath))
	}
	assert.EqualValues(t, 3, l.calls.Load(), "one fresh login, not one for each request")
}

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

// Hosts with tokens for one repository each ask for them once.
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

// A host that asks for another scope each time is not followed for ever.
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

// A host may have no /v2/, or let anybody see it, and want tokens below.
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

// A transport may end its goroutine, as a failing test does.
func TestTransportThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.token = func(http.ResponseWriter, *http.Request) { runtime.Goexit() }
	_, err := h.open(t, registry.Options{}).Do(h.get(t, manifestPath))
	assert.ErrorContains(t, err, "the HTTP client did not return")
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

// The token endpoint is asked for anew when the known one is gone.
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

var errOffline = errors.New("offline")

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestOfflineHost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFakeHost()
		client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: roundTripFunc(func(*http.Request) (*http.Response, error) { return nil, errOffline })}})
		_, err := client.Manifest(t.Context(), tagged("v1"))
		assert.ErrorIs(t, err, errOffline)
		assert.ErrorContains(t, err, "GET https://registry.test/v2/")
	})
}

// A program that runs for days, on a clock that it shares with the host.
func TestIdleForLong(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		age            time.Duration
		tokens, logins int
	}{
		{0, 1, 1}, {44 * time.Minute, 1, 1}, {46 * time.Minute, 2, 1}, {59 * time.Minute, 2, 1}, {61 * time.Minute, 2, 1}, {13 * time.Hour, 2, 2}, {24 * 365 * time.Hour, 2, 2},
	} {
		t.Run(c.age.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				handler, err := ecrpublictest.NewHandler(ecrpublictest.WithAlias(app.Alias))
				require.NoError(t, err)
				defer handler.Close()
				_, err = handler.AddImage(app.RepositoryName, "v1")
				require.NoError(t, err)
				inMemory := &http.Client{Transport: inMemory{handler}}
				api := ecrpublic.New(ecrpublic.Options{BaseEndpoint: new("https://api.test"), HTTPClient: inMemory, Credentials: aws.AnonymousCredentials{}})
				client := open(t, registry.Options{
					Host: fakeURL, HTTPClient: inMemory,
					Login: login.NewProvider(api, func(o *login.ProviderOptions) { o.Hosts = []string{"registry.test"} }),
				})
				read := func() {
					_, err := client.Manifest(t.Context(), tagged("v1"))
					require.NoError(t, err)
					synctest.Wait()
				}
				read()
				time.Sleep(c.age)
				read()
				read()
				assert.Equal(t, c.tokens, handler.Count("GET /token/"))
				assert.Equal(t, c.logins, handler.Count("GetAuthorizationToken"))
				assert.Equal(t, 4, handler.Count("GET /v2/"), "nothing is refused but the challenge")
			})
		})
	}
}
