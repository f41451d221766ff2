// Package ecrpublictest is Amazon ECR Public in a process: the API with all its
// operations, and over the same images a registry that container tools push to
// and pull from. It is for tests of code that uses ECR Public, and needs neither
// an account nor a network nor Docker. The program cmd/ecr-public-emulator is
// the same for other languages, for the AWS CLI and for a laptop.
//
// # A unit test in one line
//
//	client := ecrpublictest.NewServer().Client()
//
// A test that is to leave nothing behind closes the server:
//
//	srv := ecrpublictest.NewServer()
//	t.Cleanup(srv.Close)
//	client := srv.Client() // an *ecrpublic.Client
//
// [Server.Config] configures other clients, and [Handler.AddImage] puts images
// there without ceremony. Docker, crane, skopeo and oras find the registry at
// [Server.RegistryHost], as HOST/ALIAS/NAME, over plain HTTP;
// [Server.Transport] makes code that insists on public.ecr.aws end up there too.
//
// [Handler.Inject] makes requests fail as the service, a network or a load
// balancer may, [Handler.Requests] tells what arrived, and the mock [Client] is
// for tests that specify every response themselves, by operation or, with
// [NewScript], call by call. [Scrubber] takes the account out of recorded sessions
// with the service.
//
// # What is emulated
//
// Little of the service's behaviour is documented. The right column tells on
// what a part rests: the documentation or the model of the API; observations of
// ECR Public; observations of private ECR, with which it shares its texts
// wherever both were seen; or a guess. Each guess is in one place of the source.
//
//	Requests, members, limits and patterns            model
//	Region: us-west-2 refuses every operation         seen for two operations
//	Region: others do not exist                       seen; what is said then is our own
//	ARNs, URIs, aliases with the first repository     documentation; the default alias's form seen
//	Errors and their order                            model; the order is a guess
//	Texts of errors                                   some seen, most private; see messages.go
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
//	Registry: statuses and codes of errors            some seen, most private; see host_errors.go
//	Registry: 100 tags a page, 1,000 at most          private
//	Registry: deletions, by the rules of the API      private
//	Registry: referrers, single-request uploads       the OCI's specification
//	Quotas of repositories, images, tags and layers   documentation; their error is a guess
//	Signatures, with WithCredentials                  as of all of AWS
//
// # What is not
//
// There is one account and one registry. IAM is not evaluated: policies are
// stored and checked for their grammar, and grant nothing. Rates are not
// limited, unless a [Fault] does it. The gallery is not there: logos are
// accepted without a look at the picture, and the address of one leads nowhere.
// The registry translates no manifests for old clients and lists no
// repositories; layers stay until their repository goes.
// RepositoryCatalogDataNotFoundException and ImageTagAlreadyExistsException do
// not occur, because nobody knows when the service has them.
//
// # State
//
// Without [WithDataDir] all of it, layers included, is in memory and gone with
// the server.
package ecrpublictest
