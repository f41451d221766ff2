package ecrpublic_test

import (
	"context"
	"fmt"

	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// jobHeader is an interceptor that adds a header to a complete request, before its
// first attempt.
type jobHeader string

func (h jobHeader) AfterSerialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	in.Request.Header.Set("X-Job", string(h))
	return nil
}

// Interceptors are called at fixed points of each call.
func ExampleOptions_interceptors() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	client := srv.Client(func(o *ecrpublic.Options) {
		o.Interceptors.AddAfterSerialization(jobHeader("nightly"))
	})

	_, err := client.DescribeRegistries(context.Background(), nil)
	fmt.Println(err, srv.Requests()[0].Header.Get("X-Job"))
	// Output: <nil> nightly
}

// Middleware written for the official client works, because steps have the same
// names. Smithy's helpers cover the most common needs.
func ExampleWithAPIOptions() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	client := srv.Client(ecrpublic.WithAPIOptions(smithyhttp.AddHeaderValue("X-Job", "nightly")))

	_, err := client.DescribeRegistries(context.Background(), nil)
	fmt.Println(err, srv.Requests()[0].Header.Get("X-Job"))
	// Output: <nil> nightly
}

// Your own middleware sees every input; this one forbids deletions.
func ExampleWithAPIOptions_ownMiddleware() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	readOnly := middleware.InitializeMiddlewareFunc("ReadOnly", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (
		middleware.InitializeOutput, middleware.Metadata, error,
	) {
		if _, deletes := in.Parameters.(*ecrpublic.DeleteRepositoryInput); deletes {
			return middleware.InitializeOutput{}, middleware.Metadata{}, fmt.Errorf("this client does not delete")
		}
		return next.HandleInitialize(ctx, in)
	})
	client := srv.Client(ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Initialize.Add(readOnly, middleware.Before)
	}))

	_, err := client.DeleteRepository(context.Background(), &ecrpublic.DeleteRepositoryInput{})
	fmt.Println(err)
	// Output: operation error ECR PUBLIC: DeleteRepository, this client does not delete
}
