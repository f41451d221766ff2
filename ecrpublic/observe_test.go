package ecrpublic_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
	"github.com/aws/smithy-go/tracing"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

type resolverFunc func(ecrpublic.EndpointParameters) string

func (f resolverFunc) ResolveEndpoint(_ context.Context, p ecrpublic.EndpointParameters) (smithyendpoints.Endpoint, error) {
	request, err := http.NewRequest("", f(p), nil)
	if err != nil {
		return smithyendpoints.Endpoint{}, err
	}
	return smithyendpoints.Endpoint{URI: *request.URL, Headers: http.Header{"X-From-Endpoint": {"yes"}}}, nil
}

// tracer records spans as they end.
type tracer struct {
	mu    sync.Mutex
	ended []*span
}

func (t *tracer) Tracer(string, ...tracing.TracerOption) tracing.Tracer { return t }

func (t *tracer) StartSpan(ctx context.Context, name string, _ ...tracing.SpanOption) (context.Context, tracing.Span) {
	s := &span{tracer: t, name: name, properties: map[any]any{}}
	return tracing.WithSpan(ctx, s), s
}

type span struct {
	tracer     *tracer
	name       string
	properties map[any]any
	status     tracing.SpanStatus
}

func (s *span) Name() string                            { return s.name }
func (s *span) Context() tracing.SpanContext            { return tracing.SpanContext{} }
func (s *span) AddEvent(string, ...tracing.EventOption) {}
func (s *span) SetProperty(k, v any)                    { s.properties[k] = v }
func (s *span) SetStatus(status tracing.SpanStatus)     { s.status = status }
func (s *span) End() {
	s.tracer.mu.Lock()
	defer s.tracer.mu.Unlock()
	s.tracer.ended = append(s.tracer.ended, s)
}

func TestTracing(t *testing.T) {
	t.Parallel()
	traced := new(tracer)
	s := &script{answers: []answer{{Status: 400, Body: `{"__type":"InvalidParameterException","message":"no"}`}, {Status: 200}}}
	client := scripted(s, func(o *ecrpublic.Options) { o.TracerProvider = traced })
	_, err := client.DescribeRegistries(t.Context(), nil)
	require.Error(t, err)
	var names []string
	for _, s := range traced.ended {
		names = append(names, s.name)
	}
	for _, name := range []string{"OperationSerializer", "RetryLoop", "Attempt", "ResolveAuthScheme", "GetIdentity", "ResolveEndpoint", "ComputePayloadSHA256", "SignRequest", "DoHTTPRequest", "OperationDeserializer"} {
		assert.Contains(t, names, name)
	}
	call := traced.ended[len(traced.ended)-1]
	assert.Equal(t, "ECR PUBLIC.DescribeRegistries", call.name)
	assert.Equal(t, tracing.SpanStatusError, call.status)
	assert.Equal(t, "InvalidParameterException", call.properties["api.error_code"])
	_, err = client.DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, tracing.SpanStatusOK, traced.ended[len(traced.ended)-1].status)
}

// everyInterceptor records where it was called.
type everyInterceptor struct{ called []string }

func (i *everyInterceptor) note(name string) error {
	i.called = append(i.called, name)
	return nil
}

func (i *everyInterceptor) BeforeExecution(context.Context, *smithyhttp.InterceptorContext) error {
	return i.note("BeforeExecution")
}
func (i *everyInterceptor) AfterSerialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	in.Request.Header.Set("X-Intercepted", "yes")
	return i.note("AfterSerialization")
}
func (i *everyInterceptor) BeforeSigning(context.Context, *smithyhttp.InterceptorContext) error {
	return i.note("BeforeSigning")
}
func (i *everyInterceptor) AfterDeserialization(_ context.Context, in *smithyhttp.InterceptorContext) error {
	return i.note("AfterDeserialization")
}
func (i *everyInterceptor) AfterExecution(context.Context, *smithyhttp.InterceptorContext) error {
	return i.note("AfterExecution")
}

func TestInterceptors(t *testing.T) {
	t.Parallel()
	i := new(everyInterceptor)
	s := &script{answers: []answer{{Status: 200}}}
	_, err := scripted(s, func(o *ecrpublic.Options) {
		o.Interceptors.AddBeforeExecution(i)
		o.Interceptors.AddAfterSerialization(i)
		o.Interceptors.AddBeforeSigning(i)
		o.Interceptors.AddAfterDeserialization(i)
		o.Interceptors.AddAfterExecution(i)
	}).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"BeforeExecution", "AfterSerialization", "BeforeSigning", "AfterDeserialization", "AfterExecution"}, i.called)
	assert.Equal(t, "yes", s.requests[0].Header.Get("X-Intercepted"))
	assert.Contains(t, s.requests[0].Header.Get("Authorization"), "x-intercepted")
}

