package ecrpublic

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/endpoints/private/rulesfn"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// resolveRegion applies the rule of [Options.Region], and turns a name such as
// fips-us-east-1 into a region and a flag.
func (e *engine) resolveRegion() {
	o := &e.options
	region, fips := endpoints.PlainRegion(o.Region)
	if fips {
		o.EndpointOptions.UseFIPSEndpoint = aws.FIPSEndpointStateEnabled
	}
	fixed := o.BaseEndpoint != nil || !e.hasRules()
	switch {
	case o.UseConfiguredRegion:
	case region == "":
		region = endpoints.HomeRegion
	case !fixed && rulesfn.IsValidHostLabel(region, true) && endpoints.IsCommercial(region):
		region = endpoints.HomeRegion
	}
	e.region = region
}

// hasRules reports whether addresses come from the default resolver.
func (e *engine) hasRules() bool {
	_, rules := e.options.EndpointResolverV2.(endpointRules)
	return rules
}

// resolveEndpoint writes the address into the request.
func (c *call) resolveEndpoint(ctx context.Context, request *smithyhttp.Request) (context.Context, error) {
	_, span := c.startSpan(ctx, "ResolveEndpoint")
	defer span.End()
	if awsmiddleware.GetRequiresLegacyEndpoints(ctx) {
		return ctx, nil // a middleware has written it
	}
	endpoint, err := c.endpoint(ctx)
	if err != nil {
		return ctx, err
	}
	if !c.isUntraced() {
		span.SetProperty("client.call.resolved_endpoint", endpoint.URI.String())
	}
	request.URL.Scheme, request.URL.Host = endpoint.URI.Scheme, endpoint.URI.Host
	joinPath(request.URL, &endpoint.URI)
	for name := range endpoint.Headers {
		request.Header.Set(name, endpoint.Headers.Get(name))
	}
	if c.auth.scheme == nil {
		return ctx, errNoScheme
	}
	options, _ := smithyauth.GetAuthOptions(&endpoint.Properties)
	for _, o := range options {
		c.auth.writable().SetAll(&o.SignerProperties)
	}
	return ctx, nil
}

// joinPath puts the path of an address before that of a request, which is "/" unless a
// middleware has set another.
func joinPath(request, address *url.URL) {
	raw := smithyhttp.JoinPath(address.EscapedPath(), request.EscapedPath())
	request.Path = smithyhttp.JoinPath(address.Path, request.Path)
	if raw != request.Path {
		request.RawPath = raw
	}
}

// endpoint returns the address of an attempt.
func (c *call) endpoint(ctx context.Context) (smithyendpoints.Endpoint, error) {
	defer c.timer(ctx, metricEndpoint)()
	if c.hasRules() {
		return c.address, c.addressErr
	}
	return c.findAddress(ctx)
}

// disableHTTPS applies [EndpointResolverOptions] to the scheme.
func (c *call) disableHTTPS(ctx context.Context, request *smithyhttp.Request) (context.Context, error) {
	if c.options.EndpointOptions.DisableHTTPS && !smithyhttp.GetHostnameImmutable(ctx) {
		request.URL.Scheme = "http"
	}
	return ctx, nil
}

// findAddress asks the resolver.
func (e *engine) findAddress(ctx context.Context) (smithyendpoints.Endpoint, error) {
	o := &e.options
	params := EndpointParameters{
		UseDualStack: aws.Bool(o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled),
		UseFIPS:      aws.Bool(o.EndpointOptions.UseFIPSEndpoint == aws.FIPSEndpointStateEnabled),
		Endpoint:     o.BaseEndpoint,
	}
	if e.region != "" {
		if !rulesfn.IsValidHostLabel(e.region, true) {
			return smithyendpoints.Endpoint{}, fmt.Errorf("failed to bind endpoint params, invalid input region %s", e.region)
		}
		params.Region = &e.region
	}
	endpoint, err := o.EndpointResolverV2.ResolveEndpoint(ctx, params)
	if err != nil {
		return endpoint, fmt.Errorf("failed to resolve service endpoint, %w", err)
	}
	u := endpoint.URI
	if u.Scheme == "" || u.Host == "" {
		return endpoint, fmt.Errorf("endpoint %q needs a scheme and a host, as in http://127.0.0.1:8080", withoutUser(u.String()))
	}
	endpoint.URI = url.URL{Scheme: u.Scheme, Host: withoutDefaultPort(u.Scheme, u.Host), Path: u.Path, RawPath: u.RawPath}
	return endpoint, nil
}

// withoutDefaultPort removes a default port from a host: the signer would do it too,
// but an IPv6 literal would lose its brackets.
func withoutDefaultPort(scheme, host string) string {
	port := ":443"
	if scheme == "http" {
		port = ":80"
	}
	if strings.HasSuffix(host, port) && (strings.HasSuffix(host, "]"+port) || strings.Count(host, ":") == 1) {
		return strings.TrimSuffix(host, port)
	}
	return host
}
