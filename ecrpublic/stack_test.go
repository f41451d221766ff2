package ecrpublic_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// officialSteps are the step IDs of the official client's stack that middleware refers
// to, in order.
var officialSteps = map[string][]string{
	"Initialize stack step":  {"OperationInputValidation"},
	"Serialize stack step":   {"setOperationInput", "ResolveEndpoint", "OperationSerializer"},
	"Build stack step":       {"ClientRequestID", "UserAgent", "RecursionDetection"},
	"Finalize stack step":    {"InterceptBeforeRetryLoop", "Retry", "InterceptAttempt", "ResolveAuthScheme", "GetIdentity", "ResolveEndpointV2", "disableHTTPS", "ComputePayloadHash", "setLegacyContextSigningOptions", "Signing"},
	"Deserialize stack step": {"AddRawResponseToMetadata", "ResponseErrorWrapper", "RequestIDRetriever", "OperationDeserializer", "RecordResponseTiming", "RequestResponseLogger"},
}

// stepsOf splits a stack's list by its phases.
func stepsOf(s *middleware.Stack) map[string][]string {
	steps, phase := map[string][]string{}, ""
	for _, line := range s.List()[1:] { // the first line is the operation's name
		if strings.HasSuffix(line, " stack step") {
			phase = line
			continue
		}
		steps[phase] = append(steps[phase], line)
	}
	return steps
}

func TestStackHasTheOfficialSteps(t *testing.T) {
	t.Parallel()
	var got map[string][]string
	look := ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		got = stepsOf(s)
		return nil
	})
	_, err := scripted(&script{answers: []answer{{Status: 200}}}, look).DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	assert.Equal(t, officialSteps, got)
}

func TestStackOrderWithInterceptors(t *testing.T) {
	t.Parallel()
	var got map[string][]string
	_, err := scripted(&script{answers: []answer{{Status: 200}}}, func(o *ecrpublic.Options) {
		o.Interceptors.AddBeforeExecution(noInterceptor{})
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			got = stepsOf(s)
			return nil
		})
	}).DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	assert.Equal(t, []string{"InterceptExecution", "OperationInputValidation"}, got["Initialize stack step"])
	assert.Equal(t, []string{"setOperationInput", "ResolveEndpoint", "InterceptBeforeSerialization", "OperationSerializer", "InterceptAfterSerialization"}, got["Serialize stack step"])
	assert.Equal(t, []string{"InterceptBeforeSigning", "Signing", "InterceptAfterSigning"}, got["Finalize stack step"][9:])
	assert.Equal(t, []string{
		"AddRawResponseToMetadata", "ResponseErrorWrapper", "RequestIDRetriever", "InterceptAfterDeserialization",
		"OperationDeserializer", "InterceptBeforeDeserialization", "RecordResponseTiming", "RequestResponseLogger", "InterceptTransmit",
	}, got["Deserialize stack step"])
}

type noInterceptor struct{}

func (noInterceptor) BeforeExecution(context.Context, *smithyhttp.InterceptorContext) error {
	return nil
}

// TestMiddlewareRunsAroundEveryStep adds middleware before and after each step, and
// checks that all of it runs, in order.
func TestMiddlewareRunsAroundEveryStep(t *testing.T) {
	t.Parallel()
	var ran []string
	client := scripted(&script{answers: []answer{{Status: 200}}}, ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		for phase, ids := range officialSteps {
			for _, id := range ids {
				for _, at := range []middleware.RelativePosition{middleware.Before, middleware.After} {
					if err := insert(s, phase, id, at, &ran); err != nil {
						return err
					}
				}
			}
		}
		return nil
	}))
	_, err := client.DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)

	var want []string
	for _, phase := range []string{"Initialize", "Serialize", "Build", "Finalize", "Deserialize"} {
		for _, id := range officialSteps[phase+" stack step"] {
			want = append(want, "before "+id, "after "+id)
		}
	}
	assert.Equal(t, want, ran)
}

