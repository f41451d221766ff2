// Package imageref parses and formats the names that ECR Public uses.
//
//	ref, err := imageref.Parse("public.ecr.aws/a1b2c3d4/team/app:v1")
//	// ref.Alias is "a1b2c3d4", ref.RepositoryName is "team/app", ref.Tag is "v1"
//
// [Parse] accepts image references, repository URIs and addresses of the public
// gallery. [ParseARN] accepts the ARNs of repositories and registries. Both check
// names against the limits of the service. API calls take RepositoryName alone.
//
// A [Reference] and an [ARN] are comparable, so they can be map keys, and they
// marshal as text.
package imageref
