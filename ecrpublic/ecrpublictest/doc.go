// Package ecrpublictest emulates Amazon ECR Public for tests: the API with all its
// operations, and a registry host that container tools push to and pull from. It
// needs no account, no network and no Docker.
//
//	srv := ecrpublictest.NewServer()
//	t.Cleanup(srv.Close)
//	client := srv.Client() // an *ecrpublic.Client
//
// [Handler.AddImage] adds an image, and creates its repository. [Server.Config]
// configures other AWS clients. For container tools, a repository is HOST/ALIAS/NAME
// over plain HTTP, and HOST is [Server.RegistryHost]. [Server.Transport] redirects
// code that always calls public.ecr.aws.
//
// [Handler.Inject] makes requests fail as the service, a network or a load balancer
// might. [Handler.Requests] returns the requests that arrived.
//
// Two parts work without the emulator. The mock [Client] is for tests that specify
// each response, by operation or, with [NewScript], call by call. [Scrubber] removes
// account data from recorded sessions with the service.
//
// The program cmd/ecr-public-emulator is the emulator for other languages and the AWS
// CLI.
//
// # What is emulated
//
//   - All operations, with their limits, pages, tokens, errors and error texts.
//   - Layer uploads, manifests, tags that move, deletions, and quotas.
//   - The registry host: pulls, pushes, logins, tokens that expire, and referrers.
//   - Region us-west-2, which refuses every operation.
//   - Signatures, with [WithCredentials], and request rates, with [WithRates].
//
// Little of the service's behaviour is documented, so much of the emulator rests on
// observations, and some of it on guesses:
//
//	go -C examples run ./parity -facts       # lists the undocumented facts with their sources
//	go -C examples run ./parity -live -yes   # compares them with the service
//
// # What is not emulated
//
//   - More than one account with one registry.
//   - IAM. Policies are stored and their grammar is checked, but they grant nothing.
//   - The gallery. Logos are accepted unchecked, and their addresses lead nowhere.
//   - Conversion of manifests for old clients, and the list of repositories on the
//     registry host.
//   - Removal of unused layers. They stay until their repository is deleted.
//   - RepositoryCatalogDataNotFoundException and ImageTagAlreadyExistsException,
//     because it is unknown when the service returns them.
//
// All state is in memory and ends with the server, unless [WithDataDir] is used.
package ecrpublictest
