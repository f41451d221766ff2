package ecrpublic_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// source is one of the sources of a loaded configuration.
type source struct {
	endpoint  string
	ignore    bool
	dualStack aws.DualStackEndpointState
	fips      aws.FIPSEndpointState
	err       error
}

func (s source) GetServiceBaseEndpoint(_ context.Context, sdkID string) (string, bool, error) {
	return s.endpoint, s.endpoint != "" && sdkID == ecrpublic.ServiceID, s.err
}

func (s source) GetIgnoreConfiguredEndpoints(context.Context) (bool, bool, error) {
	return s.ignore, s.ignore, s.err
}

func (s source) GetUseDualStackEndpoint(context.Context) (aws.DualStackEndpointState, bool, error) {
	return s.dualStack, s.dualStack != 0, s.err
}

func (s source) GetUseFIPSEndpoint(context.Context) (aws.FIPSEndpointState, bool, error) {
	return s.fips, s.fips != 0, s.err
}

// urlOf makes a call and returns the URL of its request.
func urlOf(t *testing.T, cfg aws.Config, optFns ...func(*ecrpublic.Options)) string {
	t.Helper()
	s := &script{answers: []answer{{Status: 200}}}
	cfg.HTTPClient, cfg.Credentials = s, testCredentials
	_, err := ecrpublic.NewFromConfig(cfg, optFns...).GetAuthorizationToken(t.Context(), nil)
	require.NoError(t, err)
	return s.requests[0].URL.String()
}

func TestConfigurationSources(t *testing.T) {
	const home = "https://api.ecr-public.us-east-1.amazonaws.com/"
	own := source{endpoint: "http://service"}
	for _, c := range []struct {
		name    string
		env     map[string]string
		base    *string
		sources []any
		want    string
	}{
		{"nothing", nil, nil, nil, home},
		{"unknown sources", nil, nil, []any{"a", 1}, home},
		{"the service's endpoint", nil, nil, []any{source{}, own}, "http://service/"},
		{"over the global one", nil, aws.String("http://global"), []any{own}, "http://service/"},
		{"the global variable hides the services section", map[string]string{"AWS_ENDPOINT_URL": "http://global"}, aws.String("http://global"), []any{own}, "http://global/"},
		{"the service's variable does not", map[string]string{"AWS_ENDPOINT_URL": "http://global", "AWS_ENDPOINT_URL_ECR_PUBLIC": "http://service"}, aws.String("http://global"), []any{own}, "http://service/"},
		{"ignored", nil, nil, []any{source{ignore: true}, own}, home},
		{"unreadable", nil, nil, []any{source{endpoint: "http://service", err: assert.AnError}}, home},
		{"dual-stack", nil, nil, []any{source{dualStack: aws.DualStackEndpointStateEnabled}}, "https://ecr-public.us-east-1.api.aws/"},
		{"FIPS", nil, nil, []any{source{fips: aws.FIPSEndpointStateEnabled}}, "https://api.ecr-public-fips.us-east-1.amazonaws.com/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, value := range c.env {
				t.Setenv(name, value)
			}
			assert.Equal(t, c.want, urlOf(t, aws.Config{Region: "us-east-1", BaseEndpoint: c.base, ConfigSources: c.sources}))
		})
	}
}

func TestServiceOptionsOfTheConfiguration(t *testing.T) {
	t.Parallel()
	cfg := aws.Config{ServiceOptions: []func(string, any){func(id string, o any) {
		assert.Equal(t, ecrpublic.ServiceID, id)
		o.(*ecrpublic.Options).BaseEndpoint = aws.String("http://first/path")
	}}}
	assert.Equal(t, "http://first/path", urlOf(t, cfg))
	assert.Equal(t, "http://second/", urlOf(t, cfg, func(o *ecrpublic.Options) { o.BaseEndpoint = aws.String("http://second") }), "the caller has the last word")
}

//lint:file-ignore SA1019 the deprecated resolvers are what is tested
func TestDeprecatedResolversOfTheConfiguration(t *testing.T) {
	t.Parallel()
	resolve := func(service, region string) (aws.Endpoint, error) {
		assert.Equal(t, ecrpublic.ServiceID, service)
		switch region {
		case "eu-west-1":
			return aws.Endpoint{URL: "http://test-server", SigningRegion: "mars-1", SigningName: "other"}, nil
		case "bad":
			return aws.Endpoint{URL: "http://[bad"}, nil
		case "error":
			return aws.Endpoint{}, assert.AnError
		}
		return aws.Endpoint{}, &aws.EndpointNotFoundError{}
	}
	withOptions := aws.Config{EndpointResolverWithOptions: aws.EndpointResolverWithOptionsFunc(func(service, region string, _ ...any) (aws.Endpoint, error) {
		return resolve(service, region)
	})}
	plain := aws.Config{EndpointResolver: aws.EndpointResolverFunc(resolve)}
	for _, cfg := range []aws.Config{withOptions, plain} {
		cfg.Region = "eu-west-1"
		s := &script{answers: []answer{{Status: 200}}}
		cfg.HTTPClient, cfg.Credentials = s, testCredentials
		_, err := ecrpublic.NewFromConfig(cfg).GetAuthorizationToken(t.Context(), nil)
		require.NoError(t, err)
		assert.Equal(t, "http://test-server/", s.requests[0].URL.String())
		assert.Equal(t, "mars-1/other/aws4_request", scopeOf(s.requests[0]))
		cfg.Region = "cn-north-1"
		assert.Equal(t, "https://api.ecr-public.cn-north-1.amazonaws.com.cn/", urlOf(t, cfg))
		for _, region := range []string{"bad", "error"} {
			cfg.Region = region
			_, err = ecrpublic.NewFromConfig(cfg).GetAuthorizationToken(t.Context(), nil)
			require.Error(t, err)
		}
		assert.Len(t, s.requests, 1)
	}
}

