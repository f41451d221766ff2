package login

import (
	"context"

	"oras.land/oras-go/v2/registry/remote/auth"
)

var _ auth.CredentialFunc = (*Provider)(nil).ORASCredential

// ORASCredential is an [auth.CredentialFunc]: set the Credential of an
// [auth.Client] to it. A host that the provider does not serve gets the empty
// credential, which oras treats as anonymous, and no call is made for it.
//
// Oras exchanges the credentials for a token that lives an hour, and renews it
// only after a 401, while public.ecr.aws refuses an old one with 400. Programs
// that run longer use package registry, which renews tokens in time.
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