func insert(s *middleware.Stack, phase, id string, at middleware.RelativePosition, ran *[]string) error {
	name := "before " + id
	if at == middleware.After {
		name = "after " + id
	}
	note := func() { *ran = append(*ran, name) }
	switch phase {
	case "Initialize stack step":
		return s.Initialize.Insert(middleware.InitializeMiddlewareFunc(name, func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			note()
			return next.HandleInitialize(ctx, in)
		}), id, at)
	case "Serialize stack step":
		return s.Serialize.Insert(middleware.SerializeMiddlewareFunc(name, func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
			note()
			return next.HandleSerialize(ctx, in)
		}), id, at)
	case "Build stack step":
		return s.Build.Insert(middleware.BuildMiddlewareFunc(name, func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
			note()
			return next.HandleBuild(ctx, in)
		}), id, at)
	case "Finalize stack step":
		return s.Finalize.Insert(middleware.FinalizeMiddlewareFunc(name, func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (middleware.FinalizeOutput, middleware.Metadata, error) {
			note()
			return next.HandleFinalize(ctx, in)
		}), id, at)
	default:
		return s.Deserialize.Insert(middleware.DeserializeMiddlewareFunc(name, func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
			note()
			return next.HandleDeserialize(ctx, in)
		}), id, at)
	}
}

func TestMiddlewareMayRespondItself(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 200}}}
	mock := func(result any) func(*ecrpublic.Options) {
		return ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
			return s.Initialize.Add(middleware.InitializeMiddlewareFunc("mock", func(context.Context, middleware.InitializeInput, middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				return middleware.InitializeOutput{Result: result}, middleware.Metadata{}, nil
			}), middleware.Before)
		})
	}
	out, err := scripted(s, mock(&ecrpublic.DescribeRepositoriesOutput{NextToken: new("mine")})).DescribeRepositories(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "mine", *out.NextToken)

	_, err = scripted(s, mock("nonsense")).DescribeRepositories(t.Context(), nil)
	require.ErrorContains(t, err, "middleware returned string, want")
	assert.Empty(t, s.requests)
}

func TestMiddlewareMayReplaceTheInput(t *testing.T) {
	t.Parallel()
	replace := func(in any) func(*ecrpublic.Options) {
		return ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
			return s.Initialize.Add(middleware.InitializeMiddlewareFunc("replace", func(ctx context.Context, _ middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				return next.HandleInitialize(ctx, middleware.InitializeInput{Parameters: in})
			}), middleware.Before)
		})
	}
	s := &script{answers: []answer{{Status: 200}}}
	_, err := scripted(s, replace(&ecrpublic.DescribeRepositoriesInput{RegistryId: new("123456789012")})).DescribeRepositories(t.Context(), nil)
	require.NoError(t, err)
	assert.JSONEq(t, `{"registryId":"123456789012"}`, string(s.bodies[0]))

	_, err = scripted(s, replace("nonsense")).DescribeRepositories(t.Context(), nil)
	require.ErrorContains(t, err, "input is a string")
}

func TestAPIOptionErrors(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 200}}}
	_, err := scripted(s, ecrpublic.WithAPIOptions(func(*middleware.Stack) error { return assert.AnError })).DescribeRepositories(t.Context(), nil)
	require.ErrorIs(t, err, assert.AnError)
	assert.Empty(t, s.requests)
}

// TestPayloadHashNeedsNoAuthScheme has middleware move or remove the steps that choose
// an auth scheme.
func TestPayloadHashNeedsNoAuthScheme(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*middleware.Stack) error{
		"hash first": func(s *middleware.Stack) error {
			hash, err := s.Finalize.Remove("ComputePayloadHash")
			if err != nil {
				return err
			}
			return s.Finalize.Insert(hash, "ResolveAuthScheme", middleware.Before)
		},
		"unsigned": func(s *middleware.Stack) error {
			var errs []error
			for _, id := range []string{"ResolveAuthScheme", "GetIdentity", "ResolveEndpointV2", "Signing"} {
				_, err := s.Finalize.Remove(id)
				errs = append(errs, err)
			}
			return errors.Join(errs...)
		},
	} {
		s := &script{answers: []answer{{Status: 200}}}
		_, err := scripted(s, ecrpublic.WithAPIOptions(change)).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err, name)
		assert.Len(t, s.requests, 1, name)
	}
	_, err := scripted(&script{}, ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		_, err := s.Finalize.Remove("ResolveAuthScheme")
		return err
	})).DescribeRegistries(t.Context(), nil)
	require.ErrorContains(t, err, "no resolved auth scheme")
}

