// Package registry is a client for public.ecr.aws, the registry host of ECR
// Public. It reads any public repository, which the API cannot do, and it
// authenticates other registry clients for as long as a program runs.
//
// [Client.Tags], [Client.Resolve], [Client.Manifest], [Client.Referrers] and
// [Client.Blob] need no login and no AWS account. They check content against its
// digest and bound every response.
//
// [Client.Do] and [Client.Transport] serve other clients:
//
//   - oras-go: set the Client of a remote.Repository to a [Client].
//   - go-containerregistry: pass the transport to remote.WithTransport or
//     crane.WithTransport.
//   - net/http: use http.Client{Transport: client.Transport()}.
//
// # Tokens
//
// The host issues bearer tokens that live for one hour, and rejects an expired one
// with status 400, from which other clients do not recover. A [Client] asks the
// host once where to get tokens, sends a token with every request, and renews it
// after three quarters of its lifetime. If a token is still rejected, with 401,
// 400 or 403, the client renews it and sends the request again, with a fresh login
// if necessary. Concurrent requests share one renewal, which has its own deadline.
// Lifetimes are measured by the local monotonic clock, so a wrong wall clock does
// no harm.
//
// Tokens and logins are sent to the registry host only: not to the host to which
// it redirects blob requests, not to a token endpoint on another host, and not over
// plain HTTP unless [Options] names such a host.
//
// # Rates
//
// The host allows one pull per second without a login and ten with one. Requests
// for manifests are held to these rates. When the host responds with 429, all
// requests pause for as long as it asks.
package registry
