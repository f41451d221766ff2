package ecrpublic

import (
	"context"
	"time"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// steps lists everything that happens to a call, in order. A method such as
// [Client.DescribeImages] calls invoke (client.go), which creates a call. The call runs
// the steps, and invoke then fills in the output's metadata.
//
//	initialize, serialize    once: check the input and encode it (input.go)
//	    [head]               headers of the protocol, the call's ID and the User-Agent
//	[retry loop]             of aws-sdk-go-v2, around each attempt (retry.go)
//	    attempt              choose the auth scheme, get credentials (auth.go), resolve
//	                         the address (address.go), hash the body, sign (sign.go)
//	    [send]               by the HTTPClient (send.go), cut off if it stalls (internal/stall)
//	    response             log it (logging.go), record its time, decode it or make an
//	                         error of it (response.go, errors.go), describe that error
//
// What is in brackets is the same in both ways to run the list. A call without
// customisation runs the steps one after the other (direct.go), with its first attempt
// outside the retry loop (first_attempt.go). A call with middleware, interceptors,
// tracing, metrics or logs registers the same steps in a smithy stack, under the IDs of
// the official client, so that middleware can be inserted at the usual places
// (stack.go).
//
// A step without a function has no effect: it is an ID of the official client at which
// middleware may be inserted.
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

// IDs of the steps that have interceptors before and after them.
const serializeID, signID, decodeID = "OperationSerializer", "Signing", "OperationDeserializer"

// requestStep acts on a request before it is sent. It returns the context for the next
// steps.
type requestStep struct {
	id string
	do func(*call, context.Context, *smithyhttp.Request) (context.Context, error)
}

// responseStep acts on what next returns, a response or an error. Next is the
// previous step in the list, or the send for the first one.
type responseStep struct {
	id string
	do func(*call, context.Context, middleware.DeserializeInput, middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error)
}

// call is one invocation of an operation. It belongs to one goroutine.
type call struct {
	*engine
	operation string
	in, out   any
	body      *codec.Body // of in, once serialized

	// Of the current attempt.
	auth      resolvedAuth
	skew      time.Duration // of the service's clock, to sign by
	stepsLeft int           // response steps still to run; unused in a stack

	nextSkew time.Duration // what the next attempt signs by
}

// run performs the call directly if the options allow it, and otherwise through a
// middleware stack.
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
