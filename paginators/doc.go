// Package paginators iterates over what Amazon ECR Public lists in pages, with
// limits, and with tokens to go on from in a later run, in another process, or in
// another language: they are those of boto3 and the AWS CLI.
//
//	p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: aws.String("app")})
//	for image, err := range p.Items(ctx) { ... }
//
// Pages yields the service's responses, Items what is in them, and Collect makes one
// output of everything. PaginationConfig says how much and from where on; ResumeToken
// says where the next run begins.
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
// describe_image_tags, describe_registries and describe_repositories go the same
// way.
//
// # Differences
//
// Requests, cuts and tokens are botocore's, except that a MaxItems of 0, a
// PageSize over 1,000 and a starting token that botocore trips over are a
// [*ConfigError] before any request, that tokens going round in a circle end with
// [ErrRepeatedToken], and that an error or a break leaves a ResumeToken, too.
package paginators
