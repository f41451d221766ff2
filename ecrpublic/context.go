package ecrpublic

import (
	"context"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// callContext adds to the caller's context, in one allocation, the values that
// middleware, credentials providers and HTTP clients may look up in the context of
// an AWS call.
type callContext struct {
	context.Context
	operation context.Context // holds the values
}

func (c *callContext) Value(key any) any {
	if v := c.operation.Value(key); v != nil {
		return v
	}
	return c.Context.Value(key)
}

func (c *call) context(ctx context.Context) context.Context {
	return &callContext{ctx, c.operationContext(c.operation)}
}

// operationContext returns the values of an operation, which all its calls share.
func (e *engine) operationContext(operation string) context.Context {
	if ctx, ok := e.operations.Load(operation); ok {
		return ctx.(context.Context)
	}
	ctx := awsmiddleware.SetOperationName(middleware.WithOperationName(serviceContext(), operation), operation)
	ctx = middleware.SetLogger(awsmiddleware.SetRegion(ctx, e.region), e.options.Logger)
	e.operations.Store(operation, ctx)
	return ctx
}

var serviceContext = sync.OnceValue(func() context.Context {
	ctx := middleware.ClearStackValues(context.Background())
	return awsmiddleware.SetServiceID(middleware.WithServiceID(ctx, ServiceID), ServiceID)
})
