package ecrpublic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyauth "github.com/aws/smithy-go/auth"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// AuthResolverParameters is what an [AuthSchemeResolver] may decide by.
type AuthResolverParameters struct {
	// Operation is the operation's name, such as "DescribeImages".
	Operation string

	// Region is the region to sign for, after the rule of [Options.Region].
	Region string
}

// AuthSchemeResolver lists the ways to authenticate a call, most wanted first.
// The first for which the client has a scheme and an identity is used.
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

// resolvedAuth is the scheme that was chosen for an attempt.
type resolvedAuth struct {
	scheme   smithyhttp.AuthScheme
	option   *smithyauth.Option
	identity smithyauth.Identity
	signing  smithy.Properties
	owned    bool // signing was copied
}

func (p *pipeline) resolveAuth(ctx context.Context, operation string) (*resolvedAuth, error) {
	o, options := &p.options, p.authOptions
	if options == nil {
		var err error
		if options, err = o.AuthSchemeResolver.ResolveAuthSchemes(ctx, &AuthResolverParameters{Operation: operation, Region: p.region}); err != nil {
			return nil, fmt.Errorf("resolve auth scheme: %w", err)
		}
	}
	for _, option := range preferAuth(options, o.AuthSchemePreference) {
		if option.SchemeID == smithyauth.SchemeIDAnonymous {
			return newResolvedAuth(smithyhttp.NewAnonymousScheme(), option), nil
		}
		for _, scheme := range o.AuthSchemes {
			if matchesScheme(scheme.SchemeID(), option.SchemeID) && scheme.IdentityResolver(p.identities) != nil {
				return newResolvedAuth(scheme, option), nil
			}
		}
	}
	return nil, errors.New("could not select an auth scheme")
}

func newResolvedAuth(scheme smithyhttp.AuthScheme, option *smithyauth.Option) *resolvedAuth {
	return &resolvedAuth{scheme: scheme, option: option, signing: option.SignerProperties}
}

// own returns signing properties that may be changed: the resolver's belong to
// the resolver.
func (a *resolvedAuth) own() *smithy.Properties {
	if !a.owned {
		var copied smithy.Properties
		copied.SetAll(&a.signing)
		a.signing, a.owned = copied, true
	}
	return &a.signing
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

// sigV4Scheme is signature version 4 with the signer of the call's options.
type sigV4Scheme struct{}

func (sigV4Scheme) SchemeID() string { return smithyauth.SchemeIDSigV4 }

func (sigV4Scheme) IdentityResolver(o smithyauth.IdentityResolverOptions) smithyauth.IdentityResolver {
	return o.GetIdentityResolver(smithyauth.SchemeIDSigV4)
}

func (sigV4Scheme) Signer() smithyhttp.Signer { return sigV4Signer{} }

type sigV4Signer struct{}

func (sigV4Signer) SignRequest(ctx context.Context, request *smithyhttp.Request, identity smithyauth.Identity, properties smithy.Properties) error {
	id, ok := identity.(*credentialsIdentity)
	if !ok {
		return fmt.Errorf("unexpected identity type %T", identity)
	}
	name, named := smithyhttp.GetSigV4SigningName(&properties)
	region, located := smithyhttp.GetSigV4SigningRegion(&properties)
	if !named || !located {
		return errors.New("sigv4 signing name and region are required")
	}
	c := callFrom(ctx)
	return c.options.HTTPSignerV4.SignHTTP(ctx, id.Credentials, request.Request, v4.GetPayloadHash(ctx), name, region, c.signingTime(), func(o *v4.SignerOptions) {
		o.DisableURIPathEscaping, _ = smithyhttp.GetDisableDoubleEncoding(&properties)
		if c.options.ClientLogMode.IsSigning() {
			o.LogSigning, o.Logger = true, withoutSecret(c.options.Logger, id.SessionToken)
		}
	})
}
