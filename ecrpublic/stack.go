package ecrpublic

import (
	"context"
	"errors"
	"fmt"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/paging"
)

// runStack performs the call through a middleware stack with the step IDs of
// the official client, which other people's middleware is anchored on.
func (c *call) runStack(ctx context.Context) (any, middleware.Metadata, error) {
	stack, err := c.newStack(paging.Marked(ctx))
	if err != nil {
		return nil, middleware.Metadata{}, err
	}
	for _, fn := range c.options.APIOptions {
		if err := fn(stack); err != nil {
			return nil, middleware.Metadata{}, err
		}
	}
	c.attemptSkew = time.Duration(c.skew.Load())
	ctx, end := c.startSpan(c.context(ctx))
	handler := smithyhttp.NewClientHandlerWithOptions(c.sender, func(h *smithyhttp.ClientHandler) {
		h.Meter = c.options.MeterProvider.Meter(scope)
	})
	result, metadata, err := middleware.DecorateHandler(handler, stack).Handle(ctx, c.in)
	end(err)
	return result, metadata, err
}

// startSpan opens the span around the call and returns what closes it.
func (c *call) startSpan(ctx context.Context) (context.Context, func(error)) {
	if _, nobody := c.options.TracerProvider.(*tracing.NopTracerProvider); nobody {
		done := c.timer(ctx, metricCall)
		return ctx, func(error) { done() }
	}
	tracer := c.options.TracerProvider.Tracer(scope)
	ctx, span := tracer.StartSpan(tracing.WithOperationTracer(ctx, tracer), ServiceID+"."+c.operation, func(o *tracing.SpanOptions) {
		o.Kind = tracing.SpanKindClient
		o.Properties.Set("rpc.system", "aws-api")
		o.Properties.Set("rpc.method", c.operation)
		o.Properties.Set("rpc.service", ServiceID)
	})
	done := c.timer(ctx, metricCall)
	return ctx, func(err error) {
		describeError(span, err)
		done()
		span.End()
	}
}

func describeError(span tracing.Span, err error) {
	span.SetProperty("error", err != nil)
	if err == nil {
		span.SetStatus(tracing.SpanStatusOK)
		return
	}
	span.SetStatus(tracing.SpanStatusError)
	span.SetProperty("exception.type", fmt.Sprintf("%T", err))
	span.SetProperty("exception.message", err.Error())
	var api smithy.APIError
	if errors.As(err, &api) {
		span.SetProperty("api.error_code", api.ErrorCode())
		span.SetProperty("api.error_message", api.ErrorMessage())
		span.SetProperty("api.error_fault", api.ErrorFault().String())
	}
}

// newStack builds the stack, each step's middleware in the order it runs.
func (c *call) newStack(paginates bool) (*middleware.Stack, error) {
	s := middleware.NewStack(c.operation, smithyhttp.NewStackRequest)
	steps, on := sharedSteps(), c.options.Interceptors
	errs := []error{
		s.Initialize.Add(steps.validate, middleware.After),
		s.Serialize.Add(steps.serialize, middleware.After),
		s.Build.Add(&awsmiddleware.ClientRequestID{}, middleware.After),
		s.Build.Add(c.userAgent(paginates), middleware.After),
		s.Build.Add(&awsmiddleware.RecursionDetection{}, middleware.After),
		s.Finalize.Add(&smithyhttp.InterceptBeforeRetryLoop{Interceptors: on.BeforeRetryLoop}, middleware.After),
		s.Finalize.Add(c.retryStep(smithyhttp.RequestCloner), middleware.After),
		s.Finalize.Add(&smithyhttp.InterceptAttempt{BeforeAttempt: on.BeforeAttempt, AfterAttempt: on.AfterAttempt}, middleware.After),
	}
	for _, step := range steps.attempt {
		errs = append(errs, s.Finalize.Add(step, middleware.After))
	}
	for _, step := range steps.response {
		errs = append(errs, s.Deserialize.Add(step, middleware.After))
	}
	errs = append(errs, s.Deserialize.Add(logStep{}, middleware.After))
	if hasInterceptors(on) {
		errs = append(errs, addInterceptors(s, on))
	}
	return s, errors.Join(errs...)
}

// addInterceptors puts the caller's interceptors around the steps.
func addInterceptors(s *middleware.Stack, on smithyhttp.InterceptorRegistry) error {
	return errors.Join(
		s.Initialize.Add(&smithyhttp.InterceptExecution{BeforeExecution: on.BeforeExecution, AfterExecution: on.AfterExecution}, middleware.Before),
		s.Serialize.Insert(&smithyhttp.InterceptBeforeSerialization{Interceptors: on.BeforeSerialization}, serializeID, middleware.Before),
		s.Serialize.Insert(&smithyhttp.InterceptAfterSerialization{Interceptors: on.AfterSerialization}, serializeID, middleware.After),
		s.Finalize.Insert(&smithyhttp.InterceptBeforeSigning{Interceptors: on.BeforeSigning}, signID, middleware.Before),
		s.Finalize.Insert(&smithyhttp.InterceptAfterSigning{Interceptors: on.AfterSigning}, signID, middleware.After),
		// Answers pass the deserialize phase from its end to its beginning.
		s.Deserialize.Insert(&smithyhttp.InterceptBeforeDeserialization{Interceptors: on.BeforeDeserialization}, decodeID, middleware.After),
		s.Deserialize.Insert(&smithyhttp.InterceptAfterDeserialization{Interceptors: on.AfterDeserialization}, decodeID, middleware.Before),
		s.Deserialize.Add(&smithyhttp.InterceptTransmit{BeforeTransmit: on.BeforeTransmit, AfterTransmit: on.AfterTransmit}, middleware.After),
	)
}
