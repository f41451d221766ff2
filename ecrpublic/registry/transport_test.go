package registry_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

func TestOneChallengeAndOneTokenForAllRequests(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*emulator, *testing.T) *registry.Client{
		"anonymous": (*emulator).anonymous, "login": (*emulator).loggedIn,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEmulator(t)
			e.addImage(t, "v1")
			client := open(e, t)
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					_, err := client.Resolve(t.Context(), tagged("v1"))
					assert.NoError(t, err)
				})
			}
			wg.Wait()
			assert.Equal(t, map[int]int{401: 1, 200: 21}, e.statuses())
			assert.Equal(t, 1, e.Count("GET /token/"))
		})
	}
}

// statuses counts the responses of the registry host.
func (e *emulator) statuses() map[int]int {
	counts := map[int]int{}
	for _, r := range e.Requests() {
		if r.Input == nil {
			counts[r.Status]++
		}
	}
	return counts
}

// Only the emulator's clock moves, so only a refusal tells the client that a token has
// expired.
func TestRefusedTokensAreRenewed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		age            time.Duration
		tokens, logins int
	}{
		{0, 0, 0}, {59 * time.Minute, 0, 0}, {61 * time.Minute, 1, 0}, {13 * time.Hour, 2, 1},
	} {
		t.Run(c.age.String(), func(t *testing.T) {
			t.Parallel()
			e := newEmulator(t)
			e.addImage(t, "v1")
			client := e.loggedIn(t)
			_, err := client.Resolve(t.Context(), tagged("v1"))
			require.NoError(t, err)
			e.wait(c.age)
			e.ResetRequests()
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					_, err := client.Manifest(t.Context(), tagged("v1"))
					assert.NoError(t, err)
				})
			}
			wg.Wait()
			assert.Equal(t, c.tokens, e.Count("GET /token/"))
			assert.Equal(t, c.logins, e.Count("GetAuthorizationToken"))
		})
	}
}

// Hosts respond to an expired token in different ways. It is renewed in each case, and
// only once.
func TestEveryKindOfRefusalIsRenewedOnce(t *testing.T) {
	t.Parallel()
	for name, refuse := range map[string]func(http.ResponseWriter){
		"401":         func(w http.ResponseWriter) { w.WriteHeader(http.StatusUnauthorized) },
		"400 denied":  refusal(http.StatusBadRequest, "DENIED", "Your Authorization Token is invalid."),
		"403 expired": refusal(http.StatusForbidden, "DENIED", "Your authorization token has expired. Reauthenticate and try again."),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newFakeHost()
			h.refuse = refuse
			client := h.open(t, registry.Options{})
			assert.Equal(t, http.StatusOK, h.status(t, client, "/v2/acme/app/manifests/v1"))
			h.accept("token-2")
			assert.Equal(t, http.StatusOK, h.status(t, client, "/v2/acme/app/manifests/v1"))
			assert.Equal(t, 2, h.count("/token/"))
			assert.Equal(t, 3, h.count("/manifests/"))

			h.accept("none")
			for range 5 {
				assert.NotEqual(t, http.StatusOK, h.status(t, client, "/v2/acme/app/manifests/v1"))
			}
			assert.Equal(t, 3, h.count("/token/"), "in vain only once")
			h.accept("token-4")
			assert.Equal(t, http.StatusOK, h.status(t, client, "/v2/acme/app/tags/list"), "another kind of request")
		})
	}
}

func refusal(status int, code, message string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"errors":[{"code":%q,"message":%q}]}`, code, message)
	}
}

func TestBodiesAreSentAgain(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	e.addImage(t, "v1")
	client := e.loggedIn(t)
	m, err := client.Manifest(t.Context(), tagged("v1"))
	require.NoError(t, err)
	e.wait(2 * time.Hour)
	put := func(body io.Reader) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, e.URL+"/v2/acme/team/app/manifests/v2", body)
		require.NoError(t, err)
		req.Header.Set("Content-Type", m.Descriptor.MediaType)
		resp, err := client.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp
	}
	assert.Equal(t, http.StatusCreated, put(strings.NewReader(string(m.Content))).StatusCode)
	e.wait(2 * time.Hour)
	assert.Equal(t, http.StatusBadRequest, put(io.MultiReader(strings.NewReader(string(m.Content)))).StatusCode, "a body that cannot be had again")
	assert.Equal(t, http.StatusCreated, put(io.MultiReader(strings.NewReader(string(m.Content)))).StatusCode, "the refused token is not used again")
}

// Without a login, ECR Public responds to HEAD of a blob with 401, and a new token does
// not help.
func TestTokensAreNotRenewedInVainTimeAndAgain(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	e.addImage(t, "v1")
	client := e.anonymous(t)
	digest := "sha256:" + strings.Repeat("0", 64)
	for range 10 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodHead, e.URL+"/v2/acme/team/app/blobs/"+digest, nil)
		require.NoError(t, err)
		resp, err := client.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		assert.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	}
	assert.LessOrEqual(t, e.Count("GET /token/"), 2)
	_, err := client.Manifest(t.Context(), tagged("v1"))
	assert.NoError(t, err)
}

func TestRateLimitIsWaitedFor(t *testing.T) {
	t.Parallel()
	e := newEmulator(t)
	digest := e.addImage(t, "v1")
	client := e.anonymous(t)
	e.Inject(ecrpublictest.Fault{Operation: "HEAD /v2/", Times: 1, Effect: ecrpublictest.Throttle()})
	desc, err := client.Resolve(t.Context(), tagged("v1"))
	require.NoError(t, err)
	assert.Equal(t, digest, desc.Digest.String())
}
