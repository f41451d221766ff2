package ecrpublic

import (
	"cmp"
	"context"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/stall"
)

// sender sends the requests of direct calls and of stacks.
type sender struct {
	client HTTPClient
	bound  stall.Bound
}

func newSender(o *Options) sender {
	client := o.HTTPClient
	if standard, ok := client.(*http.Client); ok {
		client = noRedirects{standard}
	}
	return sender{client, stall.Bound{Limit: cmp.Or(o.StallTimeout, stall.Usual), Setting: "Options.StallTimeout"}}
}

// Do sends a request by its own context.
func (s sender) Do(r *http.Request) (*http.Response, error) { return s.send(r.Context(), r) }

// send sends a request. A transport's error shows what it could not read of a response,
// which may repeat the request's secrets.
func (s sender) send(ctx context.Context, r *http.Request) (*http.Response, error) {
	response, err := s.bound.Send(ctx, r, s.client.Do)
	if err != nil {
		err = secretsIn(r.Header).error(err)
	}
	return response, err
}

// transmit sends a request with the call's body. It returns a *smithyhttp.Response, which
// is empty if none came, or nil if the body cannot be read.
func (c *call) transmit(ctx context.Context, r *smithyhttp.Request) (any, error) {
	body, err := c.body.NewReader()
	if err != nil {
		return nil, err
	}
	defer func() { r.Body = nil }()
	defer body.Close() // a transport that still reads it is cut off
	r.Body = body
	response, err := c.sender.send(ctx, r.Request)
	if response == nil {
		response = &http.Response{Header: http.Header{}, Body: http.NoBody}
	}
	return &smithyhttp.Response{Response: response}, sendError(ctx, err)
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