func TestAuthSchemePreference(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 200}}}
	_, err := scripted(s, func(o *ecrpublic.Options) { o.AuthSchemePreference = []string{"noAuth"} }).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Empty(t, s.requests[0].Header.Get("Authorization"), "anonymous comes first when it is preferred")
	_, err = scripted(s, func(o *ecrpublic.Options) { o.AuthSchemePreference = []string{"sigv4a", "sigv4"} }).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.NotEmpty(t, s.requests[1].Header.Get("Authorization"))
}

type authResolver func() ([]*smithyauth.Option, error)

func (f authResolver) ResolveAuthSchemes(context.Context, *ecrpublic.AuthResolverParameters) ([]*smithyauth.Option, error) {
	return f()
}

func TestOwnAuthSchemeResolver(t *testing.T) {
	t.Parallel()
	for name, resolver := range map[string]authResolver{
		"fails":       func() ([]*smithyauth.Option, error) { return nil, assert.AnError },
		"has nothing": func() ([]*smithyauth.Option, error) { return nil, nil },
		"has a scheme that nobody knows": func() ([]*smithyauth.Option, error) {
			return []*smithyauth.Option{{SchemeID: "example#other"}}, nil
		},
		"names no region": func() ([]*smithyauth.Option, error) {
			var p smithy.Properties
			smithyhttp.SetSigV4SigningName(&p, "n")
			return []*smithyauth.Option{{SchemeID: smithyauth.SchemeIDSigV4, SignerProperties: p}}, nil
		},
		"names no service": func() ([]*smithyauth.Option, error) {
			return []*smithyauth.Option{{SchemeID: smithyauth.SchemeIDSigV4}}, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &script{answers: []answer{{Status: 200}}}
			_, err := scripted(s, func(o *ecrpublic.Options) { o.AuthSchemeResolver = resolver }).DescribeRegistries(t.Context(), nil)
			require.Error(t, err)
			assert.Empty(t, s.requests)
		})
	}
}

// TestReplacedBodyIsHashed replaces the body in a middleware: the signature must match
// the new body.
func TestReplacedBodyIsHashed(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 200}}}
	_, err := scripted(s, ecrpublic.WithAPIOptions(func(stack *middleware.Stack) error {
		return stack.Build.Add(middleware.BuildMiddlewareFunc("replace", func(ctx context.Context, in middleware.BuildInput, next middleware.BuildHandler) (middleware.BuildOutput, middleware.Metadata, error) {
			request, err := in.Request.(*smithyhttp.Request).SetStream(strings.NewReader(`{"maxResults":1}`))
			if err != nil {
				return middleware.BuildOutput{}, middleware.Metadata{}, err
			}
			in.Request = request
			return next.HandleBuild(ctx, in)
		}), middleware.After)
	})).DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, `{"maxResults":1}`, string(s.bodies[0]))
	assert.EqualValues(t, len(s.bodies[0]), s.requests[0].ContentLength)
}

func TestLogModes(t *testing.T) {
	t.Parallel()
	for mode, want := range map[aws.ClientLogMode][]string{
		aws.LogRequest:          {"POST / HTTP/1.1", "X-Amz-Target: SpencerFrontendService.DescribeRegistries"},
		aws.LogRequestWithBody:  {"\r\n\r\n{}"},
		aws.LogResponse:         {"HTTP/0.0 200 OK"},
		aws.LogResponseWithBody: {`{"registries":[]}`},
	} {
		var log lockedBuffer
		_, err := scripted(&script{answers: []answer{{Status: 200, Body: `{"registries":[]}`}}}, func(o *ecrpublic.Options) {
			o.ClientLogMode, o.Logger = mode, logging.NewStandardLogger(&log)
		}).DescribeRegistries(t.Context(), nil)
		require.NoError(t, err)
		for _, text := range want {
			assert.Contains(t, log.String(), text)
		}
		if mode == aws.LogResponse {
			assert.NotContains(t, log.String(), "registries")
		}
	}
}