// TestRequestsThatMiddlewareChanged changes requests after they were signed.
func TestRequestsThatMiddlewareChanged(t *testing.T) {
	t.Parallel()
	send := func(change func(*smithyhttp.Request)) (*script, error) {
		s := &script{answers: []answer{{Status: 200}}}
		_, err := scripted(s, ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
			return stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("change", func(ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler) (middleware.DeserializeOutput, middleware.Metadata, error) {
				r := in.Request.(*smithyhttp.Request)
				change(r)
				out, metadata, err := next.HandleDeserialize(ctx, in)
				assert.Nil(t, r.Body, "the transport's business")
				return out, metadata, err
			}), middleware.After)
		})).DescribeRegistries(t.Context(), nil)
		return s, err
	}
	s, err := send(func(r *smithyhttp.Request) { r.ContentLength = -1 })
	require.NoError(t, err)
	assert.EqualValues(t, -1, s.requests[0].ContentLength)
	assert.Equal(t, "{}", string(s.bodies[0]))

	s, err = send(func(r *smithyhttp.Request) { r.Host = "other.test" })
	require.NoError(t, err)
	assert.Equal(t, "other.test", s.requests[0].Host)

	_, err = send(func(r *smithyhttp.Request) { r.Host = "no host" })
	require.ErrorContains(t, err, "endpoint host domain labels must match")
}

// TestTracerOfTheContext makes a call within a traced one: the tracer is not this call's,
// unless a middleware says so.
func TestTracerOfTheContext(t *testing.T) {
	t.Parallel()
	names := func(spans *tracer) (names []string) {
		for _, s := range spans.ended {
			names = append(names, s.name)
		}
		return names
	}
	answers := []answer{{Status: 503}, {Status: 200}}
	eachWay(t, func(t *testing.T, options ...func(*ecrpublic.Options)) {
		spans := &tracer{}
		client := scripted(&script{answers: answers}, append(options, ecrpublic.WithoutDelay)...)
		_, err := client.DescribeRegistries(tracing.WithOperationTracer(t.Context(), spans), nil)
		require.NoError(t, err)
		assert.Empty(t, names(spans))
	})

	spans := &tracer{}
	_, err := scripted(&script{answers: answers[1:]}, ecrpublic.WithAPIOptions(func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("trace", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			return next.HandleInitialize(tracing.WithOperationTracer(ctx, spans), in)
		}), middleware.Before)
	})).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"DoHTTPRequest", "Attempt", "RetryLoop"}, names(spans))
}

// A path that middleware sets is appended to the endpoint's path, also if it is set before
// the request is serialized.
func TestMiddlewareSetsThePath(t *testing.T) {
	t.Parallel()
	setPath := func(request any) { request.(*smithyhttp.Request).URL.Path = "/of/mine" }
	for name, option := range map[string]func(*ecrpublic.Options){
		"serialize": ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
			return stack.Serialize.Add(middleware.SerializeMiddlewareFunc("path", func(ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler) (middleware.SerializeOutput, middleware.Metadata, error) {
				setPath(in.Request)
				return next.HandleSerialize(ctx, in)
			}), middleware.Before)
		}),
		"build": ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
			return stack.Build.Add(middleware.BuildMiddlewareFunc("path", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
				setPath(in.Request)
				return next.HandleBuild(ctx, in)
			}), middleware.After)
		}),
	} {
		for base, want := range map[string]string{"http://127.0.0.1": "/of/mine", "http://127.0.0.1/base": "/base/of/mine", "http://127.0.0.1/b%2Fc/": "/b%2Fc/of/mine"} {
			s := &script{answers: []answer{{Status: 503}, {Status: 200}}}
			_, err := scripted(s, ecrpublic.WithoutDelay, option, func(o *ecrpublic.Options) { o.BaseEndpoint = &base }).DescribeRegistries(t.Context(), nil)
			require.NoError(t, err)
			for _, r := range s.requests {
				assert.Equal(t, want, r.URL.EscapedPath(), "%s in %s", base, name)
			}
			assert.Len(t, s.requests, 2)
		}
	}
}
