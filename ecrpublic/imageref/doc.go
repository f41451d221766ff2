// Package imageref parses and formats the names that ECR Public uses: image
// references such as public.ecr.aws/a1b2c3d4/team/app:v1, the repositoryUri of
// a repository, addresses of the public gallery, and ARNs.
//
// A pull names a repository with the alias of its registry, an API call by its
// name alone, and a permission or a resource tag by an ARN with the account in
// it. [Reference] and [ARN] keep these parts apart, so that a full address cannot
// end up where a name belongs. Both are comparable, so they can be map keys, and
// marshal as text.
//
// Parsing checks names against the service's limits, so a bad name fails
// before a call is made.
package imageref
