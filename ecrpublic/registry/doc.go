// Package registry reads any public repository of public.ecr.aws, ECR Public's registry
// host, and authenticates other registry clients.
//
//	client, err := registry.New(registry.Options{})
//	if err != nil { ... }
//	for tag, err := range client.Tags(ctx, imageref.Reference{Alias: "docker", RepositoryName: "library/alpine"}) { ... }
//
// [Client.Tags], [Client.Resolve], [Client.Manifest], [Client.Referrers] and
// [Client.Blob] need no AWS account. They limit the size of every response and verify
// content against its digest.
//
// Other clients can send their requests through a [Client]:
//
//   - oras-go: assign it to the Client field of a remote.Repository.
//   - go-containerregistry: pass [Client.Transport] to remote.WithTransport or
//     crane.WithTransport.
//   - net/http: use http.Client{Transport: client.Transport()}.
//
// # Tokens
//
// Tokens expire after an hour. The host rejects an expired one with status 400 instead
// of 401, so other clients do not renew it. A [Client] renews its token after three
// quarters of the lifetime. If the host rejects a token earlier, the client renews it
// and repeats the request, with a new login if necessary. Concurrent requests share one
// renewal. A wrong wall clock does no harm.
//
// Tokens and logins are sent only to the registry host, not to hosts that it redirects
// to or names as token endpoints, and not over plain HTTP unless [Options.Host] selects
// it.
//
// # Rates
//
// The host allows one pull a second without a login and ten with one. Each request for
// a manifest counts as a pull, so a [Client] paces these requests. After a response
// with status 429, all requests pause for as long as the host asks, up to two minutes;
// if it asks for more, the refused request is not retried.
//
// Writes are not paced at first. If a request that starts or ends an upload, or puts a
// manifest, gets status 429 without Retry-After, requests of that kind are limited to
// ten a second until five seconds pass without a refusal.
package registry
