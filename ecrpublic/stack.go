package ecrpublic

import (
	"context"
	"errors"
	"fmt"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/codec"
)

// runStack runs the steps of a call through a middleware stack.
func (c *call) runStack(ctx context.Context, stack *middleware.Stack) (any, middleware.Metadata, error) {
	ctx, end := c.observe(ctx)
	result, metadata, err := middleware.DecorateHandler((*stackSend)(c), stack).Handle(ctx, c.in)
	end(err)
	return result, metadata, err
}

// stackSend is a call as the handler that sends its request at the end of a stack.
type stackSend call

// Handle sends a request as the direct way does, without another copy of it, unless
// somebody observes that or a middleware changed what is sent: smithy's handler has the
// spans, the metrics and the checks for that.
func (s *stackSend) Handle(ctx context.Context, request any) (response any, metadata middleware.Metadata, err error) {
	c := (*call)(s)
	_, traced := tracing.GetOperationTracer(ctx)
	if r, ok := request.(*smithyhttp.Request); ok && !traced && c.isUnmetered() && c.sendsOwnBody(r) && r.Host == "" {
		response, err = c.transmit(ctx, r)
		return response, metadata, err
	}
	return smithyhttp.NewClientHandlerWithOptions(c.sender, func(h *smithyhttp.ClientHandler) {
		h.Meter = c.options.MeterProvider.Meter(scope)
	}).Handle(ctx, request)
}

// sendsOwnBody reports whether a request has the body that the call encoded.
func (c *call) sendsOwnBody(r *smithyhttp.Request) bool {
	return r.GetStream() == c.body && r.ContentLength == c.body.Size()
}

// newStack registers the steps, under the IDs and in the order of the official
// client's, and lets the caller's options change the stack. An error of such an option
// is returned as it is.
func (c *call) newStack() (*middleware.Stack, error) {
	s := middleware.NewStack(c.operation, func() any { return newRequest() })
	on := c.options.Interceptors
	if err := errors.Join(
		c.addSteps(s),
		s.Build.Add(&awsmiddleware.ClientRequestID{}, middleware.After),
		s.Build.Add(c.userAgent(), middleware.After),
		s.Build.Add(&awsmiddleware.RecursionDetection{}, middleware.After),
		// Before the attempt's steps, in this order:
		s.Finalize.Add(&smithyhttp.InterceptAttempt{BeforeAttempt: on.BeforeAttempt, AfterAttempt: on.AfterAttempt}, middleware.Before),
		s.Finalize.Add(c.retryStep(smithyhttp.RequestCloner), middleware.Before),
		s.Finalize.Add(&smithyhttp.InterceptBeforeRetryLoop{Interceptors: on.BeforeRetryLoop}, middleware.Before),
	); err != nil {
		return nil, err
	}
	if hasInterceptors(on) {
		if err := addInterceptors(s, on); err != nil {
			return nil, err
		}
	}
	for _, fn := range c.options.APIOptions {
		if err := fn(s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (c *call) addSteps(s *middleware.Stack) (err error) {
	add := func(e error) {
		if err == nil {
			err = e
		}
	}
	requests := make([]stackStep, 0, len(steps.initialize)+len(steps.serialize)+len(steps.attempt)) // in one allocation
	bind := func(step *requestStep) *stackStep {
		requests = append(requests, stackStep{c, step})
		return &requests[len(requests)-1]
	}
	for i := range steps.initialize {
		if !codec.Requires(c.in) { // the official client has no validation then
			break
		}
		add(s.Initialize.Add(bind(&steps.initialize[i]), middleware.After))
	}
	for i := range steps.serialize {
		add(s.Serialize.Add(bind(&steps.serialize[i]), middleware.After))
	}
	for i := range steps.attempt {
		add(s.Finalize.Add(bind(&steps.attempt[i]), middleware.After))
	}
	responses := make([]stackResponse, len(steps.response))
	for i := range steps.response { // the first one stands next to the transport
		responses[i] = stackResponse{c, &steps.response[i]}
		add(s.Deserialize.Add(&responses[i], middleware.Before))
	}
	return err
}

// stackStep is a request step as a middleware.
type stackStep struct {
	call *call
	step *requestStep
}

func (s *stackStep) ID() string { return s.step.id }

func (s *stackStep) do(ctx context.Context, request any) (context.Context, error) {
	if s.step.do == nil {
		return ctx, nil
	}
	r, ok := request.(*smithyhttp.Request)
	if !ok {
		return ctx, fmt.Errorf("unexpected transport type %T", request)
	}
	return s.step.do(s.call, ctx, r)
}

func (s *stackStep) HandleInitialize(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
	if err := s.call.take(in.Parameters); err != nil {
		return out, metadata, err
	}
	if ctx, err = s.step.do(s.call, ctx, nil); err != nil {
		return out, metadata, err
	}
	return next.HandleInitialize(ctx, in)
}

// HandleSerialize also makes the request of the body that the step encoded. The body
// comes first, because attaching it copies the request.
func (s *stackStep) HandleSerialize(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
	if err := s.call.take(in.Parameters); err != nil {
		return out, metadata, err
	}
	if ctx, err = s.do(ctx, in.Request); err != nil {
		return out, metadata, err
	}
	if s.step.do != nil {
		request, err := in.Request.(*smithyhttp.Request).SetStream(s.call.body)
		if err != nil {
			return out, metadata, err
		}
		s.call.writeHead(request.Request)
		in.Request = request
	}
	return next.HandleSerialize(ctx, in)
}

func (s *stackStep) HandleFinalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
	if ctx, err = s.do(ctx, in.Request); err != nil {
		return out, metadata, err
	}
	return next.HandleFinalize(ctx, in)
}

// stackResponse is a response step as a middleware.
type stackResponse struct {
	call *call
	step *responseStep
}

func (s *stackResponse) ID() string { return s.step.id }

func (s *stackResponse) HandleDeserialize(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
	return s.step.do(s.call, ctx, in, next)
}

// addInterceptors adds the caller's interceptors around the steps.
func addInterceptors(s *middleware.Stack, on smithyhttp.InterceptorRegistry) error {
	return errors.Join(
		s.Initialize.Add(&smithyhttp.InterceptExecution{BeforeExecution: on.BeforeExecution, AfterExecution: on.AfterExecution}, middleware.Before),
		s.Serialize.Insert(&smithyhttp.InterceptBeforeSerialization{Interceptors: on.BeforeSerialization}, serializeID, middleware.Before),
		s.Serialize.Insert(&smithyhttp.InterceptAfterSerialization{Interceptors: on.AfterSerialization}, serializeID, middleware.After),
		s.Finalize.Insert(&smithyhttp.InterceptBeforeSigning{Interceptors: on.BeforeSigning}, signID, middleware.Before),
		s.Finalize.Insert(&smithyhttp.InterceptAfterSigning{Interceptors: on.AfterSigning}, signID, middleware.After),
		// Responses pass the deserialize phase from its end to its start.
		s.Deserialize.Insert(&smithyhttp.InterceptBeforeDeserialization{Interceptors: on.BeforeDeserialization}, decodeID, middleware.After),
		s.Deserialize.Insert(&smithyhttp.InterceptAfterDeserialization{Interceptors: on.AfterDeserialization}, decodeID, middleware.Before),
		s.Deserialize.Add(&smithyhttp.InterceptTransmit{BeforeTransmit: on.BeforeTransmit, AfterTransmit: on.AfterTransmit}, middleware.After),
	)
}
