package ecrpublic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// AuthResolverParameters are the inputs of an [AuthSchemeResolver].
type AuthResolverParameters struct {
	// Operation is the operation's name, such as "DescribeImages".
	Operation string

	// Region is the region to sign for, following the rule of [Options.Region].
	Region string
}

// AuthSchemeResolver lists the ways to authenticate a call, most preferred first.
// The client uses the first one for which it has both a scheme and an identity.
type AuthSchemeResolver interface {
	ResolveAuthSchemes(context.Context, *AuthResolverParameters) ([]*smithyauth.Option, error)
}

// sigV4OrAnonymous is the default resolver: sign when there are credentials.
type sigV4OrAnonymous struct{}

func (s sigV4OrAnonymous) ResolveAuthSchemes(_ context.Context, params *AuthResolverParameters) ([]*smithyauth.Option, error) {
	return s.options(params.Region), nil
}

func (sigV4OrAnonymous) options(region string) []*smithyauth.Option {
	var props smithy.Properties
	smithyhttp.SetSigV4SigningName(&props, endpoints.Service)
	smithyhttp.SetSigV4SigningRegion(&props, region)
	return []*smithyauth.Option{
		{SchemeID: smithyauth.SchemeIDSigV4, SignerProperties: props},
		{SchemeID: smithyauth.SchemeIDAnonymous},
	}
}

// sharedOptions returns options that must not be changed.
func (s sigV4OrAnonymous) sharedOptions(region string) []*smithyauth.Option {
	if region == endpoints.HomeRegion {
		return homeOptions()
	}
	return s.options(region)
}

var homeOptions = sync.OnceValue(func() []*smithyauth.Option { return sigV4OrAnonymous{}.options(endpoints.HomeRegion) })

// resolvedAuth is the scheme that was chosen for an attempt.
type resolvedAuth struct {
	scheme   smithyhttp.AuthScheme
	resolver smithyauth.IdentityResolver
	option   *smithyauth.Option
	identity smithyauth.Identity
	signing  smithy.Properties
	copied   bool // signing is not the resolver's
}

// writable returns the signing properties for writing, copying the resolver's on first
// use.
func (a *resolvedAuth) writable() *smithy.Properties {
	if !a.copied {
		var own smithy.Properties
		own.SetAll(&a.signing)
		a.signing, a.copied = own, true
	}
	return &a.signing
}

// resolveAuthScheme starts an attempt: it chooses how to authenticate.
func (c *call) resolveAuthScheme(ctx context.Context, _ *smithyhttp.Request) (_ context.Context, err error) {
	_, span := c.startSpan(ctx, "ResolveAuthScheme")
	defer span.End()
	c.skew, c.nextSkew = c.nextSkew, 0
	if c.auth, err = c.selectAuth(ctx, c.operation); err != nil {
		return ctx, err
	}
	if !c.isUntraced() {
		span.SetProperty("auth.scheme_id", c.auth.scheme.SchemeID())
	}
	return ctx, nil
}

func (e *engine) selectAuth(ctx context.Context, operation string) (resolvedAuth, error) {
	options := e.authOptions
	if options == nil {
		var err error
		params := &AuthResolverParameters{Operation: operation, Region: e.region}
		if options, err = e.options.AuthSchemeResolver.ResolveAuthSchemes(ctx, params); err != nil {
			return resolvedAuth{}, fmt.Errorf("resolve auth scheme: %w", err)
		}
	}
	for _, option := range preferAuth(options, e.options.AuthSchemePreference) {
		if option.SchemeID == smithyauth.SchemeIDAnonymous {
			anonymous := smithyhttp.NewAnonymousScheme()
			return resolvedAuth{scheme: anonymous, resolver: anonymous.IdentityResolver(e.identities), option: option, signing: option.SignerProperties}, nil
		}
		for _, scheme := range e.options.AuthSchemes {
			if !matchesScheme(scheme.SchemeID(), option.SchemeID) {
				continue
			}
			if resolver := scheme.IdentityResolver(e.identities); resolver != nil {
				return resolvedAuth{scheme: scheme, resolver: resolver, option: option, signing: option.SignerProperties}, nil
			}
		}
	}
	return resolvedAuth{}, errors.New("could not select an auth scheme")
}

// matchesScheme compares ids with or without their namespace.
func matchesScheme(registered, wanted string) bool {
	return registered == wanted || bareScheme(registered) == wanted
}

func bareScheme(id string) string { return id[strings.LastIndex(id, "#")+1:] }

// preferAuth moves the preferred schemes to the front and keeps the rest in
// order.
func preferAuth(options []*smithyauth.Option, preferred []string) []*smithyauth.Option {
	if len(preferred) == 0 {
		return options
	}
	rank := func(o *smithyauth.Option) uint { // of one that is not preferred, -1, the largest
		return uint(slices.Index(preferred, bareScheme(o.SchemeID)))
	}
	sorted := slices.Clone(options)
	slices.SortStableFunc(sorted, func(a, b *smithyauth.Option) int { return cmp.Compare(rank(a), rank(b)) })
	return sorted
}

var errNoScheme = errors.New("no resolved auth scheme") // a middleware took the step out

// getIdentity gets the credentials.
func (c *call) getIdentity(ctx context.Context, _ *smithyhttp.Request) (_ context.Context, err error) {
	inner, span := c.startSpan(ctx, "GetIdentity")
	defer span.End()
	if c.auth.scheme == nil {
		return ctx, errNoScheme
	}
	if c.auth.resolver == nil {
		return ctx, errors.New("no identity resolver")
	}
	defer c.authTimer(ctx, metricIdentity)()
	if c.auth.identity, err = c.auth.resolver.GetIdentity(inner, c.auth.option.IdentityProperties); err != nil {
		return ctx, fmt.Errorf("get identity: %w", err)
	}
	return ctx, nil
}

// credentialsIdentity carries credentials through the auth interfaces.
type credentialsIdentity struct{ aws.Credentials }

func (c *credentialsIdentity) Expiration() time.Time { return c.Expires }

type credentialsResolver struct{ provider aws.CredentialsProvider }

func (r credentialsResolver) GetIdentity(ctx context.Context, _ smithy.Properties) (smithyauth.Identity, error) {
	credentials, err := r.provider.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("get credentials: %w", err)
	}
	return &credentialsIdentity{credentials}, nil
}
