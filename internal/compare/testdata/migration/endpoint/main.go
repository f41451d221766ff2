// Command endpoint has its own endpoint resolver, retryers, auth resolver and signer.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	options := ecrpublic.Options{
		Region: "us-east-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}, nil
		}),
	}
	address, err := url.Parse(os.Getenv("AWS_ENDPOINT_URL_ECR_PUBLIC"))
	if err != nil {
		log.Fatal(err)
	}
	rules(ctx)
	resolvers(ctx, options, address)
	options.BaseEndpoint = aws.String(address.String())
	retryers(ctx, options)
	auth(ctx, options)
}

// rules prints endpoints of the default resolver.
func rules(ctx context.Context) {
	resolver := ecrpublic.NewDefaultEndpointResolverV2()
	for _, p := range []ecrpublic.EndpointParameters{
		{Region: aws.String("us-east-1")},
		{Region: aws.String("us-east-1"), UseFIPS: aws.Bool(true)},
		{Region: aws.String("us-east-1"), UseDualStack: aws.Bool(true)},
		{Endpoint: aws.String("https://registry.example.com/base")},
		{Endpoint: aws.String("https://registry.example.com"), UseFIPS: aws.Bool(true)},
		{},
	} {
		endpoint, err := resolver.ResolveEndpoint(ctx, p.WithDefaults())
		fmt.Println(endpoint.URI.String(), err)
	}
}

// oneHost sends every request to one host, with a header.
type oneHost struct {
	address url.URL
	asked   int
}

func (r *oneHost) ResolveEndpoint(_ context.Context, p ecrpublic.EndpointParameters) (smithyendpoints.Endpoint, error) {
	r.asked++
	if aws.ToString(p.Region) == "" {
		return smithyendpoints.Endpoint{}, errors.New("where?")
	}
	header := http.Header{}
	header.Set("X-Resolved-For", *p.Region)
	return smithyendpoints.Endpoint{URI: r.address, Headers: header}, nil
}

// nowhere is a resolver that fails.
type nowhere struct{}

func (nowhere) ResolveEndpoint(context.Context, ecrpublic.EndpointParameters) (smithyendpoints.Endpoint, error) {
	return smithyendpoints.Endpoint{}, errors.New("no map")
}

func resolvers(ctx context.Context, options ecrpublic.Options, address *url.URL) {
	resolver := &oneHost{address: *address}
	client := ecrpublic.New(options, ecrpublic.WithEndpointResolverV2(resolver), func(o *ecrpublic.Options) {
		o.HTTPClient = listen(func(r *http.Request) { fmt.Println("to", r.URL.Path, r.Header.Get("X-Resolved-For")) })
	})
	for range 2 {
		_, err := client.DescribeRegistries(ctx, nil)
		fmt.Println(err)
	}
	fmt.Println("asked", resolver.asked, "times")
	_, err := client.DescribeRegistries(ctx, nil, ecrpublic.WithEndpointResolverV2(nowhere{}))
	fmt.Println(err)
}

// listen returns an HTTP client that reports each request before it is sent.
func listen(report func(*http.Request)) ecrpublic.HTTPClient {
	return smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		report(r)
		return http.DefaultClient.Do(r)
	})
}

// flaky responds to a number of requests itself, with an error.
func flaky(times, status int) ecrpublic.HTTPClient {
	return smithyhttp.ClientDoFunc(func(r *http.Request) (*http.Response, error) {
		if times <= 0 {
			return http.DefaultClient.Do(r)
		}
		times--
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}")), Request: r}, nil
	})
}

// counting is a retryer that counts the calls of another.
type counting struct {
	aws.RetryerV2
	delays, tokens int
}

func (c *counting) RetryDelay(attempt int, err error) (time.Duration, error) {
	c.delays++
	return 0, nil
}

func (c *counting) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	c.tokens++
	return c.RetryerV2.GetAttemptToken(ctx)
}

func retryers(ctx context.Context, options ecrpublic.Options) {
	patient := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = 5
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
	c := &counting{RetryerV2: patient}
	client := ecrpublic.New(options, func(o *ecrpublic.Options) { o.Retryer, o.HTTPClient = c, flaky(3, 503) })
	out, err := client.DescribeRegistries(ctx, nil)
	fmt.Println(err, "delays", c.delays, "tokens", c.tokens)
	attempts, _ := retry.GetAttemptResults(out.ResultMetadata)
	fmt.Println("attempts", len(attempts.Results))

	client = ecrpublic.New(options, func(o *ecrpublic.Options) { o.Retryer, o.HTTPClient = patient, flaky(9, 500) })
	_, err = client.DescribeRegistries(ctx, nil, func(o *ecrpublic.Options) { o.RetryMaxAttempts = 2 })
	var exhausted *retry.MaxAttemptsError
	fmt.Println("used up:", errors.As(err, &exhausted) && exhausted.Attempt == 2)

	c = &counting{RetryerV2: retry.AddWithErrorCodes(patient, (*types.RepositoryNotFoundException)(nil).ErrorCode()).(aws.RetryerV2)}
	client = ecrpublic.New(options, func(o *ecrpublic.Options) { o.Retryer = c })
	_, err = client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("nobodys")})
	fmt.Println("a code more:", err != nil, c.delays)

	_, err = client.DescribeRegistries(ctx, nil, func(o *ecrpublic.Options) { o.Retryer, o.HTTPClient = aws.NopRetryer{}, flaky(1, 503) })
	fmt.Println("no retries:", err != nil, errors.As(err, &exhausted))
}

// signer reports the name and region that it signs for.
type signer struct{ ecrpublic.HTTPSignerV4 }

func (s signer) SignHTTP(ctx context.Context, credentials aws.Credentials, r *http.Request, hash, service, region string, at time.Time, optFns ...func(*v4.SignerOptions)) error {
	fmt.Println("sign for", service, region, len(hash))
	return s.HTTPSignerV4.SignHTTP(ctx, credentials, r, hash, service, region, at, optFns...)
}

// resolver signs operations that change something, and no others.
type resolver struct{}

func (resolver) ResolveAuthSchemes(_ context.Context, p *ecrpublic.AuthResolverParameters) ([]*smithyauth.Option, error) {
	if strings.HasPrefix(p.Operation, "Describe") {
		return []*smithyauth.Option{{SchemeID: smithyauth.SchemeIDAnonymous}}, nil
	}
	option := &smithyauth.Option{SchemeID: smithyauth.SchemeIDSigV4}
	smithyhttp.SetSigV4SigningName(&option.SignerProperties, "ecr-public")
	smithyhttp.SetSigV4SigningRegion(&option.SignerProperties, p.Region)
	return []*smithyauth.Option{option}, nil
}

func auth(ctx context.Context, options ecrpublic.Options) {
	options.HTTPSignerV4 = signer{v4.NewSigner()}
	client := ecrpublic.New(options, ecrpublic.WithSigV4SigningName("ecr-public"), ecrpublic.WithSigV4SigningRegion("us-east-1"))
	_, err := client.DescribeRegistries(ctx, nil)
	fmt.Println(err)

	options.AuthSchemeResolver = resolver{}
	client = ecrpublic.New(options)
	_, err = client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("signed")})
	fmt.Println(err)
	_, err = client.DescribeRegistries(ctx, nil)
	fmt.Println("unsigned is refused:", err != nil)
}
