// Package imagepush copies images into ECR Public. It needs AWS credentials,
// but no Docker daemon, and by default no registry login.
//
// [Push] copies one image, single-platform or multi-platform, or any other OCI
// artifact, and [Mirror] copies many tags of a repository. Both read from
// anything that oras-go reads: a remote registry, memory, files, or what [Open]
// makes of an OCI layout or a docker save archive. [Promote] points a tag at an
// image that is already in the account, in the same repository or in another.
// [Target] is a destination for oras.Copy, for callers who want to control the
// copy themselves.
//
// # What is sent
//
// Only content that the repository lacks is sent. Configs and layers go first,
// several at a time and in parts; then manifests, children before their index.
// The root manifest goes last, once and with its tag, followed only by its
// referrers, if requested. A push that fails or is cancelled before that leaves
// complete layers and children, which the next push reuses, but no broken image
// and no moved tag.
//
// # API or registry host
//
// By default, content goes through the API, at
// api.ecr-public.us-east-1.amazonaws.com, and needs only AWS credentials. With
// [TargetOptions].Registry it goes to public.ecr.aws, as with docker push, while
// the API is still asked what the repository has:
//
//   - Both hosts must be reachable, and the credentials, which obtain the login,
//     also need the permissions ecr-public:GetAuthorizationToken and
//     sts:GetServiceBearerToken.
//   - A layer of any size takes two requests. Through the API it takes three for
//     the first 10 MiB and one for each further part.
//   - A layer takes about a third of the CPU time, because it is neither encoded
//     nor signed.
//
// Prefer the registry host if you can reach both; .ci/push_bench.sh compares
// the two. Options, results, checks and progress are the same.
//
// # Memory
//
// A layer whose content implements io.ReaderAt and io.Seeker is read twice,
// through ReadAt, and uses a few hundred kilobytes; layers that [Open] finds and
// those of oras-go's stores on disk are of this kind. Any other layer is read
// once, from start to end, and uses memory for two parts of 10 MiB, unless the
// service asks for another size. In both cases the next part is read while one
// is sent. [TargetOptions] bounds how many layers are sent at a time and the
// memory they use.
//
// Metadata is bounded, whatever a source claims: a manifest may have at most 4
// MiB, an image at most 10,000 manifests, and a source at most 100,000 tags on
// 1,000 pages.
//
// # Failures
//
// Every call is attempted up to 30 times, with delays of 25 milliseconds to
// five seconds. It is given up once it has failed for two minutes and at least
// three times. These attempts do not use the retry tokens of the client, but its
// RetryMaxAttempts still applies. So do the delays and tokens of a custom
// Retryer, and its number of attempts unless that is the default of three. A
// [CallError] says how often a call was attempted and why it was given up.
//
// If the response to a part is lost, the upload continues from the position
// that the service reports; if the service loses an upload, the layer starts
// over. Size and digest are checked while a layer is read, and a layer that
// does not match is not completed. The registry host checks the digest itself
// before it accepts a layer. Existing content is checked as well: the size of
// a layer against the manifest, and the digest in PutImage's response.
//
// The service limits InitiateLayerUpload, CompleteLayerUpload and PutImage to
// ten calls a second each. Once it refuses one of them, a [Limiter] keeps to
// that rate until none has been refused for five seconds.
package imagepush
