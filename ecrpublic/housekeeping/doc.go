// Package housekeeping creates and updates repositories, finds and deletes images, and
// prunes old ones by policy.
//
//	plan, err := housekeeping.Prune(ctx, client, "app", policy)
//	if err != nil { ... }
//	fmt.Print(plan)
//	result, err := plan.Apply(ctx, client)
//
// [EnsureRepository] creates a repository, or updates the catalog data and resource
// tags of an existing one. [EnsureCatalogData] and [EnsureTags] each update one of the
// two; [EnsureRepositoryPolicy] sets the repository policy. [FindImage] and
// [ImageExists] look for one image. [DeleteImages] deletes any number of images. These
// functions take the name of one of the caller's own repositories, without the alias;
// EnsureTags takes an ARN instead.
//
// # Pruning
//
// ECR Public has no lifecycle policies; [Prune] is a substitute. It applies a [Policy],
// which [ParseLifecyclePolicy] can read from private ECR's JSON format, and returns a
// [Plan] with a decision for each image. Nothing is deleted before [Plan.Apply].
//
// Prune has to read the manifests of multi-platform images (indexes), of some untagged
// images, and of some signatures and other referrers. It reads them from the registry
// host, which allows one pull a second without a login and ten with one. To speed up
// Prune, set [PruneOptions.Login]; to follow its progress, set [PruneOptions.Progress].
//
// # Multi-platform images and referrers
//
// An index lists its children, usually one image per platform. Rules ignore untagged
// children: a child is deleted together with the last index that lists it. Rules do
// apply to tagged children, but a child is kept as long as any index that lists it is
// kept.
//
// Signatures, attestations and other referrers are pruned with their subject, as
// untagged children are with their index: rules ignore them. A referrer is an untagged
// image whose manifest names a subject, or an image whose only tags are of the form
// "sha256-<hex>", with or without a suffix such as ".sig" or ".att". An image of the
// second kind belongs to the subjects that its tags name. It is kept as long as any of
// them, or the subject in its manifest, is kept. A referrer that belongs to no image in
// the repository is treated like any other image.
//
// # What is unknown
//
// If something unknown could be a reason to keep an image, Prune keeps it. Such an
// image does not count towards [Rule.KeepNewest], and the plan says why it is kept.
// These are unknown:
//
//   - a manifest that the host refuses, does not have, or returns in an unsupported
//     form;
//   - an unsupported media type;
//   - a missing push time or digest;
//   - anything on which two responses disagree, because the repository is changing;
//   - a subject that was not listed, until the API confirms that it does not exist.
//
// If the manifest of an index is unknown, any image may be its child, so nothing is
// deleted. Nor is anything deleted if an image is listed without a digest, because it
// could be the same image as any other in the list. An untagged image whose manifest is
// unknown could be a referrer, so it is kept. [Plan.GraphError] is the first error in
// reading manifests or looking up subjects.
//
// # Concurrent changes
//
// Right before it deletes images, [Plan.Apply] looks them up again and keeps those that
// have changed. The service has no conditional deletion, however, so a tag that is set
// in between is lost with its image. To protect pushes in progress, Prune keeps every
// image for an hour after it was pushed; [PruneOptions.Grace] changes that.
//
// If Apply ends early, it may leave children and referrers of deleted images behind.
// The next Prune applies the rules to them as to any other image, so a policy should
// have a rule for untagged images and one for tags that match "sha256-*".
package housekeeping
