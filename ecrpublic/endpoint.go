package ecrpublic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
	"github.com/aws/smithy-go/logging"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// EndpointResolverOptions select endpoint variants.
type EndpointResolverOptions struct {
	// Logger exists for compatibility with the official package; nothing uses it.
	Logger logging.Logger

	// LogDeprecated exists for compatibility with the official package; nothing uses
	// it.
	LogDeprecated bool

	// ResolvedRegion exists for compatibility with the official package; nothing
	// sets or reads it.
	ResolvedRegion string

	// DisableHTTPS sends requests over plain HTTP.
	DisableHTTPS bool

	// UseDualStackEndpoint selects an address with IPv4 and IPv6.
	UseDualStackEndpoint aws.DualStackEndpointState

	// UseFIPSEndpoint selects an address with FIPS 140 cryptography. The rules name
	// one; AWS documents none for ECR Public.
	UseFIPSEndpoint aws.FIPSEndpointState
}

// GetResolvedRegion returns ResolvedRegion.
func (e EndpointResolverOptions) GetResolvedRegion() string { return e.ResolvedRegion }

// GetDisableHTTPS returns DisableHTTPS.
func (e EndpointResolverOptions) GetDisableHTTPS() bool { return e.DisableHTTPS }

// GetUseDualStackEndpoint returns UseDualStackEndpoint.
func (e EndpointResolverOptions) GetUseDualStackEndpoint() aws.DualStackEndpointState {
	return e.UseDualStackEndpoint
}

// GetUseFIPSEndpoint returns UseFIPSEndpoint.
func (e EndpointResolverOptions) GetUseFIPSEndpoint() aws.FIPSEndpointState {
	return e.UseFIPSEndpoint
}

// EndpointParameters are the inputs of an [EndpointResolverV2].
type EndpointParameters struct {
	// Region is the region to call; nil is an error unless Endpoint is set.
	Region *string

	// UseDualStack selects an address with IPv4 and IPv6; nil means false.
	UseDualStack *bool

	// UseFIPS selects an address with FIPS 140 cryptography; nil means false.
	UseFIPS *bool

	// Endpoint is a custom address, used as it is; nil means none.
	Endpoint *string
}

// ValidateRequired returns an error that names a missing parameter.
func (p EndpointParameters) ValidateRequired() error {
	if p.UseDualStack == nil {
		return errors.New("parameter UseDualStack is required")
	}
	if p.UseFIPS == nil {
		return errors.New("parameter UseFIPS is required")
	}
	return nil
}

// WithDefaults returns the parameters with false for flags that were nil.
func (p EndpointParameters) WithDefaults() EndpointParameters {
	p.UseDualStack = cmp.Or(p.UseDualStack, new(bool))
	p.UseFIPS = cmp.Or(p.UseFIPS, new(bool))
	return p
}

// EndpointResolverV2 computes the address of a call. It is called once for each
// attempt and must be safe for concurrent use.
type EndpointResolverV2 interface {
	ResolveEndpoint(ctx context.Context, params EndpointParameters) (
		smithyendpoints.Endpoint, error,
	)
}

// NewDefaultEndpointResolverV2 returns AWS's endpoint rules for ECR Public, for
// all partitions. They compute an address for every region, even where the
// service does not exist, and reject FIPS or dual-stack together with a custom
// endpoint.
func NewDefaultEndpointResolverV2() EndpointResolverV2 { return endpointRules{} }

type endpointRules struct{}

func (endpointRules) ResolveEndpoint(_ context.Context, params EndpointParameters) (smithyendpoints.Endpoint, error) {
	p := params.WithDefaults()
	address, err := endpoints.Resolve(p.Region, p.Endpoint, *p.UseFIPS, *p.UseDualStack)
	if err != nil {
		return smithyendpoints.Endpoint{}, fmt.Errorf("endpoint rule error, %w", err)
	}
	uri, err := parseEndpoint(address)
	if err != nil {
		return smithyendpoints.Endpoint{}, err
	}
	return smithyendpoints.Endpoint{URI: *uri, Headers: http.Header{}}, nil
}

// parseEndpoint parses an address.
func parseEndpoint(address string) (*url.URL, error) {
	uri, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("parse endpoint %q: %w; it must be a URL such as http://127.0.0.1:8080", withoutUser(address), errors.Unwrap(err))
	}
	return uri, nil
}

// withoutUser cuts off what may be a user name and a password, also of what is no URL.
func withoutUser(address string) string { return address[strings.LastIndex(address, "@")+1:] }
