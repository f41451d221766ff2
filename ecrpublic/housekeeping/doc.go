// Package housekeeping creates and updates repositories, finds and deletes images,
// and prunes old ones by policy.
//
//	plan, err := housekeeping.Prune(ctx, client, "app", policy)
//	if err != nil { ... }
//	fmt.Print(plan)
//	result, err := plan.Apply(ctx, client)
//
// [EnsureRepository] creates a repository if it is missing; [EnsureCatalogData],
// [EnsureTags] and [EnsureRepositoryPolicy] update what differs. [FindImage] and
// [ImageExists] look for one image. [DeleteImages] deletes any number of images.
// Repositories are always the caller's own, and are named without the alias.
//
// # Pruning
//
// ECR Public has no lifecycle policies. [Prune] replaces them. It applies a [Policy],
// which [ParseLifecyclePolicy] can read from private ECR's JSON format, and returns a
// [Plan] with a decision for each image. Nothing is deleted before [Plan.Apply].
//
// Prune needs the manifests of indexes and of some untagged images and referrers. It
// reads them from the registry host, which allows one request a second without a login
// and ten with one. To make it faster, set [PruneOptions.Login]; to see how long it
// takes, set [PruneOptions.Progress].
//
// # Multi-platform images and referrers
//
// An index and its children are pruned together. Rules ignore untagged children; each
// is deleted after the last of its indexes. Rules apply to tagged children, but each
// stays as long as one of its indexes does.
//
// Signatures, attestations and other referrers are pruned together with their
// subject, in the same way. The manifest of an untagged referrer names its subject.
// The tags of a tagged referrer do: all are of the form "sha256-<digest>" or
// "sha256-<digest>.sig". If its manifest names another subject, it stays as long as
// either. A referrer whose subject is not in the repository is an image like any
// other.
//
// # What is unknown
//
// Prune keeps an image if something is unknown that could rule out its deletion.
// Rules do not count the image, and the plan says why. These are unknown:
//
//   - a manifest that the host refuses, does not have, or returns in an unsupported
//     form;
//   - an unsupported media type;
//   - a missing push time or digest;
//   - anything on which two responses disagree, because the repository is changing;
//   - a subject that was not listed, until the API confirms that it does not exist.
//
// If the manifest of an index is unknown, any image may be its child, so nothing is
// deleted. Nor is anything deleted while an image is listed without a digest, because
// it may be any of the others. An untagged image with an unknown manifest may be a
// referrer, so it stays. [Plan.GraphError] says what could not be read.
//
// # What may change
//
// [Plan.Apply] describes each image again before it deletes it. But the service has
// no conditional deletion, so a tag that is set in between is lost with its image.
// To protect pushes in progress, Prune keeps every image for an hour after it was
// pushed; [PruneOptions.Grace] changes that.
//
// If Apply ends early, it may leave children and referrers of deleted images behind.
// Rules apply to them as to any other image, so a policy should have a rule for
// untagged images.
package housekeeping
