package registry_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

func TestKindsOfErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err                      error
		notFound, denied, limits bool
	}{
		{nil, false, false, false},
		{errors.New("x"), false, false, false},
		{errdef.ErrNotFound, false, false, false},
		{&registry.Error{StatusCode: 404}, true, false, false},
		{&registry.Error{StatusCode: 401}, false, true, false},
		{&registry.Error{StatusCode: 403}, false, true, false},
		{&registry.Error{StatusCode: 400, Code: "DENIED"}, false, true, false},
		{&registry.Error{StatusCode: 400, Code: "NAME_INVALID"}, false, false, false},
		{&registry.Error{StatusCode: 429}, false, false, true},
		{&registry.Error{StatusCode: 500}, false, false, false},
	} {
		for _, err := range []error{c.err, fmt.Errorf("read: %w", c.err)} {
			assert.Equal(t, c.notFound, registry.IsNotFound(err), "%v", err)
			assert.Equal(t, c.denied, registry.IsDenied(err), "%v", err)
			assert.Equal(t, c.limits, registry.IsRateLimited(err), "%v", err)
			if c.notFound {
				assert.ErrorIs(t, err, errdef.ErrNotFound)
			}
		}
	}
	assert.NotErrorIs(t, &registry.Error{StatusCode: 403}, errdef.ErrNotFound)
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "GET https://public.ecr.aws/v2/a/b/manifests/v1: 404 Not Found",
		(&registry.Error{Method: "GET", URL: "https://public.ecr.aws/v2/a/b/manifests/v1", StatusCode: 404}).Error())
	assert.Equal(t, "GET x: 429 Too Many Requests: TOOMANYREQUESTS: Rate exceeded (wait 5s)",
		(&registry.Error{Method: "GET", URL: "x", StatusCode: 429, Code: "TOOMANYREQUESTS", Message: "Rate exceeded", RetryAfter: 5 * time.Second}).Error())
}

// Secrets that the host repeats are not in the error.
func TestErrorsCarryNoSecret(t *testing.T) {
	t.Parallel()
	l := &logins{}
	h := newFakeHost()
	h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refusal(http.StatusForbidden, "password-1", "You sent "+r.Header.Get("Authorization"))(w)
	})
	client := h.open(t, registry.Options{Login: l.provider()})
	_, err := client.Manifest(t.Context(), tagged("v1"))
	assert.ErrorContains(t, err, "403 Forbidden: [redacted]: You sent Bearer [redacted]")
	assert.NotContains(t, fmt.Sprintf("%+v %#v", err, err), "token-1")
}

// A host may repeat the token escaped, in a redirect, in a quoted header, and in a
// response that arrives after the renewal of the token.
func TestErrorsCarryNoTokenInOtherForms(t *testing.T) {
	t.Parallel()
	const token = "a/first+token=="
	for what, answer := range map[string]http.HandlerFunc{
		"JSON of another form": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"you sent":"Bearer a\/first\u002btoken=="}`)
		},
		"HTML": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, "<p>Bearer a&#47;first&#x2b;token==")
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "token==") {
				w.WriteHeader(http.StatusGone)
				return
			}
			http.Redirect(w, r, "/other/"+token, http.StatusTemporaryRedirect)
		},
		"realm": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Bearer realm="https://other.test/`+token+`"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"digest": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Docker-Content-Digest", token)
			fmt.Fprint(w, `{}`)
		},
	} {
		h := newFakeHost()
		h.token = func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintf(w, `{"token":%q}`, token) }
		h.content = answer
		_, err := h.open(t, registry.Options{HTTPClient: &http.Client{Transport: elsewhere{h}}}).Manifest(t.Context(), tagged("v1"))
		require.Error(t, err, what)
		assert.Contains(t, err.Error(), "[redacted]", what)
		assert.NotContains(t, fmt.Sprintf("%+v %#v", err, err), "first", what)
	}

	h := newFakeHost()
	arrived, renewed := make(chan struct{}), make(chan struct{})
	h.content = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/slow") {
			close(arrived)
			<-renewed
			refusal(http.StatusNotFound, "MANIFEST_UNKNOWN", "You sent "+r.Header.Get("Authorization"))(w)
		}
	})
	client := h.open(t, registry.Options{})
	failed := make(chan error, 1)
	go func() {
		_, err := client.Manifest(t.Context(), tagged("slow"))
		failed <- err
	}()
	<-arrived
	h.accept("token-2")
	h.status(t, client, "/v2/")
	close(renewed)
	assert.ErrorContains(t, <-failed, "MANIFEST_UNKNOWN: You sent Bearer [redacted]")
}

// elsewhere serves the content under another path, like another host.
type elsewhere struct{ h *fakeHost }

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Path, "/other/") {
		return inMemory{e.h.content}.RoundTrip(r)
	}
	return inMemory{e.h}.RoundTrip(r)
}
