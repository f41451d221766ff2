// Package imagepush copies images into ECR Public with AWS credentials and no Docker
// daemon.
//
//	source, err := imagepush.Open(ctx, "image.tar")
//	if err != nil { ... }
//	defer source.Close()
//	result, err := imagepush.Push(ctx, client, source, imagepush.PushOptions{Repository: "app", Tag: "v1"})
//
// [Push] copies one image or other OCI artifact; [Mirror] copies many tags of a
// repository. Both read from an oras-go source, such as a remote repository or what
// [Open] returns for an OCI layout or a docker save archive; a source for Mirror must
// also list its tags. [Promote] gives an image that is already in the registry another
// tag, or copies it to another repository of the registry. [Target] is a destination
// for oras.Copy.
//
// # What is sent
//
// Only content that the repository lacks is sent: configs and layers first, then
// manifests, with children before their index. The root manifest follows them, together
// with its tag; only its referrers are sent later. If a push fails before the root
// manifest is put, the tag has not moved, and the next push reuses the layers and
// children that are complete.
//
// # API or registry host
//
// By default, content goes through the API. With [TargetOptions.Registry] it goes to
// public.ecr.aws, as with docker push. This is faster: a layer of any size takes only
// two requests, and a fraction of the CPU time. But both the API and public.ecr.aws
// must be reachable, and the credentials also need the permissions that package login
// lists.
//
// # Memory
//
// Through the API, a layer whose content implements io.ReaderAt and io.Seeker is read
// twice, and uses a few hundred kilobytes of memory. Layers from oras-go's stores on
// disk are of this kind, and so are those from [Open], except docker save layers that
// are compressed while they are sent. Any other layer is read once, and uses memory for
// two parts, usually 10 MiB each. Through the registry host, every layer is read once,
// without buffering parts. [TargetOptions.Parallel] bounds how many layers are sent at
// a time, and [TargetOptions.Memory] the memory they use.
//
// To bound memory, this package refuses manifests over 4 MiB, images with more than
// 10,000 manifests, and sources with more than 100,000 tags or 1,000 pages of tags. It
// works on several manifests at once only if their buffers need at most 12 MiB
// together, so that a hostile source costs a program about 64 MiB at most. A list of
// tags or referrers is first read by the source: oras-go's remote.Repository accepts up
// to MaxMetadataBytes, 4 MiB by default, which may take forty times as much once
// parsed. The example mirror shows a client that also bounds the elements.
//
// # Failures
//
// A call is attempted up to 30 times, with delays of up to five seconds. A push gives
// up on a call after two minutes of failures, but never before the third attempt. If
// the client sets RetryMaxAttempts, or a Retryer with a maximum other than the default
// of three, that maximum replaces both limits. A custom Retryer's decisions also apply;
// its delays apply only if it retries LimitExceededException, as the SDK's own do.
// Requests to the registry host ignore the client's retry settings. A [CallError] says
// how many times the call was attempted and why it was not attempted again.
//
// Through the API, an interrupted layer upload resumes at the position that the service
// reports, or starts over if the service has lost it; through the registry host, it
// always starts over. A push checks the size of each layer. Through the API, it also
// checks the digest of each layer that it sends and the one in PutImage's response; the
// registry host checks the digests of layers itself.
//
// The service limits InitiateLayerUpload, CompleteLayerUpload and PutImage to ten calls
// a second each. A [Limiter] keeps to that rate once the service has refused a call,
// until five seconds pass without a refusal.
package imagepush
