// Package login gets registry logins for public.ecr.aws from AWS credentials.
//
//	credentials, err := login.Get(ctx, client)
//
// [Get] returns a login that is valid for twelve hours. A [Provider] keeps a login
// and renews it before it expires. To use them:
//
//   - Docker, crane, podman, skopeo and helm read the configuration file that
//     [DockerConfig] writes, or call a credential helper that [ServeHelper]
//     implements.
//   - For oras-go, go-containerregistry and net/http, pass a Provider to package
//     registry. Its HTTP clients also renew the one-hour tokens that the registry
//     host issues.
//   - For oras-go without package registry, use [Provider.ORASCredential]. It works
//     for an hour, because oras-go does not renew those tokens.
//   - For go-containerregistry without package registry, write a keychain with
//     [Provider.Serves] and [Provider.Credentials].
//
// # Whether to log in
//
// Pulls work without a login, at a lower rate; pushes need one. With an expired
// login, the registry host refuses even pulls: remove it, or let a Provider or a
// helper renew it.
//
// # Permissions
//
// The caller needs the IAM permissions ecr-public:GetAuthorizationToken and
// sts:GetServiceBearerToken, both on resource "*".
//
// # Secrets
//
// [Credentials] print, log and marshal without the password.
package login
