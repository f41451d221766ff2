// Package housekeeping does what owners of public repositories otherwise write
// by hand: create a repository if it is missing and keep its gallery page, tags
// and policy as they should be, ask whether an image exists, delete images in
// the right order, and prune old ones by a policy. A repository is always one of
// the caller's own registry, named without alias.
//
// ECR Public has no lifecycle policies. [Prune] stands in for them: it works out
// from a [Policy], or from the JSON of a private registry's lifecycle policy,
// which images should go, and returns a [Plan] that says so image by image.
// Nothing is deleted before [Plan.Apply].
//
// # Multi-platform images
//
// An index and the images it refers to are pruned as one. An untagged image
// that an index in the repository refers to is a part of that index: rules
// neither select nor count it, it stays while one of its indexes stays, and it
// goes with the last. A tagged one is judged by the rules like any other image,
// but stays as well while one of its indexes stays.
//
// Signatures, attestations and other referrers follow the image they are about
// in the same way. A referrer is an untagged image whose manifest names a
// subject, or an image that only has tags such as "sha256-<digest>" or
// "sha256-<digest>.sig". A referrer whose subject is not in the repository is
// judged like any other image.
//
// The service's API does not give manifests back, so Prune reads them from the
// registry host that images are pulled from, one request for each index and each
// untagged image. If the host cannot be read, [Plan.GraphError] says why and
// rules judge parts and referrers as images of their own, except that those with
// KeepNewest leave untagged images alone: a release must not go because its own
// parts were counted. The service then still refuses to delete what a remaining
// index refers to, and [Plan.Apply] reports it as kept; it does not protect
// referrers.
package housekeeping
