// Package paginators iterates over the listings of Amazon ECR Public, with limits and
// resume tokens.
//
//	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: aws.String("app")})
//	for image, err := range p.Items(ctx) { ... }
//
// [Paginator.Items] yields images, repositories, tags or registries; [Paginator.Pages]
// yields responses; [Paginator.Collect] joins them into one output. An input's
// PaginationConfig sets a limit, a page size and a starting token.
// [Paginator.ResumeToken] returns the token for the next run. [Merge] and [Concat] run
// many listings at once, such as the images of every repository.
//
// # From boto3
//
// With pages = client.get_paginator("describe_images").paginate(repositoryName="app")
// in Python and p := NewDescribeImagesPaginator(client, input) in Go:
//
//	PaginationConfig={"MaxItems": 500}                input.PaginationConfig
//	for page in pages                                 for page, err := range p.Pages(ctx)
//	for image in pages.search("imageDetails[]")       for image, err := range p.Items(ctx)
//	pages.build_full_result()                         p.Collect(ctx)
//	pages.build_full_result()["NextToken"]            p.ResumeToken()
//	pages.resume_token                                p.ResumeToken()
//	except PaginationError                            errors.Is(err, ErrRepeatedToken)
//
// Requests, limits and tokens are the same as in boto3 and the AWS CLI, so a token from
// one works in the others if PageSize is the same. Three details differ:
//
//   - A MaxItems below 1, a PageSize outside 1 to 1,000 or a malformed starting token
//     causes a [*ConfigError] before any request.
//   - [ErrRepeatedToken] also ends a longer cycle of tokens; boto3 notices only the
//     same token twice in a row.
//   - ResumeToken also works after an error or a break.
package paginators
