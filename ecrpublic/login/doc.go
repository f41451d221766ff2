// Package login turns the authorization token of ECR Public into credentials
// that registry clients take.
//
// [Get] fetches credentials once. A [Provider] keeps them, renews them before
// they expire, and hands them to whoever needs them:
//
//   - Package registry makes HTTP clients of it, for oras-go, go-containerregistry
//     and net/http, which renew what the registry gives out for a login too.
//   - [Provider.ORASCredential] is a credential function for oras.land/oras-go/v2.
//     oras-go keeps its tokens for good: use it for less than an hour.
//   - [Provider.Serves] and [Provider.Credentials] are all that a keychain and an
//     authenticator for go-containerregistry need.
//   - [DockerConfig] writes and removes the entry that docker, crane, podman,
//     skopeo and helm read.
//   - [ServeHelper] is the body of a docker credential helper.
//
// # Whether to log in
//
// Pulling public images works without a login. A login raises the limits on
// pulls, and pushing needs one. One that has expired is worse than none, since
// the registry then refuses public pulls too: remove it, or let a provider or a
// helper renew it.
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
