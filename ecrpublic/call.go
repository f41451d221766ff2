package ecrpublic

import (
	"context"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// steps are all that happens to a call, in this order. A method such as
// [Client.DescribeImages] hands its input to invoke, which makes a call of it; the
// call runs the steps; invoke fills in the metadata of the output.
//
//	validate, serialize          once: the input becomes a request
//	    [ID and User-Agent]      headers of every call (stack.go, direct.go)
//	[retry loop]                 aws-sdk-go-v2's, around each attempt (retry.go):
//	    attempt                  choose the auth scheme … sign the request
//	    [send]                   by the HTTPClient, with the stall timeout (send.go)
//	    response                 log … decode, or make an error, and describe it
//
// There are two ways to run the one list. A call that nobody customised runs the
// steps one after the other (direct.go), its first attempt without the retry loop
// (first_attempt.go). A call with middleware, interceptors, tracing, metrics or logs
// registers the same steps in a smithy stack, under the IDs of the official client,
// by which other people's middleware finds its place (stack.go).
//
// A step with no function has no effect: it is an ID of the official client that
// middleware may be inserted at.
var steps = struct {
	initialize []requestStep
	serialize  []requestStep
	attempt    []requestStep
	response   []responseStep
}{
	initialize: []requestStep{
		{"OperationInputValidation", (*call).validate},
	},
	serialize: []requestStep{
		{"setOperationInput", nil},
		{"ResolveEndpoint", nil},
		{serializeID, (*call).serialize},
	},
	attempt: []requestStep{
		{"ResolveAuthScheme", (*call).resolveAuthScheme},
		{"GetIdentity", (*call).getIdentity},
		{"ResolveEndpointV2", (*call).resolveEndpoint},
		{"disableHTTPS", (*call).disableHTTPS},
		{"ComputePayloadHash", (*call).hashPayload},
		{"setLegacyContextSigningOptions", (*call).overrideSigning},
		{signID, (*call).sign},
	},
	response: []responseStep{
		{"RequestResponseLogger", (*call).logExchange},
		{"RecordResponseTiming", (*call).recordTiming},
		{decodeID, (*call).decodeResponse},
		{"RequestIDRetriever", retrieveRequestID},
		{"ResponseErrorWrapper", wrapResponseError},
		{"AddRawResponseToMetadata", addRawResponse},
	},
}

// IDs of the steps that interceptors stand beside.
const serializeID, signID, decodeID = "OperationSerializer", "Signing", "OperationDeserializer"

// requestStep acts on a request before it is sent. It returns the context for the
// steps behind it.
type requestStep struct {
	id string
	do func(*call, context.Context, *smithyhttp.Request) (context.Context, error)
}

// responseStep acts on what next returns, the response or an error: the send, with
// the steps above it in the list.
type responseStep struct {
	id string
	do func(*call, context.Context, middleware.DeserializeInput, middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error)
}

// call is one invocation of an operation, of one goroutine.
type call struct {
	*engine
	operation string
	in, out   any
	body      *codec.Body // of in, once serialized

	// Of the current attempt.
	auth resolvedAuth
	skew time.Duration // of the service's clock, to sign by

	nextSkew time.Duration // what the next attempt signs by
}

// run performs the call: directly if that does all that the options ask for.
func (c *call) run(ctx context.Context) (result any, metadata middleware.Metadata, err error) {
	if ctx == nil {
		panic("cannot create context from nil parent") // as the context package says it
	}
	ctx = c.context(ctx)
	c.nextSkew = time.Duration(c.clock.Load())
	if c.direct != nil {
		metadata, err = c.runDirect(ctx)
		return c.out, metadata, c.operationError(err)
	}
	stack, err := c.newStack()
	if err != nil {
		return nil, metadata, err // an APIOption's, as it is
	}
	result, metadata, err = c.runStack(ctx, stack)
	return result, metadata, c.operationError(err)
}

func (c *call) operationError(err error) error {
	if err == nil {
		return nil
	}
	return &smithy.OperationError{ServiceID: ServiceID, OperationName: c.operation, Err: err}
}
