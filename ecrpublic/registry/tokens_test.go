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

// While a token is valid, no request waits for its renewal. A failed renewal does no harm
// until the token expires.
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

// The end of one caller's context does not stop the renewal for the others.
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

// A renewal does not call the hooks of the request that started it, which may have
// ended.
func TestRenewalHasNoValuesOfItsCaller(t *testing.T) {
	t.Parallel()
	type key struct{}
	h := newFakeHost()
	var values []any
	transport := roundTripFunc(func(req *http.Request) (*http.Response, error) {
		values = append(values, req.Context().Value(key{}))
		return inMemory{h}.RoundTrip(req)
	})
	client := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: transport}})
	ctx := context.WithValue(t.Context(), key{}, "mine")
	resp, err := client.Do(h.get(t, manifestPath).WithContext(ctx))
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	assert.Equal(t, []any{nil, nil, "mine"}, values)
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

// logins returns password-1, password-2 and so on from GetAuthorizationToken.
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

// A token endpoint may still issue tokens for a login that the host refuses.
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

// A transport may exit its goroutine, as a failing test does.
func TestTransportThatDoesNotReturn(t *testing.T) {
	t.Parallel()
	h := newFakeHost()
	h.token = func(http.ResponseWriter, *http.Request) { runtime.Goexit() }
	_, err := h.open(t, registry.Options{}).Do(h.get(t, manifestPath))
	assert.ErrorContains(t, err, "the HTTP client did not return")
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

// A program runs for days, with the same clock as the host.
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
