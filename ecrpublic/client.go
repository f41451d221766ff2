package ecrpublic

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/types"
)

const (
	// ServiceID is the service's name in AWS's models and in errors.
	ServiceID = "ECR PUBLIC"

	// ServiceAPIVersion is the version of the API that this package speaks.
	ServiceAPIVersion = "2020-10-30"
)

// version is this module's, for the User-Agent header.
const version = "0.1.0"

// Client calls Amazon ECR Public. It is safe for concurrent use and keeps
// connections open between calls, so make one and share it.
type Client struct {
	options  Options
	skew     *atomic.Int64 // nanoseconds that the service's clock is ahead
	pipeline func() *pipeline
}

// New makes a client. It does not fail: options that cannot work are reported by
// the first call.
func New(options Options, optFns ...func(*Options)) *Client {
	options = options.Copy()
	options.setDefaults()
	for _, fn := range optFns {
		fn(&options)
	}
	options.finish()
	c := &Client{options: options, skew: new(atomic.Int64)}
	c.pipeline = sync.OnceValue(func() *pipeline { return newPipeline(c.options, c.skew) })
	return c
}

// NewFromConfig makes a client from what package config loaded: credentials,
// region, retries, endpoints and the rest of the user's settings.
func NewFromConfig(cfg aws.Config, optFns ...func(*Options)) *Client {
	return New(fromConfig(cfg), func(o *Options) {
		for _, fn := range cfg.ServiceOptions {
			fn(ServiceID, o)
		}
		for _, fn := range optFns {
			fn(o)
		}
	})
}

// Options returns a copy of the client's options, defaults filled in.
func (c *Client) Options() Options { return c.options.Copy() }

// Format prints a client without its secrets, whatever the verb.
func (c Client) Format(f fmt.State, _ rune) {
	io.WriteString(f, "ecrpublic.Client{"+c.options.describe()+"}")
}

// invoke is the way of every operation.
func invoke[Out, In any](ctx context.Context, c *Client, operation string, params *In, optFns []func(*Options)) (*Out, error) {
	if params == nil {
		params = new(In)
	}
	call := &call{pipeline: c.pipelineFor(optFns), operation: operation, in: params, out: new(Out)}
	result, metadata, err := call.run(ctx)
	if err != nil {
		return nil, &smithy.OperationError{ServiceID: ServiceID, OperationName: operation, Err: err}
	}
	out, ok := result.(*Out)
	if !ok {
		return nil, &smithy.OperationError{ServiceID: ServiceID, OperationName: operation, Err: fmt.Errorf("a middleware returned a %T", result)}
	}
	setMetadata(out, metadata)
	return out, nil
}

// pipelineFor returns the client's pipeline, or one for a call with options of
// its own.
func (c *Client) pipelineFor(optFns []func(*Options)) *pipeline {
	if len(optFns) == 0 {
		return c.pipeline()
	}
	options := c.options.Copy()
	for _, fn := range optFns {
		fn(&options)
	}
	if n := options.RetryMaxAttempts; n != 0 && n != c.options.RetryMaxAttempts {
		options.Retryer = limitAttempts(options.Retryer, n)
	}
	return newPipeline(options, c.skew)
}

// setMetadata fills the last two fields that every output has.
func setMetadata(out any, metadata middleware.Metadata) {
	v := reflect.ValueOf(out).Elem()
	n := v.NumField()
	*v.Field(n - 2).Addr().Interface().(*types.ResponseMetadata) = responseMetadata(metadata)
	*v.Field(n - 1).Addr().Interface().(*middleware.Metadata) = metadata
}

func responseMetadata(metadata middleware.Metadata) types.ResponseMetadata {
	var m types.ResponseMetadata
	m.RequestId, _ = awsmiddleware.GetRequestIDMetadata(metadata)
	if results, ok := retry.GetAttemptResults(metadata); ok {
		m.RetryAttempts = len(results.Results) - 1
	}
	if response, ok := awsmiddleware.GetRawResponse(metadata).(*smithyhttp.Response); ok && response != nil {
		m.HostId = response.Header.Get("X-Amz-Id-2")
		m.HTTPStatusCode = response.StatusCode
		m.HTTPHeaders = response.Header
	}
	return m
}
