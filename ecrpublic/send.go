package ecrpublic

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// sender sends the requests of direct calls and of stacks.
type sender struct {
	client HTTPClient
	stall  time.Duration // negative: never
}

func newSender(o *Options) sender {
	client := o.HTTPClient
	if standard, ok := client.(*http.Client); ok {
		client = noRedirects{standard}
	}
	return sender{client, cmp.Or(o.StallTimeout, usualStall)}
}

// Do sends a request by its own context.
func (s sender) Do(r *http.Request) (*http.Response, error) { return s.send(r.Context(), r) }

// send sends a request. A transport's error shows what it could not read of a response,
// which may repeat the request's secrets.
func (s sender) send(ctx context.Context, r *http.Request) (response *http.Response, err error) {
	if s.stall < 0 {
		response, err = s.client.Do(r.WithContext(ctx))
	} else {
		response, err = s.exchange(ctx, r)
	}
	if err != nil {
		err = secretsIn(r.Header).error(err)
	}
	return response, err
}

// noRedirects keeps an http.Client from following a redirect, which would take a
// signed request to another host.
type noRedirects struct{ client *http.Client }

// Do copies the client for each request, so that changes by its owner take
// effect.
func (c noRedirects) Do(r *http.Request) (*http.Response, error) {
	still := *c.client
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return still.Do(r)
}

// sendError classifies an error of the HTTPClient: a CanceledError if the context
// ended, or else a RequestSendError, which is retried.
func sendError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return &smithy.CanceledError{Err: ctx.Err()}
	}
	return &smithyhttp.RequestSendError{Err: err}
}
