// Package imageref parses and formats the names that ECR Public uses.
//
//	ref, err := imageref.Parse("public.ecr.aws/a1b2c3d4/team/app:v1")
//	// ref.Alias is "a1b2c3d4", ref.RepositoryName is "team/app", ref.Tag is "v1"
//
// [Parse] accepts image references, repository URIs and URLs of the Amazon ECR Public
// Gallery (gallery.ecr.aws). [ParseARN] accepts the ARNs of repositories and
// registries. Both check names against the limits of the service. In API calls, use
// only RepositoryName, without the host and the alias.
//
// A [Reference] or [ARN] can be a map key, and marshals as text.
package imageref
