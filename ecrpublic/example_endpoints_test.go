package ecrpublic_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyendpoints "github.com/aws/smithy-go/endpoints"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// offline is an HTTP client that prints where a request would go.
type offline struct{}

func (offline) Do(r *http.Request) (*http.Response, error) {
	fmt.Println(r.URL.Host)
	return nil, errors.New("offline")
}

// The service exists only in us-east-1, so calls go there whatever region is
// configured, unless UseConfiguredRegion is set.
func ExampleOptions_region() {
	client := ecrpublic.New(ecrpublic.Options{Region: "eu-central-1", HTTPClient: offline{}, RetryMaxAttempts: 1})

	_, _ = client.DescribeRegistries(context.Background(), nil)
	_, _ = client.DescribeRegistries(context.Background(), nil, func(o *ecrpublic.Options) { o.UseConfiguredRegion = true })
	// Output:
	// api.ecr-public.us-east-1.amazonaws.com
	// api.ecr-public.eu-central-1.amazonaws.com
}

// The environment variable AWS_ENDPOINT_URL_ECR_PUBLIC does the same for programs
// that load their configuration.
func ExampleOptions_baseEndpoint() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()

	client := ecrpublic.New(ecrpublic.Options{
		BaseEndpoint: aws.String(srv.URL),
		Credentials:  srv.Config().Credentials,
	})
	_, err := client.DescribeRegistries(context.Background(), nil)
	fmt.Println(err, srv.Count("DescribeRegistries"))
	// Output: <nil> 1
}

// viaProxy sends calls to a proxy that routes by path.
type viaProxy struct{ address url.URL }

func (p viaProxy) ResolveEndpoint(context.Context, ecrpublic.EndpointParameters) (smithyendpoints.Endpoint, error) {
	return smithyendpoints.Endpoint{URI: p.address, Headers: http.Header{"X-Team": {"blue"}}}, nil
}

// A resolver chooses the address of each call, and may add headers.
func ExampleEndpointResolverV2() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	address, err := url.Parse(srv.URL)
	if err != nil {
		fmt.Println(err)
	}

	client := srv.Client(ecrpublic.WithEndpointResolverV2(viaProxy{*address}))
	_, err = client.DescribeRegistries(context.Background(), nil)
	fmt.Println(err, srv.Requests()[0].Header.Get("X-Team"))
	// Output: <nil> blue
}

// The default resolver computes AWS's addresses without a call.
func ExampleNewDefaultEndpointResolverV2() {
	endpoint, err := ecrpublic.NewDefaultEndpointResolverV2().ResolveEndpoint(context.Background(), ecrpublic.EndpointParameters{
		Region:       aws.String("us-east-1"),
		UseDualStack: aws.Bool(true),
	})
	fmt.Println(endpoint.URI.Host, err)
	// Output: ecr-public.us-east-1.api.aws <nil>
}
