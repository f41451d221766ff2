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
// also list its tags. [Promote] adds a tag to an image that is already in the registry,
// or copies the image to another repository there. [Target] is a destination for
// oras.Copy.
//
// # What is sent
//
// Only content that the repository lacks is sent: configs and layers first, then
// manifests, with children before their index. The root manifest follows them, together
// with its tag; only referrers, if [PushOptions.Referrers] is set, are sent later. If a
// push fails before the root manifest is put, the tag has not moved, and the next push
// reuses the layers and children that are complete.
//
// # API or registry host
//
// By default, content goes through the API. With [TargetOptions.Registry] it goes to
// public.ecr.aws, as with docker push. This is faster: a layer of any size takes only
// two requests and a fraction of the CPU time. But both the API and public.ecr.aws must
// be reachable, and the credentials also need the permissions that package login lists.
//
// # Memory
//
// Memory does not grow with the size of layers; see [TargetOptions.Memory]. This
// package refuses manifests, configs and lists over 4 MiB or with more than 100,000
// elements, images with more than 10,000 manifests, and sources with more than 100,000
// tags or 1,000 pages of tags. Whatever a source serves, its metadata costs a push or
// mirror at most 64 MiB. For a remote.Repository of oras-go, that includes the lists of
// tags and referrers, of which MaxMetadataBytes allows pages of up to 8 MiB; one of
// referrers may have 50,000 elements. A source of another type reads its lists itself,
// and must bound the memory that they use.
//
// # Failures
//
// A call is retried for up to two minutes if that can help; see [CallError].
//
// Through the API, an interrupted layer upload resumes at the position that the service
// reports, or starts over if the service has lost it; through the registry host, it
// always starts over. If reading a layer's source fails midway, such as for a lost
// connection, the layer is fetched and sent up to three times. A push checks the size
// of each layer. Through the API, it also checks the digest of each layer that it sends
// and the image digest in PutImage's response; the registry host checks the digests of
// layers itself.
//
// The service limits InitiateLayerUpload, CompleteLayerUpload and PutImage to ten calls
// a second each. By default, a [Limiter] keeps to that rate once the service has
// refused a call, until five seconds pass without a refusal.
package imagepush
