// Package ecrpublictest emulates Amazon ECR Public in-process: the API with all
// its operations, and a registry host that serves the same images, to which
// container tools can push and from which they can pull. It is for tests of
// code that uses ECR Public, and needs neither an account nor a network nor
// Docker. The program cmd/ecr-public-emulator provides the same to other
// languages and to the AWS CLI.
//
// # A unit test in one line
//
//	client := ecrpublictest.NewServer().Client()
//
// Close the server so that the test leaves nothing behind:
//
//	srv := ecrpublictest.NewServer()
//	t.Cleanup(srv.Close)
//	client := srv.Client() // an *ecrpublic.Client
//
// [Server.Config] configures other clients, and [Handler.AddImage] adds images
// in one call. Docker, crane, skopeo and oras find the registry at
// [Server.RegistryHost], as HOST/ALIAS/NAME, over plain HTTP; [Server.Transport]
// redirects code that always calls public.ecr.aws.
//
// [Handler.Inject] makes requests fail the way the service, a network or a load
// balancer might, and [Handler.Requests] returns the requests that arrived. The
// mock [Client] is for tests that specify every response themselves, by operation
// or, with [NewScript], call by call. [Scrubber] removes account data from
// recorded sessions with the service.
//
// # What is emulated
//
// Little of the service's behaviour is documented. The right column of the
// table gives the evidence for each part: the documentation or model of the API;
// observations of ECR Public ("seen"); observations of private ECR, whose error
// texts are the same wherever both were seen; or a guess. Each guess is confined
// to one place in the source.
//
// The command go -C examples run ./parity -facts lists every fact that is not
// documented, with its source and the name of the guess, and ./parity -live -yes
// compares them with the service.
//
//	Requests, members, limits and patterns            model
//	Region: us-west-2 refuses every operation         seen for two operations
//	Region: others do not exist                       seen; the error text is our own
//	ARNs, URIs, aliases with the first repository     documentation; the default alias's form seen
//	Errors and their order                            model; the order is a guess
//	Texts of errors                                   some seen, most private; internal/registry/messages.go
//	Pages: sizes, opaque tokens                       documentation; an unusable token's error is a guess
//	Layer uploads: positions, sizes, digests          model, private
//	Idle uploads end                                  guess
//	PutImage: digests, references, moving tags        documentation, model, private
//	BatchDeleteImage: last tags, images of an index   documentation, seen
//	Catalog data: free text, empty at first           documentation, seen
//	Catalog data: a put replaces all but the logo     guess
//	Policies: grammar, layout                         documentation; refusals private
//	Policies: order of lists, lists of one, root ARNs private
//	Resource tags                                     documentation; which error is a guess
//	Logins: AWS, twelve hours, Bearer but not Basic   documentation, seen
//	Registry: bearers of one hour, challenges, 400    seen; the status of an expired login is a guess
//	Registry: no HEAD of a blob without a login       seen
//	Registry: blobs from another host                 seen
//	Registry: push only into what exists, no mounts   seen
//	Registry: PATCH, chunks, empty blobs, no layers   private
//	Registry: statuses and codes of errors            some seen, most private; internal/host/errors.go
//	Registry: 100 tags a page, 1,000 at most          private
//	Registry: deletions, by the rules of the API      private
//	Registry: referrers, single-request uploads       the OCI specification
//	Quotas of repositories, images, tags and layers   documentation; their error is a guess
//	Signatures, with WithCredentials                  common to all of AWS
//
// # What is not emulated
//
// There is one account with one registry. IAM is not evaluated: policies are
// stored and checked for their grammar, but grant nothing. There is no rate
// limiting unless [WithRates] or a [Fault] adds it, and no gallery: logos are
// accepted unchecked, and their addresses lead nowhere. The registry host does
// not convert manifests for old clients and does not list repositories. Layers
// stay until their repository is deleted.
// RepositoryCatalogDataNotFoundException and ImageTagAlreadyExistsException do
// not occur, because it is not known when the service returns them.
//
// # State
//
// Without [WithDataDir] all state, including layers, is in memory and ends
// with the server.
package ecrpublictest
