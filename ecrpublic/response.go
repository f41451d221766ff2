package ecrpublic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/internal/readall"
)

const (
	// maxResponse bounds a successful response, in bytes. The largest that registry
	// clients and the quotas allow is a page of 1,000 images with 1,000 tags of 128
	// characters each, 131 MB.
	maxResponse = 160 << 20

	// maxErrorResponse bounds an error response, in bytes.
	maxErrorResponse = 1 << 20
)

// recordTiming records when the response arrived and how far the service's clock
// is ahead.
func (c *call) recordTiming(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	timing := awsmiddleware.RecordResponseTiming{DisableClockSkewCorrection: c.options.DisableClockSkewCorrection}
	out, metadata, err := timing.HandleDeserialize(ctx, in, next)
	c.nextSkew, _ = awsmiddleware.GetAttemptSkew(metadata)
	return out, metadata, err
}

// decodeResponse turns the response into the operation's output or into an error.
func (c *call) decodeResponse(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if !ok || response.Response == nil {
		if err == nil {
			err = &smithy.DeserializationError{Err: fmt.Errorf("unexpected response type %T", out.RawResponse)}
		}
		return out, metadata, err
	}
	defer response.Body.Close()
	if err != nil {
		return out, metadata, err
	}
	_, span := c.startSpan(ctx, decodeID)
	defer span.End()
	defer c.timer(ctx, metricDeserialize)()
	out.Result = c.out // empty beside an error, for a middleware that forgives it
	return out, metadata, c.decode(ctx, in.Request, response.Response)
}

// retrieveRequestID records the request ID, which errors show.
func retrieveRequestID(_ *call, ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	out, metadata, err := new(awsmiddleware.RequestIDRetriever).HandleDeserialize(ctx, in, next)
	if id, ok := awsmiddleware.GetRequestIDMetadata(metadata); ok && err != nil {
		awsmiddleware.SetRequestIDMetadata(&metadata, secretsOf(in.Request).text(id))
	}
	return out, metadata, err
}

func wrapResponseError(_ *call, ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	return new(awshttp.ResponseErrorWrapper).HandleDeserialize(ctx, in, next)
}

func addRawResponse(_ *call, ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	return new(awsmiddleware.AddRawResponse).HandleDeserialize(ctx, in, next)
}

// decode reads the whole response and fills the output, which stays empty if that
// fails.
func (c *call) decode(ctx context.Context, request any, response *http.Response) error {
	c.emptyOutput() // an earlier attempt may have been here
	buffer := bodies.Get().(*body)
	defer buffer.put()
	failed := response.StatusCode < 200 || response.StatusCode > 299
	limit := int64(maxResponse)
	if failed {
		limit = maxErrorResponse
	}
	err := buffer.read(response, limit)
	if ctx.Err() != nil && err != nil {
		return &smithy.DeserializationError{Err: &smithy.CanceledError{Err: ctx.Err()}}
	}
	if err != nil {
		err = unreadable(err, secretsOf(request))
	}
	if failed {
		return c.responseError(response, buffer.text, err, secretsOf(request))
	}
	if err != nil {
		return &smithy.DeserializationError{Err: err}
	}
	if len(buffer.text) == 0 {
		return nil
	}
	if err := codec.Unmarshal(buffer.text, c.out); err != nil {
		c.emptyOutput()
		return &smithy.DeserializationError{Err: c.undecodable(err, buffer.text, secretsOf(request))}
	}
	return nil
}

func (c *call) emptyOutput() { reflect.ValueOf(c.out).Elem().SetZero() }

// undecodable makes the error of a body that cannot be decoded. One that is no JSON, such
// as a proxy's page, is shown.
func (c *call) undecodable(err error, body []byte, secrets redactor) error {
	err = fmt.Errorf("decode response body: %w", secrets.error(err))
	if body = bytes.TrimSpace(body); len(body) > 0 && body[0] != '{' {
		return fmt.Errorf("%w, in a body that begins with %.100q", err, c.showable(secrets.bytes(body)))
	}
	return err
}

// body is a buffer for a response. Decoding copies what it keeps.
type body struct{ text []byte }

var bodies = sync.Pool{New: func() any { return new(body) }}

func (b *body) put() {
	const keep = 1 << 20
	if cap(b.text) <= keep {
		b.text = b.text[:0]
		bodies.Put(b)
	}
}

// errTooLarge reports a response over maxResponse, or an error response over
// maxErrorResponse.
var errTooLarge = errors.New("the response exceeds 160 MiB, or 1 MiB for an error")

// read reads a response. Memory grows with what has arrived, and beyond a first part not
// with the announced length.
func (b *body) read(response *http.Response, limit int64) (err error) {
	if response.ContentLength > limit {
		return errTooLarge
	}
	const trusted = 512 << 10 // of an announced length
	if n := min(response.ContentLength, trusted); n > 0 {
		b.text = slices.Grow(b.text, int(n)+bytes.MinRead)
	}
	limited := io.LimitedReader{R: response.Body, N: limit + 1}
	b.text, err = readall.ReadAll(b.text, &limited)
	if limited.N == 0 {
		return errTooLarge
	}
	return err
}

// unreadable makes the error of a body that could not be read, whose trailer may repeat
// the request's secrets.
func unreadable(err error, secrets redactor) error {
	if errors.Is(err, errTooLarge) {
		return err
	}
	return &bodyError{secrets.error(err)}
}

// bodyError reports a truncated response. It is a connection error, which is
// retried.
type bodyError struct{ err error }

func (e *bodyError) Error() string         { return "read response body: " + e.err.Error() }
func (e *bodyError) Unwrap() error         { return e.err }
func (e *bodyError) ConnectionError() bool { return true }
