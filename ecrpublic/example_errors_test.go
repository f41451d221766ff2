package ecrpublic_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// These functions classify errors by how the caller should react.
func ExampleIsNotFound() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()

	_, err := srv.Client().DescribeImages(context.Background(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
	switch {
	case ecrpublic.IsNotFound(err):
		fmt.Println("create it")
	case ecrpublic.IsAccessDenied(err), ecrpublic.IsUnauthenticated(err):
		fmt.Println("ask an administrator")
	case ecrpublic.IsThrottled(err):
		fmt.Println("try again in a minute")
	}
	// Output: create it
}

// Create a repository that may already exist.
func ExampleIsAlreadyExists() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()

	for range 2 {
		_, err := srv.Client().CreateRepository(context.Background(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
		fmt.Println(err == nil, ecrpublic.IsAlreadyExists(err))
	}
	// Output:
	// true false
	// false true
}

// An exhausted quota is not a throttle: waiting does not help, and the client does
// not retry.
func ExampleIsQuotaExceeded() {
	srv := ecrpublictest.NewServer(ecrpublictest.WithQuotas(ecrpublictest.Quotas{Repositories: 1}))
	defer srv.Close()

	for _, name := range []string{"app", "web"} {
		_, err := srv.Client().CreateRepository(context.Background(), &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
		fmt.Println(name, ecrpublic.IsQuotaExceeded(err), ecrpublic.IsThrottled(err))
	}
	fmt.Println(srv.Count("CreateRepository"), "requests")
	// Output:
	// app false false
	// web true false
	// 2 requests
}

// Each exception has a type, and the errors that wrap it name the operation and
// the request.
func ExampleClient_errors() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()

	_, err := srv.Client().DescribeImages(context.Background(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
	var missing *types.RepositoryNotFoundException
	if errors.As(err, &missing) {
		fmt.Println(missing.ErrorMessage())
	}
	var operation *smithy.OperationError
	if errors.As(err, &operation) {
		fmt.Println(operation.OperationName)
	}
	var response *awshttp.ResponseError
	if errors.As(err, &response) {
		fmt.Println(response.HTTPStatusCode(), len(response.ServiceRequestID()))
	}
	// Output:
	// The repository with name 'app' does not exist in the registry with id '123456789012'
	// DescribeImages
	// 400 36
}

// An error code without its own type is a smithy.APIError, as in every AWS client.
func ExampleClient_errorCodes() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Fail(&smithy.GenericAPIError{Code: "AccessDeniedException", Message: "no"})})

	_, err := srv.Client().DescribeRegistries(context.Background(), nil)
	var api smithy.APIError
	if errors.As(err, &api) {
		fmt.Println(api.ErrorCode(), api.ErrorMessage(), ecrpublic.IsAccessDenied(err))
	}
	// Output: AccessDeniedException no true
}

// All missing members of a request are reported at once, before it is sent.
func ExampleClient_invalidParams() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()

	_, err := srv.Client().PutImage(context.Background(), &ecrpublic.PutImageInput{})
	var invalid smithy.InvalidParamsError
	if errors.As(err, &invalid) {
		for _, param := range invalid.Errs() {
			fmt.Println(param)
		}
	}
	fmt.Println(srv.Count(""), "requests")
	// Output:
	// missing required field, PutImageInput.RepositoryName.
	// missing required field, PutImageInput.ImageManifest.
	// 0 requests
}
