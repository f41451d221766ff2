// Package ecrpublictest emulates Amazon ECR Public for tests: the API with all its
// operations, and a registry host that container tools push to and pull from. It needs
// no account, no network and no Docker.
//
//	srv := ecrpublictest.NewServer()
//	t.Cleanup(srv.Close)
//	client := srv.Client() // an *ecrpublic.Client
//
// [Handler.AddImage] adds an image, creating its repository if necessary.
// [Server.Config] returns an aws.Config for other AWS clients. Container tools refer to
// a repository as HOST/ALIAS/NAME, where HOST is the result of [Server.RegistryHost],
// and must use plain HTTP. For code with hard-coded addresses, [Server.Transport] sends
// requests for the real hosts, such as public.ecr.aws, to the server.
//
// [Handler.Inject] injects what the service, a network or a load balancer can cause:
// errors, lost connections, delays, short pages. [Handler.Requests] returns the
// requests that arrived.
//
// Two parts work without the emulator. The mock [Client] is for tests that specify each
// response, by operation or, with [NewScript], call by call. [Scrubber] removes account
// data from recorded sessions with the service.
//
// The program cmd/ecr-public-emulator runs this emulator on its own, for other
// languages and the AWS CLI.
//
// # What is emulated
//
//   - All operations, with their limits, pages, tokens, errors and error texts.
//   - Layer uploads, manifests, tags that move, deletions, and quotas.
//   - The registry host: pulls, pushes, logins, tokens that expire, and referrers.
//   - The us-west-2 endpoint, which exists but refuses every operation.
//   - Optionally, signature checks ([WithCredentials]) and rate limits ([WithRates]).
//
// Where the service's behaviour is undocumented, as most of it is, the emulator relies
// on reports, mostly about private ECR, and on guesses. To list and check them:
//
//	go -C examples run ./parity -facts       # lists them with their sources
//	go -C examples run ./parity -live -yes   # checks most of them in your AWS account
//
// # What is not emulated
//
//   - Multiple accounts: there is one account, with one registry.
//   - IAM. Policies are checked and stored, but not enforced.
//   - The ECR Public Gallery website. Only the size of logos is checked, and their URLs
//     do not work.
//   - Conversion of manifests for old clients, and the registry host's /v2/_catalog.
//   - Removal of unused layers. They stay until their repository is deleted.
//   - RepositoryCatalogDataNotFoundException and ImageTagAlreadyExistsException,
//     because it is unknown when the service returns them.
//
// All state is in memory unless [WithDataDir] is used.
package ecrpublictest
