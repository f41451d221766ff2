package ecrpublic

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// take sets the call's input to in. Middleware may replace the input, but not with
// one of another type.
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

// serialize encodes the request's body. The caller writes the head and attaches the body.
func (c *call) serialize(ctx context.Context, _ *smithyhttp.Request) (_ context.Context, err error) {
	_, span := c.startSpan(ctx, serializeID)
	defer span.End()
	defer c.timer(ctx, metricSerialize)()
	if c.body, err = codec.NewBody(c.in); err != nil {
		return ctx, &smithy.SerializationError{Err: err}
	}
	return ctx, nil
}

// writeHead writes the parts of a request that the protocol prescribes. A path that a
// middleware has set stays.
func (c *call) writeHead(request *http.Request) {
	request.Method, request.URL.Path, request.ContentLength = http.MethodPost, cmp.Or(request.URL.Path, "/"), c.body.Size()
	values := [...]string{awsjson.ContentType, awsjson.TargetPrefix + c.operation}
	request.Header["Content-Type"], request.Header[awsjson.TargetHeader] = values[:1:1], values[1:]
}
