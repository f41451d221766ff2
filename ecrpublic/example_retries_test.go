package ecrpublic_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// The settings of aws.Config work as with every AWS client.
func ExampleOptions_retries() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	srv.Inject(ecrpublictest.Fault{Operation: "DescribeRegistries", Effect: ecrpublictest.Throttle()})

	cfg := srv.Config()
	cfg.RetryMaxAttempts = 1 // the first is the last
	_, err := ecrpublic.NewFromConfig(cfg).DescribeRegistries(context.Background(), nil)
	fmt.Println("throttled:", ecrpublic.IsThrottled(err), "requests:", srv.Count(""))
	// Output: throttled: true requests: 1
}

// Adaptive mode also slows down the first attempts of calls while the service
// throttles. The mode belongs to a client; a single call cannot change it.
func ExampleOptions_retryMode() {
	cfg := aws.Config{RetryMode: aws.RetryModeAdaptive}

	client := ecrpublic.NewFromConfig(cfg)
	_, adaptive := client.Options().Retryer.(*retry.AdaptiveMode)
	fmt.Println(client.Options().RetryMode, adaptive)
	// Output: adaptive true
}

// A retryer that wraps the client's own keeps its rules of what to retry.
func ExampleOptions_retryer() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	srv.Inject(ecrpublictest.Fault{Operation: "DescribeRegistries", Times: 4, Effect: ecrpublictest.ResetMidway()})

	client := ecrpublic.New(srv.Client().Options(), func(o *ecrpublic.Options) {
		o.Retryer = retry.AddWithMaxAttempts(o.Retryer, 5)
		o.Retryer = retry.AddWithMaxBackoffDelay(o.Retryer, time.Millisecond)
	})
	out, err := client.DescribeRegistries(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("retries:", out.ResponseMetadata.RetryAttempts)
	// Output: retries: 4
}

// A call can have another limit than its client.
func ExampleOptions_retriesOfOneCall() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Status(503)})

	_, err := srv.Client().DescribeRegistries(context.Background(), nil, func(o *ecrpublic.Options) {
		o.RetryMaxAttempts = 1
	})
	fmt.Println(err != nil, srv.Count(""))
	// Output: true 1
}

// A context bounds a call with all its attempts and the delays between them.
func ExampleClient_deadline() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	srv.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Delay(time.Hour)})

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := srv.Client().DescribeRegistries(ctx, nil)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output: true
}
