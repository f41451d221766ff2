// Package imagepush copies images into ECR Public with AWS credentials and no Docker
// daemon.
//
//	source, err := imagepush.Open(ctx, "image.tar")
//	if err != nil { ... }
//	defer source.Close()
//	result, err := imagepush.Push(ctx, client, source, imagepush.PushOptions{Repository: "app", Tag: "v1"})
//
// [Push] copies one image or other OCI artifact; [Mirror] copies many tags of a
// repository. Both read from any source of oras-go, such as a remote repository, and
// from the OCI layouts and docker save archives that [Open] opens. [Promote] points a
// tag at an image that is already in the account. [Target] is a destination for
// oras.Copy.
//
// # What is sent
//
// Only content that the repository lacks is sent: configs and layers first, then
// manifests, with children before their index. The root manifest is sent last, with
// its tag; only its referrers may follow. If a push fails before
// that, the tag has not moved, and the next push reuses the layers and children that
// are complete.
//
// # API or registry host
//
// By default, content goes through the API. With [TargetOptions.Registry] it goes to
// public.ecr.aws, as with docker push. This is faster: a layer of any size takes two
// requests, and a third of the CPU time. Both hosts must be reachable, and the
// credentials need the permissions that package login names.
//
// # Memory
//
// A layer whose content implements io.ReaderAt and io.Seeker is read twice, and uses
// a few hundred kilobytes of memory. Layers from [Open] and from oras-go's stores on
// disk are of this kind. Any other layer is read once, and uses memory for two parts,
// usually of 10 MiB. [TargetOptions.Parallel] bounds how many layers are sent at a
// time, and [TargetOptions.Memory] the memory they use.
//
// A manifest may be at most 4 MiB; an image may have at most 10,000 manifests, and
// a source at most 100,000 tags on 1,000 pages.
//
// # Failures
//
// A call is attempted up to 30 times, with delays of 25 milliseconds to five
// seconds. It ends after two minutes of failures, but not before the third failure.
// The client's RetryMaxAttempts or Retryer still applies, but a Retryer's default of
// three attempts becomes 30. A [CallError] says how often a call was attempted and
// why it was not retried.
//
// An interrupted layer continues from the position that the service reports, or
// starts over if the service lost it. A push checks the size and digest of each layer
// that it sends, the size of each layer that the repository has, and the digest in
// PutImage's response.
//
// The service limits InitiateLayerUpload, CompleteLayerUpload and PutImage to ten
// calls a second each. A [Limiter] keeps to that rate once the service has refused a
// call, until five seconds pass without a refusal.
package imagepush
