// Package registry is a client for the registry host of ECR Public,
// public.ecr.aws: it reads any public repository, which the API cannot do, and
// keeps other programs authenticated there for as long as they run.
//
// [Client.Tags], [Client.Resolve], [Client.Manifest], [Client.Referrers] and
// [Client.Blob] read. Content is checked against its digest, responses are
// bounded, and no login or AWS account is needed.
//
// [Client.Do] and [Client.Transport] lend the authentication to other clients:
//
//   - oras-go: set the Client of a remote.Repository to a [Client].
//   - go-containerregistry: pass the transport to remote.WithTransport or
//     crane.WithTransport.
//   - plain net/http: http.Client{Transport: client.Transport()}.
//
// # Tokens
//
// The host gives out bearer tokens for an hour and refuses an expired one with
// status 400, which other clients do not recover from. A [Client] asks for the
// host's challenge once, sends its token with every request from then on, and
// renews it before it ends. A token that is refused all the same, with 401, 400
// or 403, is renewed and the request sent again, if need be with a fresh login.
// Requests at the same time share one renewal, which has a deadline of its own.
// Lives are measured on this machine, so that a wrong clock on either side does
// no harm.
//
// Tokens go to the registry host only: not to the host that blobs are redirected
// to, not to a token endpoint on another host, and not over plain HTTP unless
// [Options] name such a host.
//
// # Rates
//
// The host allows one pull a second without a login and ten with one. Requests
// for manifests wait for their turn, and when the host answers 429, all requests
// pause for as long as it says.
package registry
