package registry_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
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

// What the host sends back of our secrets is not in an error.
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
