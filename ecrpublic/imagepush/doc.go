// Package imagepush puts images into ECR Public through the service's API: with
// AWS credentials alone, without a Docker daemon and without a registry login.
//
// [Push] copies one image, of one or many platforms, or any other OCI artifact,
// and [Mirror] copies many tags of a repository. Both read from whatever oras-go
// reads: a remote registry, memory, files, or what [Open] makes of an OCI layout
// or an archive of docker save. [Promote] points a tag at an image that is in the
// account already, in the same repository or in another. [Target] is the same as a
// destination of oras.Copy, for those who want to steer the copy themselves.
//
// # What is sent
//
// Only what the repository does not hold. Configs and layers go up first, in
// parts and several at a time; then the manifests, those of an index before the
// index; the root goes up last, once and with its tag, and referrers, if they are
// asked for, after it. A push that fails or is cancelled before therefore leaves
// complete layers, which the next push finds, but no broken image and no moved
// tag.
//
// # Two ways
//
// Content goes through the API, which needs AWS credentials and reaches
// api.ecr-public.us-east-1.amazonaws.com alone. With [TargetOptions].Registry it
// goes to public.ecr.aws instead, as docker push sends it, with a login that the
// same credentials give: that needs the permissions
// ecr-public:GetAuthorizationToken and sts:GetServiceBearerToken besides those of
// the API, and both hosts. A layer then takes two requests however large it is, and
// a fraction of the CPU time, because it is neither encoded nor signed. Options,
// results, checks and progress are the same, and so are the calls that find out
// what is there.
//
// # Memory
//
// Layers of files, as [Open] finds them and as stores of oras-go on disk have
// them, are read twice, by their ReadAt, and take some hundred kilobytes each. So
// are all contents that implement io.ReaderAt and io.Seeker. Any other layer is
// read once, from start to end, and takes two parts of 10 MiB, unless the service
// asks for another size. Both ways the next part is read while one is sent.
// [TargetOptions] bounds how many layers are under way, and what they take.
//
// Metadata is bounded, whatever a source says of itself: a manifest has at most 4
// MiB, an image at most 10,000 manifests, and a source at most 100,000 tags on
// 1,000 pages.
//
// # Failures
//
// Every call is tried up to 30 times, with waits of 25 milliseconds to five
// seconds in between, and not again once it has failed for two minutes and three
// times: so long an outage may last. These attempts do not draw on the tokens of
// the client's own retries. A client that has a RetryMaxAttempts keeps it, and a
// Retryer of the caller's keeps its delays and tokens, and its number of attempts
// unless that is the default of three. A [CallError] says how often a call was
// tried and why it was given up.
//
// If the response to a part is lost, the upload continues where the service says
// it stands; if the service loses a whole upload, the layer starts over. Size and
// digest are checked while a layer is read, and a layer that turns out to be
// another one is not completed. What the repository has already is checked as
// well: its size against the manifest's, and the digest that PutImage responds.
//
// InitiateLayerUpload, CompleteLayerUpload and PutImage, which the service allows
// ten times a second each, are slowed down to that by a [Limiter] when the service
// refuses one of them.
package imagepush
