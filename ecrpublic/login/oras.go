package login

import (
	"context"

	"oras.land/oras-go/v2/registry/remote/auth"
)

var _ auth.CredentialFunc = (*Provider)(nil).ORASCredential

// ORASCredential is an [auth.CredentialFunc]: set the Credential of an
// [auth.Client] to it. For a host that the provider does not serve, it makes
// no call and returns the empty credential, which oras treats as anonymous.
//
// Oras exchanges the credentials for a token that lives an hour and renews it
// only after a 401, but public.ecr.aws rejects an expired token with 400. In
// programs that run longer, use package registry, which renews tokens in time.
func (p *Provider) ORASCredential(ctx context.Context, hostport string) (auth.Credential, error) {
	if !p.Serves(hostport) {
		return auth.EmptyCredential, nil
	}
	c, err := p.Credentials(ctx)
	if err != nil {
		return auth.EmptyCredential, err
	}
	return auth.Credential{Username: c.Username, Password: c.Password}, nil
}
