package ecrpublic

import (
	"cmp"
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/internal/paging"
)

// DescribeImagesPaginatorOptions configures a [DescribeImagesPaginator].
type DescribeImagesPaginatorOptions struct {
	// Limit is sent as MaxResults, 1 to 1,000. It begins as the MaxResults of the
	// params; 0 or less lets the service choose (up to 100).
	Limit int32

	// StopOnDuplicateToken ends the listing, without an error, at a page that
	// names itself as the next. False asks for such a page again and again.
	StopOnDuplicateToken bool
}

// DescribeImagesAPIClient is what a [DescribeImagesPaginator] calls.
type DescribeImagesAPIClient interface {
	DescribeImages(context.Context, *DescribeImagesInput, ...func(*Options)) (*DescribeImagesOutput, error)
}

// DescribeImagesPaginator fetches the pages of DescribeImages on demand; its
// NextPage returns a *[DescribeImagesOutput].
type DescribeImagesPaginator struct {
	pager[DescribeImagesInput, DescribeImagesOutput]
}

// NewDescribeImagesPaginator copies params; nil params are empty ones.
func NewDescribeImagesPaginator(client DescribeImagesAPIClient, params *DescribeImagesInput, optFns ...func(*DescribeImagesPaginatorOptions)) *DescribeImagesPaginator {
	return &DescribeImagesPaginator{newPager(client.DescribeImages, params, optFns,
		func(in *DescribeImagesInput) (**string, **int32) { return &in.NextToken, &in.MaxResults },
		func(out *DescribeImagesOutput) *string { return out.NextToken })}
}

// DescribeImageTagsPaginatorOptions is the same for a [DescribeImageTagsPaginator].
type DescribeImageTagsPaginatorOptions = DescribeImagesPaginatorOptions

// DescribeImageTagsAPIClient is what a [DescribeImageTagsPaginator] calls.
type DescribeImageTagsAPIClient interface {
	DescribeImageTags(context.Context, *DescribeImageTagsInput, ...func(*Options)) (*DescribeImageTagsOutput, error)
}

// DescribeImageTagsPaginator fetches the pages of DescribeImageTags on demand; its
// NextPage returns a *[DescribeImageTagsOutput].
type DescribeImageTagsPaginator struct {
	pager[DescribeImageTagsInput, DescribeImageTagsOutput]
}

// NewDescribeImageTagsPaginator copies params; nil params are empty ones.
func NewDescribeImageTagsPaginator(client DescribeImageTagsAPIClient, params *DescribeImageTagsInput, optFns ...func(*DescribeImageTagsPaginatorOptions)) *DescribeImageTagsPaginator {
	return &DescribeImageTagsPaginator{newPager(client.DescribeImageTags, params, optFns,
		func(in *DescribeImageTagsInput) (**string, **int32) { return &in.NextToken, &in.MaxResults },
		func(out *DescribeImageTagsOutput) *string { return out.NextToken })}
}

// DescribeRegistriesPaginatorOptions is the same for a [DescribeRegistriesPaginator].
type DescribeRegistriesPaginatorOptions = DescribeImagesPaginatorOptions

// DescribeRegistriesAPIClient is what a [DescribeRegistriesPaginator] calls.
type DescribeRegistriesAPIClient interface {
	DescribeRegistries(context.Context, *DescribeRegistriesInput, ...func(*Options)) (*DescribeRegistriesOutput, error)
}

// DescribeRegistriesPaginator fetches the pages of DescribeRegistries on demand; its
// NextPage returns a *[DescribeRegistriesOutput].
type DescribeRegistriesPaginator struct {
	pager[DescribeRegistriesInput, DescribeRegistriesOutput]
}

// NewDescribeRegistriesPaginator copies params; nil params are empty ones.
func NewDescribeRegistriesPaginator(client DescribeRegistriesAPIClient, params *DescribeRegistriesInput, optFns ...func(*DescribeRegistriesPaginatorOptions)) *DescribeRegistriesPaginator {
	return &DescribeRegistriesPaginator{newPager(client.DescribeRegistries, params, optFns,
		func(in *DescribeRegistriesInput) (**string, **int32) { return &in.NextToken, &in.MaxResults },
		func(out *DescribeRegistriesOutput) *string { return out.NextToken })}
}

// DescribeRepositoriesPaginatorOptions is the same for a [DescribeRepositoriesPaginator].
type DescribeRepositoriesPaginatorOptions = DescribeImagesPaginatorOptions

// DescribeRepositoriesAPIClient is what a [DescribeRepositoriesPaginator] calls.
type DescribeRepositoriesAPIClient interface {
	DescribeRepositories(context.Context, *DescribeRepositoriesInput, ...func(*Options)) (*DescribeRepositoriesOutput, error)
}

// DescribeRepositoriesPaginator fetches the pages of DescribeRepositories on demand; its
// NextPage returns a *[DescribeRepositoriesOutput].
type DescribeRepositoriesPaginator struct {
	pager[DescribeRepositoriesInput, DescribeRepositoriesOutput]
}

// NewDescribeRepositoriesPaginator copies params; nil params are empty ones.
func NewDescribeRepositoriesPaginator(client DescribeRepositoriesAPIClient, params *DescribeRepositoriesInput, optFns ...func(*DescribeRepositoriesPaginatorOptions)) *DescribeRepositoriesPaginator {
	return &DescribeRepositoriesPaginator{newPager(client.DescribeRepositories, params, optFns,
		func(in *DescribeRepositoriesInput) (**string, **int32) { return &in.NextToken, &in.MaxResults },
		func(out *DescribeRepositoriesOutput) *string { return out.NextToken })}
}

// pager is what the four paginators are.
type pager[In, Out any] struct {
	call         func(context.Context, *In, ...func(*Options)) (*Out, error)
	in           In // the next request
	paging       func(*In) (token **string, size **int32)
	next         func(*Out) *string
	stopOnRepeat bool
	ended        bool
}

func newPager[In, Out any](
	call func(context.Context, *In, ...func(*Options)) (*Out, error),
	params *In, optFns []func(*DescribeImagesPaginatorOptions),
	paging func(*In) (token **string, size **int32), next func(*Out) *string,
) pager[In, Out] {
	p := pager[In, Out]{call: call, in: *cmp.Or(params, new(In)), paging: paging, next: next}
	_, size := paging(&p.in)
	options := DescribeImagesPaginatorOptions{Limit: aws.ToInt32(*size)}
	for _, fn := range optFns {
		fn(&options)
	}
	*size, p.stopOnRepeat = nil, options.StopOnDuplicateToken
	if options.Limit > 0 {
		*size = &options.Limit
	}
	return p
}

// HasMorePages is true before the first page and until the last one was fetched.
func (p *pager[In, Out]) HasMorePages() bool { return !p.ended }

// NextPage fetches the next page, for one goroutine at a time. After an error,
// calling it again repeats the request; after the last page it fails.
func (p *pager[In, Out]) NextPage(ctx context.Context, optFns ...func(*Options)) (*Out, error) {
	if p.ended {
		return nil, errors.New("no more pages available")
	}
	in := p.in // a copy: the client may keep it or change it
	out, err := p.call(paging.MarkContext(ctx), &in, optFns...)
	if err != nil {
		return nil, err
	}
	token, _ := p.paging(&p.in)
	asked, next := *token, p.next(out)
	*token = next
	p.ended = next == nil || *next == "" || p.stopOnRepeat && asked != nil && *asked == *next
	return out, nil
}
