package ecrpublic

import (
	"context"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// newSender returns what sends the requests of both ways.
func newSender(o Options) HTTPClient {
	if standard, ok := o.HTTPClient.(*http.Client); ok {
		return noRedirects{standard}
	}
	return o.HTTPClient
}

// noRedirects keeps an http.Client from following a redirect, which would take a
// signed request to another host.
type noRedirects struct{ client *http.Client }

// Do copies the client for each request, so that what its owner changes counts.
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
