package types_test

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/types"
)

// A fake of the service returns an exception by its type.
func ExampleRepositoryNotFoundException() {
	var err error = &types.RepositoryNotFoundException{Message: aws.String("no such repository")}

	var api smithy.APIError
	fmt.Println(errors.As(err, &api), api.ErrorCode())
	fmt.Println(err)
	// Output:
	// true RepositoryNotFoundException
	// RepositoryNotFoundException: no such repository
}

// The values that the service had when this package was written; it may add others.
func ExampleLayerAvailability_Values() {
	for _, value := range types.LayerAvailability("").Values() {
		fmt.Println(value)
	}
	// Output:
	// AVAILABLE
	// UNAVAILABLE
}
