package ecrpublictest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// Two throttled attempts and a lost response: the client retries until the
// call succeeds.
func ExampleHandler_Inject() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	srv.Inject(
		ecrpublictest.Fault{Operation: "DescribeRegistries", Times: 2, Effect: ecrpublictest.Throttle()},
		ecrpublictest.Fault{Operation: "DescribeRegistries", Times: 1, Effect: ecrpublictest.ResetAfter()},
	)
	client := srv.Client(func(o *ecrpublic.Options) {
		o.Retryer = retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts = 4
			o.MaxBackoff = time.Millisecond // a test need not wait
		})
	})
	_, err := client.DescribeRegistries(context.Background(), nil)
	fmt.Println(err, srv.Count("DescribeRegistries"))
	// Output: <nil> 4
}

// A test can inspect the calls of the code under test, as the client sent
// them.
func ExampleHandler_Requests() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	_, err := ensureRepository(context.Background(), srv.Client(), "app")
	if err != nil {
		fmt.Println(err)
	}
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Fail(&types.LimitExceededException{})})
	_, err = ensureRepository(context.Background(), srv.Client(), "web")
	if err != nil {
		fmt.Println("no more repositories")
	}
	for _, r := range srv.Requests() {
		fmt.Println(r.Operation, *r.Input.(*ecrpublic.CreateRepositoryInput).RepositoryName, r.Status)
	}
	// Output:
	// no more repositories
	// CreateRepository app 200
	// CreateRepository web 400
}
