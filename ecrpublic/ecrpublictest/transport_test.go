package ecrpublictest_test

import (
	"net"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestTransport(t *testing.T) {
	t.Parallel()
	srv := newServer(t, ecrpublictest.WithCredentials("KEY", "SECRETEXAMPLE0123456789abcdefghijklmnopq"))
	cfg := srv.Config()
	cfg.BaseEndpoint = nil
	cfg.HTTPClient = &http.Client{Transport: srv.Transport()}
	describe := func(region string, dualStack aws.DualStackEndpointState, fips aws.FIPSEndpointState) error {
		client := ecrpublic.NewFromConfig(cfg, func(o *ecrpublic.Options) {
			o.Region, o.UseConfiguredRegion = region, true
			o.Retryer = aws.NopRetryer{}
			o.EndpointOptions.UseFIPSEndpoint, o.EndpointOptions.UseDualStackEndpoint = fips, dualStack
		})
		_, err := client.DescribeRepositories(t.Context(), nil)
		return err
	}
	const plain, dual, noFIPS = aws.DualStackEndpointStateDisabled, aws.DualStackEndpointStateEnabled, aws.FIPSEndpointStateDisabled
	require.NoError(t, describe("us-east-1", plain, noFIPS))
	require.NoError(t, describe("us-east-1", dual, noFIPS))
	err := describe("us-west-2", plain, noFIPS)
	require.ErrorAs(t, err, new(*types.UnsupportedCommandException))
	assert.ErrorContains(t, err, "DescribeRepositories command is only supported in us-east-1.")
	for region, state := range map[string]aws.FIPSEndpointState{"us-east-1": aws.FIPSEndpointStateEnabled, "eu-west-1": noFIPS, "cn-north-1": noFIPS} {
		var dns *net.DNSError
		require.ErrorAs(t, describe(region, plain, state), &dns, region)
		assert.True(t, dns.IsNotFound)
	}
	require.ErrorAs(t, describe("us-west-2", dual, noFIPS), new(*net.DNSError))

	get := func(url string) *http.Response {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		require.NoError(t, err)
		resp, err := (&http.Client{Transport: srv.Transport()}).Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		return resp
	}
	resp := get("https://public.ecr.aws/v2/")
	assert.Equal(t, `Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"`, resp.Header.Get("WWW-Authenticate"))
	assert.Equal(t, 200, get("https://ecr-public.aws.com/token/").StatusCode)
	assert.Equal(t, 401, get(srv.URL+"/v2/").StatusCode, "other hosts are left alone")
	assert.Equal(t, 403, get("https://d1a2b3c4d5e6f7.cloudfront.net/blob/"+unknownDigest).StatusCode)
}
