package main

import (
	"context"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// keychain makes a provider an authn.Keychain, for go-containerregistry and what
// is built on it: copy these few lines. It leaves other registries to other
// keychains, with which authn.NewMultiKeychain combines it.
type keychain struct{ provider *login.Provider }

// Resolve returns an authenticator for the provider's hosts alone.
func (k keychain) Resolve(resource authn.Resource) (authn.Authenticator, error) {
	if !k.provider.Serves(resource.RegistryStr()) {
		return authn.Anonymous, nil
	}
	return authenticator(k), nil
}

// authenticator asks the provider each time, so that a login that expires during
// a long push is renewed.
type authenticator struct{ provider *login.Provider }

// Authorization serves callers without a context.
func (a authenticator) Authorization() (*authn.AuthConfig, error) {
	return a.AuthorizationContext(context.Background())
}

// AuthorizationContext is preferred where the caller has a context.
func (a authenticator) AuthorizationContext(ctx context.Context) (*authn.AuthConfig, error) {
	c, err := a.provider.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	return &authn.AuthConfig{Username: c.Username, Password: c.Password}, nil
}
