// Package login exchanges AWS credentials for a login: the user name and the temporary
// password that public.ecr.aws accepts.
//
//	credentials, err := login.Get(ctx, client)
//
// [Get] returns a login that is valid for twelve hours. A [Provider] keeps a login and
// renews it before it expires. Clients get a login in these ways:
//
//   - Docker, crane, podman, skopeo and helm read the configuration file that
//     [DockerConfig] writes, or call a credential helper, a small program that you can
//     write with [ServeHelper].
//   - For oras-go, go-containerregistry and net/http, pass a Provider to package
//     registry. Its Client also renews the one-hour tokens that the registry host
//     issues.
//   - Without package registry, give oras-go [Provider.ORASCredential], or
//     go-containerregistry a keychain made with [Provider.Serves] and
//     [Provider.Credentials]. These clients then work for only an hour, because they do
//     not renew the host's tokens.
//
// # Whether to log in
//
// Pulls work without a login, at a lower rate; pushes need one. The registry host
// refuses even pulls if the login has expired, so remove an expired login, or let a
// Provider or a credential helper renew it.
//
// # Permissions
//
// The caller needs the IAM permissions ecr-public:GetAuthorizationToken and
// sts:GetServiceBearerToken, both on resource "*".
//
// # Secrets
//
// [Credentials] show no password when they are printed, logged, or marshalled as text
// or JSON, unless package fmt prints a struct that holds them in an unexported field.
package login
