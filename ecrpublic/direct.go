package ecrpublic

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"

	"github.com/aws/smithy-go/middleware"
	smithyrand "github.com/aws/smithy-go/rand"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// direct is what calls without a middleware stack share.
type direct struct {
	userAgent string
	first     firstAttempt
}

func newDirect(e *engine) *direct {
	return &direct{userAgent: e.userAgentText(), first: newFirstAttempt(e.options.Retryer)}
}

// runDirect runs the steps one after the other.
func (c *call) runDirect(ctx context.Context) (middleware.Metadata, error) {
	request := newRequest()
	for _, list := range [...][]requestStep{steps.initialize, steps.serialize} {
		if _, err := c.do(ctx, list, request); err != nil {
			return middleware.Metadata{}, err
		}
	}
	c.writeHead(request.Request)
	id, err := smithyrand.NewUUID(rand.Reader).GetUUID()
	if err != nil {
		return middleware.Metadata{}, err
	}
	c.identify(request, id)
	return c.tryDirect(ctx, request, id)
}

// identify writes the headers that identify the call and the client.
func (c *call) identify(request *smithyhttp.Request, id string) {
	values := [...]string{id, c.direct.userAgent}
	request.Header["Amz-Sdk-Invocation-Id"], request.Header["User-Agent"] = values[:1:1], values[1:]
}

func (c *call) do(ctx context.Context, list []requestStep, request *smithyhttp.Request) (_ context.Context, err error) {
	for i := range list {
		if do := list[i].do; do != nil {
			if ctx, err = do(c, ctx, request); err != nil {
				return ctx, err
			}
		}
	}
	return ctx, nil
}

// outcome is how an attempt ended.
type outcome struct {
	metadata middleware.Metadata
	err      error
}

// attemptDirect sends a request once and reads the response.
func (c *call) attemptDirect(ctx context.Context, request *smithyhttp.Request) outcome {
	ctx, err := c.do(ctx, steps.attempt, request)
	if err != nil {
		return outcome{err: err}
	}
	c.stepsLeft = len(steps.response)
	_, metadata, err := (*directResponse)(c).HandleDeserialize(ctx, middleware.DeserializeInput{Request: request})
	return outcome{metadata, err}
}

// directResponse is a call as the handler that its response steps call as the next: it
// runs the one before, and sends the request before the first.
type directResponse call

func (d *directResponse) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput) (out middleware.DeserializeOutput, metadata middleware.Metadata, err error) {
	c := (*call)(d)
	if c.stepsLeft == 0 {
		out.RawResponse, err = c.transmit(ctx, in.Request.(*smithyhttp.Request))
		return out, c.direct.first.metadata.Clone(), err
	}
	c.stepsLeft--
	return steps.response[c.stepsLeft].do(c, ctx, in, d)
}

// newRequest returns an empty request like that of a smithy stack, in one allocation and
// the header's.
func newRequest() *smithyhttp.Request {
	const usualHeaders = 8
	var r struct {
		request smithyhttp.Request
		http    http.Request
		url     url.URL
	}
	r.request.Request, r.http.URL, r.http.Header = &r.http, &r.url, make(http.Header, usualHeaders)
	r.http.ContentLength = -1 // unknown
	return &r.request
}
