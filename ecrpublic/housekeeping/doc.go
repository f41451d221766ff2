// Package housekeeping automates what owners of public repositories otherwise
// script: creating a repository if it is missing and keeping its gallery page,
// tags and policy up to date, checking whether an image exists, deleting images
// in the right order, and pruning old ones by a policy. A repository is always
// in the caller's own registry and named without the alias.
//
// ECR Public has no lifecycle policies. [Prune] replaces them: from a [Policy],
// or from a lifecycle policy in private ECR's JSON, it works out which images
// should be deleted, and returns a [Plan] with a decision for each image.
// Nothing is deleted before [Plan.Apply].
//
// An image is in doubt if something is unknown that could rule out its deletion.
// Prune always keeps such an image, rules do not count it, and the plan says why.
//
// # Multi-platform images
//
// An index and its children, the images it refers to, are pruned together. Rules
// neither select nor count an untagged child: it stays while one of its indexes
// stays, and is deleted after the last. Rules apply to a tagged child as to any
// other image, but it also stays while one of its indexes stays.
//
// Signatures, attestations and other referrers follow their subject in the
// same way. A referrer is an untagged image whose manifest names a subject, or
// an image whose only tags are of the form "sha256-<digest>" or
// "sha256-<digest>.sig". Rules apply to a referrer without a subject in the
// repository as to any other image.
//
// # What is not known
//
// The service's API does not return manifests, so Prune reads them from the
// registry host: those of indexes, and those of untagged images that can change
// the plan. The host allows one request a second without a login and ten with
// one, so a large repository takes a while: [Progress] reports how long, and
// [PruneOptions].Login makes it faster.
//
// These count as unknown:
//
//   - a manifest that the host refuses or returns in a form that is not
//     understood, or that it does not have although the API, asked again, has the
//     image;
//   - a media type that is not understood;
//   - a missing push time or digest;
//   - anything on which responses disagree because the repository is changing: a
//     tag listed for two images, an image listed twice with different tags or
//     push times, or a tag or an image that only the list of tags contains;
//   - whether a subject that was not listed exists, until the API confirms that
//     it does not.
//
// While the manifest of an index, or of a possible index, is unknown, any image
// may be its child, and nothing is deleted. An untagged image with an unknown
// manifest may be the referrer of any other, and stays. [Plan.GraphError] says
// what could not be read.
//
// # What may change
//
// A plan cannot foresee changes made after it. [Plan.Apply] therefore describes
// each image again right before it deletes it. A tag that is set between that
// description and the deletion is still lost with the image, because the
// service has no conditional deletion. Images are kept for an hour after they
// were pushed, which protects every push that sets its tags within that time,
// but not a tag that is added to an older untagged image. [PruneOptions].Grace
// changes the hour. Nor can a plan know that an untagged image was once the
// child or referrer of a deleted image. If Apply ends early, rules apply to the
// children and referrers left over as to any other image, so a policy should
// have a rule for untagged images.
package housekeeping
