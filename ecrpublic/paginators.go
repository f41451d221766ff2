package ecrpublic

import (
	"cmp"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// DescribeImagesPaginatorOptions configures a [DescribeImagesPaginator].
type DescribeImagesPaginatorOptions struct {
	// Limit is sent as MaxResults, 1 to 1,000. It defaults to the MaxResults of
	// the params; 0 or less lets the service choose (up to 100).
	Limit int32

	// StopOnDuplicateToken ends the listing, without an error, at a page whose
	// NextToken is its own. If false, the paginator keeps requesting that page.
	StopOnDuplicateToken bool
}

// DescribeImagesAPIClient has the method that a [DescribeImagesPaginator]
// calls.
type DescribeImagesAPIClient interface {
	DescribeImages(context.Context, *DescribeImagesInput, ...func(*Options)) (*DescribeImagesOutput, error)
}

// DescribeImagesPaginator fetches the pages of DescribeImages on demand.
type DescribeImagesPaginator struct {
	pager[DescribeImagesInput, DescribeImagesOutput]
}

// NewDescribeImagesPaginator keeps params, so later changes to them apply to the next page;
// only NextToken and MaxResults are read at once. Nil means an empty input.
func NewDescribeImagesPaginator(client DescribeImagesAPIClient, params *DescribeImagesInput, optFns ...func(*DescribeImagesPaginatorOptions)) *DescribeImagesPaginator {
	return &DescribeImagesPaginator{newPager(params, optFns,
		func(ctx context.Context, in *DescribeImagesInput, optFns ...func(*Options)) (*DescribeImagesOutput, error) {
			return client.DescribeImages(ctx, in, optFns...)
		},
		func(in *DescribeImagesInput) (**string, **int32) { return &in.NextToken, &in.MaxResults },
		func(out *DescribeImagesOutput) *string { return out.NextToken })}
}

// NextPage fetches the next page, for one goroutine at a time. After an error,
// calling it again repeats the request; after the last page it fails.
func (p *DescribeImagesPaginator) NextPage(ctx context.Context, optFns ...func(*Options)) (*DescribeImagesOutput, error) {
	return p.nextPage(ctx, optFns)
}

// DescribeImageTagsPaginatorOptions configures a [DescribeImageTagsPaginator], as
// [DescribeImagesPaginatorOptions] does.
type DescribeImageTagsPaginatorOptions struct {
	// Limit is sent as MaxResults.
	Limit int32

	// StopOnDuplicateToken ends the listing at a page whose NextToken is its own.
	StopOnDuplicateToken bool
}

// DescribeImageTagsAPIClient has the method that a
// [DescribeImageTagsPaginator] calls.
type DescribeImageTagsAPIClient interface {
	DescribeImageTags(context.Context, *DescribeImageTagsInput, ...func(*Options)) (*DescribeImageTagsOutput, error)
}

// DescribeImageTagsPaginator fetches the pages of DescribeImageTags on demand.
type DescribeImageTagsPaginator struct {
	pager[DescribeImageTagsInput, DescribeImageTagsOutput]
}

// NewDescribeImageTagsPaginator keeps params, so later changes to them apply to the next page;
// only NextToken and MaxResults are read at once. Nil means an empty input.
func NewDescribeImageTagsPaginator(client DescribeImageTagsAPIClient, params *DescribeImageTagsInput, optFns ...func(*DescribeImageTagsPaginatorOptions)) *DescribeImageTagsPaginator {
	return &DescribeImageTagsPaginator{newPager(params, optFns,
		func(ctx context.Context, in *DescribeImageTagsInput, optFns ...func(*Options)) (*DescribeImageTagsOutput, error) {
			return client.DescribeImageTags(ctx, in, optFns...)
		},
		func(in *DescribeImageTagsInput) (**string, **int32) { return &in.NextToken, &in.MaxResults },
		func(out *DescribeImageTagsOutput) *string { return out.NextToken })}
}

// NextPage fetches the next page, for one goroutine at a time. After an error,
// calling it again repeats the request; after the last page it fails.
func (p *DescribeImageTagsPaginator) NextPage(ctx context.Context, optFns ...func(*Options)) (*DescribeImageTagsOutput, error) {
	return p.nextPage(ctx, optFns)
}

// DescribeRegistriesPaginatorOptions configures a [DescribeRegistriesPaginator], as
// [DescribeImagesPaginatorOptions] does.
type DescribeRegistriesPaginatorOptions struct {
	// Limit is sent as MaxResults.
	Limit int32

	// StopOnDuplicateToken ends the listing at a page whose NextToken is its own.
	StopOnDuplicateToken bool
}

// DescribeRegistriesAPIClient has the method that a
// [DescribeRegistriesPaginator] calls.
type DescribeRegistriesAPIClient interface {
	DescribeRegistries(context.Context, *DescribeRegistriesInput, ...func(*Options)) (*DescribeRegistriesOutput, error)
}

// DescribeRegistriesPaginator fetches the pages of DescribeRegistries on demand.
type DescribeRegistriesPaginator struct {
	pager[DescribeRegistriesInput, DescribeRegistriesOutput]
}

// NewDescribeRegistriesPaginator keeps params, so later changes to them apply to the next page;
// only NextToken and MaxResults are read at once. Nil means an empty input.
func NewDescribeRegistriesPaginator(client DescribeRegistriesAPIClient, params *DescribeRegistriesInput, optFns ...func(*DescribeRegistriesPaginatorOptions)) *DescribeRegistriesPaginator {
	return &DescribeRegistriesPaginator{newPager(params, optFns,
		func(ctx context.Context, in *DescribeRegistriesInput, optFns ...func(*Options)) (*DescribeRegistriesOutput, error) {
			return client.DescribeRegistries(ctx, in, optFns...)
		},
		func(in *DescribeRegistriesInput) (**string, **int32) { return &in.NextToken, &in.MaxResults },
		func(out *DescribeRegistriesOutput) *string { return out.NextToken })}
}

// NextPage fetches the next page, for one goroutine at a time. After an error,
// calling it again repeats the request; after the last page it fails.
func (p *DescribeRegistriesPaginator) NextPage(ctx context.Context, optFns ...func(*Options)) (*DescribeRegistriesOutput, error) {
	return p.nextPage(ctx, optFns)
}

// DescribeRepositoriesPaginatorOptions configures a [DescribeRepositoriesPaginator], as
// [DescribeImagesPaginatorOptions] does.
type DescribeRepositoriesPaginatorOptions struct {
	// Limit is sent as MaxResults.
	Limit int32

	// StopOnDuplicateToken ends the listing at a page whose NextToken is its own.
	StopOnDuplicateToken bool
}

// DescribeRepositoriesAPIClient has the method that a
// [DescribeRepositoriesPaginator] calls.
type DescribeRepositoriesAPIClient interface {
	DescribeRepositories(context.Context, *DescribeRepositoriesInput, ...func(*Options)) (*DescribeRepositoriesOutput, error)
}

// DescribeRepositoriesPaginator fetches the pages of DescribeRepositories on demand.
type DescribeRepositoriesPaginator struct {
	pager[DescribeRepositoriesInput, DescribeRepositoriesOutput]
}

// NewDescribeRepositoriesPaginator keeps params, so later changes to them apply to the next page;
// only NextToken and MaxResults are read at once. Nil means an empty input.
func NewDescribeRepositoriesPaginator(client DescribeRepositoriesAPIClient, params *DescribeRepositoriesInput, optFns ...func(*DescribeRepositoriesPaginatorOptions)) *DescribeRepositoriesPaginator {
	return &DescribeRepositoriesPaginator{newPager(params, optFns,
		func(ctx context.Context, in *DescribeRepositoriesInput, optFns ...func(*Options)) (*DescribeRepositoriesOutput, error) {
			return client.DescribeRepositories(ctx, in, optFns...)
		},
		func(in *DescribeRepositoriesInput) (**string, **int32) { return &in.NextToken, &in.MaxResults },
		func(out *DescribeRepositoriesOutput) *string { return out.NextToken })}
}

// NextPage fetches the next page, for one goroutine at a time. After an error,
// calling it again repeats the request; after the last page it fails.
func (p *DescribeRepositoriesPaginator) NextPage(ctx context.Context, optFns ...func(*Options)) (*DescribeRepositoriesOutput, error) {
	return p.nextPage(ctx, optFns)
}

// pagerOptions are the options of all four paginators.
type pagerOptions struct {
	Limit                int32
	StopOnDuplicateToken bool
}

// pager implements the four paginators.
type pager[In, Out any] struct {
	call    func(context.Context, *In, ...func(*Options)) (*Out, error)
	paging  func(*In) (token **string, size **int32)
	next    func(*Out) *string
	options pagerOptions
	params  *In
	token   *string // of the next page
	more    bool    // there is one
}

func newPager[In, Out any, O ~struct {
	Limit                int32
	StopOnDuplicateToken bool
}](
	params *In, optFns []func(*O),
	call func(context.Context, *In, ...func(*Options)) (*Out, error),
	paging func(*In) (token **string, size **int32), next func(*Out) *string,
) pager[In, Out] {
	params = cmp.Or(params, new(In))
	token, size := paging(params)
	options := O(pagerOptions{Limit: aws.ToInt32(*size)})
	for _, fn := range optFns {
		fn(&options)
	}
	return pager[In, Out]{call: call, paging: paging, next: next, options: pagerOptions(options), params: params, token: *token, more: true}
}

// HasMorePages reports whether there is a page to fetch: before the first one, and
// until the last one was fetched.
func (p *pager[In, Out]) HasMorePages() bool { return p.more }

// nextPage is the NextPage of each paginator, whose result type godoc shows.
func (p *pager[In, Out]) nextPage(ctx context.Context, optFns []func(*Options)) (*Out, error) {
	if !p.more {
		return nil, errors.New("no more pages available")
	}
	in := *p.params // a copy: the client may keep it or change it
	token, size := p.paging(&in)
	*token, *size = p.token, nil
	if p.options.Limit > 0 {
		*size = &p.options.Limit
	}
	out, err := p.call(ctx, &in, append([]func(*Options){ofPaginator}, optFns...)...)
	if err != nil {
		return nil, err
	}
	asked, next := p.token, p.next(out)
	p.token = next
	repeated := asked != nil && next != nil && *asked == *next
	p.more = aws.ToString(next) != "" && !(repeated && p.options.StopOnDuplicateToken)
	return out, nil
}

func ofPaginator(o *Options) { o.paginates = true }
