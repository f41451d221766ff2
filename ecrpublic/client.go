// Package ecrpublic is a client for Amazon ECR Public, the service behind
// public.ecr.aws. It is a drop-in replacement for aws-sdk-go-v2/service/ecrpublic: in
// almost all programs, only the import paths change. README.md lists the differences.
//
//	cfg, err := config.LoadDefaultConfig(ctx)
//	if err != nil { ... }
//	client := ecrpublic.NewFromConfig(cfg)
//	out, err := client.DescribeRepositories(ctx, nil)
//
// A [Client] has a method for each operation. Before it sends a request, it checks that
// all required members are set; it treats a nil input as empty. Every output has
// ResponseMetadata: the request ID, status, headers and number of retries.
//
// # Region
//
// The service works only in us-east-1, so calls go there whichever commercial region is
// configured: see [Options.Region]. To call another address, set
// [Options.BaseEndpoint], AWS_ENDPOINT_URL_ECR_PUBLIC or an [EndpointResolverV2].
//
// # Errors
//
// To decide what to do about an error, use functions such as [IsNotFound],
// [IsAlreadyExists] and [IsThrottled]. For details, use errors.As with one of these
// types:
//
//   - an exception of package types;
//   - *smithy.OperationError, for the name of the operation;
//   - *http.ResponseError of aws-sdk-go-v2/aws/transport/http, for the status and the
//     request ID.
//
// Each method's documentation names the most important exceptions specific to it. In
// addition, any operation can return InvalidParameterException or ServerException, and
// any operation on a repository can return RepositoryNotFoundException.
//
// # Retries and deadlines
//
// A call is attempted up to three times, with the retry rules and backoff of the AWS
// SDKs. LimitExceededException is not retried, because waiting does not restore a
// quota. To change the retry behaviour of a client or a single call, set
// [Options.RetryMaxAttempts] or [Options.Retryer]; to change the retry mode, set it in
// the aws.Config or in the Options passed to [New]. The context's deadline applies to
// the whole call, including retries. An attempt ends if no data is sent or received for
// [Options.StallTimeout].
//
// # Options for one call
//
// Each method accepts functions that change the [Options] for one call. Middleware,
// interceptors, tracing and metrics work as in the AWS SDK.
//
// # Related packages
//
//   - paginators iterates over listings, with limits and resume tokens.
//   - ecrpublic/login provides logins for Docker and other registry clients.
//   - ecrpublic/registry reads tags, manifests and blobs of any public repository.
//   - ecrpublic/imagepush pushes, mirrors and promotes images.
//   - ecrpublic/housekeeping sets up repositories and prunes their images.
//   - ecrpublic/imageref parses image references and ARNs.
//   - ecrpublic/ecrpublictest provides an emulator and a mock for tests.
package ecrpublic

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/types"
)

const (
	// ServiceID is the service's name in AWS's models and in errors.
	ServiceID = "ECR PUBLIC"

	// ServiceAPIVersion is the version of the API that this package uses.
	ServiceAPIVersion = "2020-10-30"
)

// version is the version of this module, for the User-Agent header.
const version = "0.1.0"

// Client calls Amazon ECR Public. It is safe for concurrent use and keeps
// connections open between calls, so create one and share it.
type Client struct {
	text  string        // what a client prints as
	state func() *state // a function prints as an address, whatever the verb: no secret shows
}

// state is what all calls of a client share.
type state struct {
	options Options
	once    sync.Once
	engine  *engine      // of calls without options of their own
	clock   atomic.Int64 // how many nanoseconds the service's clock is ahead
}

// New creates a client. It does not fail: invalid options are reported by the
// first call.
func New(options Options, optFns ...func(*Options)) *Client {
	s := &state{options: options.Copy()}
	s.options.setDefaults()
	s.options.apply(optFns, 0)
	return &Client{"Amazon ECR Public, API version " + ServiceAPIVersion, func() *state { return s }}
}

// NewFromConfig creates a client from the AWS configuration that package
// config loads: credentials, region, retries, endpoints and other settings.
func NewFromConfig(cfg aws.Config, optFns ...func(*Options)) *Client {
	service := cfg.ServiceOptions
	return New(fromConfig(cfg), func(o *Options) {
		for _, fn := range service {
			fn(ServiceID, o)
		}
		for _, fn := range optFns {
			fn(o)
		}
	})
}

// Options returns a copy of the client's options, with defaults for what was nil.
// Region is the configured one, not the one that calls go to.
func (c *Client) Options() Options {
	if c.state == nil { // a zero Client, as programs hand it on in tests
		return Options{}.Copy()
	}
	return c.state().options.Copy()
}

// output is implemented by every output of an operation.
type output interface {
	metadata() (*types.ResponseMetadata, *middleware.Metadata)
}

// invoke runs an operation and fills in its output's metadata.
func invoke[Out, In any, P interface {
	*Out
	output
}](ctx context.Context, c *Client, operation string, params *In, optFns []func(*Options)) (*Out, error) {
	if params == nil {
		params = new(In)
	}
	call := &call{engine: c.state().engineFor(optFns), operation: operation, in: params, out: new(Out)}
	result, metadata, err := call.run(ctx)
	if err != nil {
		return nil, err
	}
	out, ok := result.(*Out)
	if !ok {
		return nil, call.operationError(fmt.Errorf("middleware returned %T, want %T", result, out))
	}
	ours, official := P(out).metadata()
	*ours, *official = responseMetadata(metadata), metadata
	return out, nil
}

// engineFor returns the client's engine, or one for a call with options of its own.
func (s *state) engineFor(optFns []func(*Options)) *engine {
	if len(optFns) == 0 {
		s.once.Do(func() { s.engine = newEngine(s.options, &s.clock) })
		return s.engine
	}
	options := s.options.Copy()
	options.apply(optFns, s.options.RetryMaxAttempts)
	return newEngine(options, &s.clock)
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
