package ecrpublictest_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/mock"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// ensureRepository stands for the code under test.
func ensureRepository(ctx context.Context, api ecrpublic.API, name string) (created bool, err error) {
	_, err = api.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: &name})
	if exists := new(types.RepositoryAlreadyExistsException); errors.As(err, &exists) {
		return false, nil
	}
	return err == nil, err
}

// A mock calls the funcs that the test sets, and records the calls.
func ExampleClient() {
	api := &ecrpublictest.Client{
		CreateRepositoryFunc: func(context.Context, *ecrpublic.CreateRepositoryInput, ...func(*ecrpublic.Options)) (*ecrpublic.CreateRepositoryOutput, error) {
			return nil, &types.RepositoryAlreadyExistsException{}
		},
	}
	created, err := ensureRepository(context.Background(), api, "app")
	fmt.Println(created, err)
	for _, call := range api.Calls() {
		in := call.Input.(*ecrpublic.CreateRepositoryInput)
		fmt.Println(call.Operation, aws.ToString(in.RepositoryName))
	}

	_, err = api.DescribeImages(context.Background(), &ecrpublic.DescribeImagesInput{})
	fmt.Println(err)
	// Output:
	// false <nil>
	// CreateRepository app
	// ecrpublictest: DescribeImagesFunc of the mock is not set
}

// expectations is a testify mock. It has the methods that the code under test
// uses; the embedded Client supplies all others.
type expectations struct {
	mock.Mock
	ecrpublictest.Client
}

func (e *expectations) CreateRepository(ctx context.Context, in *ecrpublic.CreateRepositoryInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.CreateRepositoryOutput, error) {
	args := e.Called(ctx, in)
	return args.Get(0).(*ecrpublic.CreateRepositoryOutput), args.Error(1)
}

// Client can be combined with testify's mock.
func ExampleClient_testify() {
	api := new(expectations)
	api.On("CreateRepository", mock.Anything, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")}).
		Return(&ecrpublic.CreateRepositoryOutput{}, nil).Once()

	created, err := ensureRepository(context.Background(), api, "app")
	fmt.Println(created, err)
	fmt.Println(api.AssertExpectations(failures{}))
	// Output:
	// true <nil>
	// true
}

// failures replaces the *testing.T that an example does not have.
type failures struct{}

func (failures) Logf(string, ...any)               {}
func (failures) Errorf(format string, args ...any) { fmt.Printf(format, args...) }
func (failures) FailNow()                          {}