// TestDeprecatedResolversSeeTheOptions uses the functions that such resolvers ask for them
// with.
func TestDeprecatedResolversSeeTheOptions(t *testing.T) {
	t.Parallel()
	var dualStack, fips []bool
	cfg := aws.Config{EndpointResolverWithOptions: aws.EndpointResolverWithOptionsFunc(func(_, _ string, options ...any) (aws.Endpoint, error) {
		d, _ := aws.GetUseDualStackEndpoint(options...)
		f, _ := aws.GetUseFIPSEndpoint(options...)
		dualStack, fips = append(dualStack, d == aws.DualStackEndpointStateEnabled), append(fips, f == aws.FIPSEndpointStateEnabled)
		return aws.Endpoint{URL: "http://test-server"}, nil
	})}
	for _, options := range []ecrpublic.EndpointResolverOptions{
		{},
		{UseDualStackEndpoint: aws.DualStackEndpointStateEnabled},
		{UseFIPSEndpoint: aws.FIPSEndpointStateEnabled},
	} {
		urlOf(t, cfg, func(o *ecrpublic.Options) { o.EndpointOptions = options })
	}
	assert.Equal(t, []bool{false, true, false}, dualStack)
	assert.Equal(t, []bool{false, false, true}, fips)
}

func TestOwnEndpointResolver(t *testing.T) {
	t.Parallel()
	var asked ecrpublic.EndpointParameters
	own := resolverFunc(func(p ecrpublic.EndpointParameters) string {
		asked = p
		return "http://own/base"
	})
	assert.Equal(t, "http://own/base", urlOf(t, aws.Config{Region: "eu-west-1"}, ecrpublic.WithEndpointResolverV2(own)))
	assert.Equal(t, "eu-west-1", *asked.Region, "the resolver is asked about the region that was configured")
	assert.NoError(t, asked.ValidateRequired())
	assert.Error(t, ecrpublic.EndpointParameters{}.ValidateRequired())
	assert.Error(t, ecrpublic.EndpointParameters{UseDualStack: aws.Bool(true)}.ValidateRequired())
	assert.NoError(t, ecrpublic.EndpointParameters{}.WithDefaults().ValidateRequired())
	nowhere := resolverFunc(func(ecrpublic.EndpointParameters) string { return "nowhere" })
	_, err := scripted(&script{}, ecrpublic.WithEndpointResolverV2(nowhere)).GetAuthorizationToken(t.Context(), nil)
	require.ErrorContains(t, err, "needs a scheme and a host")
}

func TestDisableHTTPS(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "http://api.ecr-public.us-east-1.amazonaws.com/", urlOf(t, aws.Config{}, func(o *ecrpublic.Options) { o.EndpointOptions.DisableHTTPS = true }))
}

func TestEndpointOptionGetters(t *testing.T) {
	t.Parallel()
	o := ecrpublic.EndpointResolverOptions{ResolvedRegion: "r", DisableHTTPS: true, UseDualStackEndpoint: aws.DualStackEndpointStateEnabled, UseFIPSEndpoint: aws.FIPSEndpointStateDisabled}
	assert.Equal(t, "r", o.GetResolvedRegion())
	assert.True(t, o.GetDisableHTTPS())
	assert.Equal(t, aws.DualStackEndpointStateEnabled, o.GetUseDualStackEndpoint())
	assert.Equal(t, aws.FIPSEndpointStateDisabled, o.GetUseFIPSEndpoint())
}

func TestRetryerOfTheConfiguration(t *testing.T) {
	t.Parallel()
	s := &script{answers: []answer{{Status: 500}}}
	client := ecrpublic.NewFromConfig(aws.Config{HTTPClient: s, Credentials: testCredentials, Retryer: func() aws.Retryer { return aws.NopRetryer{} }})
	_, err := client.GetAuthorizationToken(t.Context(), nil)
	require.Error(t, err)
	assert.Len(t, s.requests, 1)
	client = ecrpublic.NewFromConfig(aws.Config{HTTPClient: s, Credentials: testCredentials, RetryMode: aws.RetryModeAdaptive, RetryMaxAttempts: 7})
	assert.Equal(t, 7, client.Options().Retryer.MaxAttempts())
	_, standard := ecrpublic.New(ecrpublic.Options{}).Options().Retryer.(*retry.Standard)
	assert.True(t, standard)
}

func TestDefaultsModeSetsTimeouts(t *testing.T) {
	t.Parallel()
	usual := awshttp.NewBuildableClient().GetDialer().Timeout
	for mode, sets := range map[aws.DefaultsMode]bool{"": false, "legacy": false, "in-region": true, "IN-REGION": true, "auto": true, "AUTO": true, "unknown": false} {
		client, ok := ecrpublic.New(ecrpublic.Options{DefaultsMode: mode, Region: "us-east-1"}).Options().HTTPClient.(*awshttp.BuildableClient)
		require.True(t, ok)
		assert.Equal(t, sets, client.GetDialer().Timeout != usual, mode)
	}
	own := &http.Client{}
	assert.Same(t, own, ecrpublic.New(ecrpublic.Options{HTTPClient: own}).Options().HTTPClient)
}
