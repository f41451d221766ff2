// Package paginators provides iterators over the paginated listings of Amazon
// ECR Public, with limits and with resume tokens that are interchangeable
// with those of boto3 and the AWS CLI.
//
//	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: aws.String("app")})
//	for image, err := range p.Items(ctx) { ... }
//
// Pages yields the service's responses, Items yields what they contain, and
// Collect joins everything into one output. PaginationConfig sets limits and
// the starting point; ResumeToken returns where the next run continues.
//
// [Merge] and [Concat] run many listings at once, such as the images of every
// repository.
//
// # From boto3
//
// With p = client.get_paginator("describe_images"):
//
//	p.paginate(repositoryName="app")                  NewDescribeImagesPaginator(client, input)
//	PaginationConfig={"MaxItems": 500}                input.PaginationConfig
//	for page in pages                                 for page, err := range p.Pages(ctx)
//	for image in pages.search("imageDetails[]")       for image, err := range p.Items(ctx)
//	pages.build_full_result()                         p.Collect(ctx)
//	pages.build_full_result()["NextToken"]            p.ResumeToken()
//	pages.resume_token                                p.ResumeToken()
//	except PaginationError                            errors.Is(err, ErrRepeatedToken)
//
// The same applies to describe_image_tags, describe_registries and
// describe_repositories.
//
// # Differences
//
// Requests, limits and tokens are botocore's, with these exceptions:
//
//   - A MaxItems of 0, a PageSize over 1,000 or a starting token that makes
//     botocore crash causes a [*ConfigError] before any request.
//   - A listing whose tokens form a cycle ends with [ErrRepeatedToken].
//   - ResumeToken also works after an error and after a break.
package paginators
