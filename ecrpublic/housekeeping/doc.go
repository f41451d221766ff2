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
// The promise: an image of which something is not known that could forbid its
// deletion is kept, is not counted by rules, and says so in the plan.
//
// # Multi-platform images
//
// An index and the images it refers to are pruned as one. An untagged image
// that an index in the repository refers to is a part of that index: rules
// neither select nor count it, it stays while one of its indexes stays, and it
// goes after the last. A tagged one is judged by the rules like any other image,
// but stays as well while one of its indexes stays.
//
// Signatures, attestations and other referrers follow the image they are about
// in the same way. A referrer is an untagged image whose manifest names a
// subject, or an image that only has tags such as "sha256-<digest>" or
// "sha256-<digest>.sig". A referrer whose subject is not in the repository is
// judged like any other image.
//
// # What is not known
//
// The service's API does not give manifests back, so Prune reads them from the
// registry host that images are pulled from: those of indexes, and those of
// untagged images as far as they can change the plan. The host allows one a
// second without a login and ten with one, so a large repository takes a while:
// [Progress] says how long, and [PruneOptions].Login shortens it.
//
// A manifest that the host refuses, does not have, or gives in a form that is
// not understood is unknown, also if the status is 404: the API has just listed
// the image, and is asked again. So are a media type that is not understood, a
// push time and a digest that a response leaves out. While the manifest of an
// index, or of what may be one, is not known, any image may be its child, and
// nothing is deleted. An untagged image whose manifest is not known may be about
// any other, and stays. [Plan.GraphError] says what could not be read.
//
// A plan cannot know what happens after it was made. [Plan.Apply] therefore looks
// at each image again right before it deletes it, but a tag that is set between
// these two requests is lost with the image: the service has no conditional
// deletion. Images are left alone for an hour after they were pushed, so that
// this cannot happen to a push that sets its tags within that time; it can to a
// tag that is given to an older untagged image. [PruneOptions].Grace changes the
// hour. Nor can a plan know that an image without a tag was once the child of an
// index, or that of a subject that is gone: if Apply ends early, rules judge what
// is left over like any other image, so a policy should have one for untagged
// images.
package housekeeping
