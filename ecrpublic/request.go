package ecrpublic

import (
	"context"
	"crypto/rand"
	"fmt"
	"reflect"

	"github.com/aws/smithy-go"
	smithyrand "github.com/aws/smithy-go/rand"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/codec"
)

const (
	invocationHeader = "Amz-Sdk-Invocation-Id"
	attemptHeader    = "Amz-Sdk-Request"
)

// encode checks an input and makes the body of it.
func (c *call) encode(ctx context.Context, in any) error {
	if err := codec.Validate(in); err != nil {
		return err
	}
	return c.serialize(ctx, in)
}

func (c *call) serialize(ctx context.Context, in any) error {
	body, err := codec.BodyOf(ctx, in)
	if err != nil {
		return &smithy.SerializationError{Err: err}
	}
	c.body = body
	return nil
}

type headerField struct{ name, value string }

// requestFields are the headers that the protocol asks for.
func (c *call) requestFields() [2]headerField {
	return [...]headerField{
		{"Content-Type", awsjson.ContentType},
		{awsjson.TargetHeader, awsjson.TargetPrefix + c.operation},
	}
}

func newInvocationID() (string, error) { return smithyrand.NewUUID(rand.Reader).GetUUID() }

// sendError says that a request got no answer: the caller gave up, or the
// connection failed, which is worth another attempt.
func sendError(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return &smithy.CanceledError{Err: ctx.Err()}
	}
	return &smithyhttp.RequestSendError{Err: err}
}

// accepts tells whether an input is the operation's own; a middleware may have
// replaced it.
func (c *call) accepts(in any) error {
	if reflect.TypeOf(in) != reflect.TypeOf(c.in) {
		return fmt.Errorf("input is a %T, not a %T", in, c.in)
	}
	return nil
}
