package ecrpublic

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// take makes in the call's input. A middleware may have replaced it, but not by one
// of another type.
func (c *call) take(in any) error {
	if reflect.TypeOf(in) != reflect.TypeOf(c.in) {
		return fmt.Errorf("input is a %T, not a %T", in, c.in)
	}
	c.in = in
	return nil
}

// validate reports members that are missing from the input.
func (c *call) validate(ctx context.Context, _ *smithyhttp.Request) (context.Context, error) {
	return ctx, codec.Validate(c.in)
}

// serialize writes the request's head and makes its body. How a body is attached to a
// request is up to the way of the call.
func (c *call) serialize(ctx context.Context, request *smithyhttp.Request) (_ context.Context, err error) {
	_, span := c.startSpan(ctx, serializeID)
	defer span.End()
	defer c.timer(ctx, metricSerialize)()
	if c.body, err = codec.NewBody(c.in); err != nil {
		return ctx, &smithy.SerializationError{Err: err}
	}
	c.writeHead(request.Request)
	return ctx, nil
}

// writeHead writes all of a request that is the protocol's.
func (c *call) writeHead(request *http.Request) {
	request.Method, request.URL.Path, request.ContentLength = http.MethodPost, "/", c.body.Size()
	values := [...]string{awsjson.ContentType, awsjson.TargetPrefix + c.operation}
	request.Header["Content-Type"], request.Header[awsjson.TargetHeader] = values[:1:1], values[1:]
}
