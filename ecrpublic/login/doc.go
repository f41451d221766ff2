// Package login turns ECR Public's authorization token into credentials that
// registry clients accept.
//
// [Get] fetches credentials once. A [Provider] caches them and renews them
// before they expire. They are used in these ways:
//
//   - Package registry builds HTTP clients from a Provider, for oras-go,
//     go-containerregistry and net/http; they also renew the tokens that the
//     registry host issues for a login.
//   - [Provider.ORASCredential] is a credential function for oras.land/oras-go/v2.
//     oras-go does not renew the host's expired tokens: use it for less than an
//     hour.
//   - [Provider.Serves] and [Provider.Credentials] are all you need to write a
//     keychain and an authenticator for go-containerregistry.
//   - [DockerConfig] writes and removes the entry that docker, crane, podman,
//     skopeo and helm read.
//   - [ServeHelper] implements a docker credential helper.
//
// # Whether to log in
//
// Pulling public images works without a login. A login raises the pull rate
// limit and is required to push. An expired login is worse than none, because
// the registry host then refuses public pulls too: remove it, or have a
// provider or a helper renew it.
//
// # Permissions
//
// The caller needs the IAM permissions ecr-public:GetAuthorizationToken and
// sts:GetServiceBearerToken, both on resource "*".
//
// # Secrets
//
// Credentials print, log and marshal without the password.
package login
