package paginators_test

import (
	"context"
	"iter"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// service serves numbered items through the four operations: n items in pages of the
// requested size, or a script.
type service struct {
	n           int
	defaultPage int
	script      []response

	// before, if set, is called before each response. Its error fails the request.
	before func(ctx context.Context, token *string) error
	// length, if set, shortens the page at a position.
	length func(position, size int) int

	mu       sync.Mutex
	requests []request
	unmarked int // requests with more or fewer options than the one by which a paginator marks them
}

// response is a scripted response. The last one of a script is repeated.
type response struct {
	Items []int   `json:"items"` // nil means that the response has no list
	Token *string `json:"token"`
	Error string  `json:"error"`
}

// request is what the service was asked for, as ["token", size] in JSON.
type request [2]any

func (s *service) answer(ctx context.Context, optFns []func(*ecrpublic.Options), token *string, size *int32) ([]int, *string, error) {
	if s.before != nil {
		if err := s.before(ctx, token); err != nil {
			s.record(optFns, token, size)
			return nil, nil, err
		}
	}
	if s.script != nil {
		return s.scripted(optFns, token, size)
	}
	s.record(optFns, token, size)
	start := 0
	if aws.ToString(token) != "" {
		var err error
		start, err = strconv.Atoi(strings.TrimPrefix(*token, "tok-"))
		if err != nil || !strings.HasPrefix(*token, "tok-") {
			return nil, nil, &smithy.GenericAPIError{Code: "InvalidParameterException", Message: "bad token"}
		}
	}
	length := s.defaultPage
	if size != nil {
		length = int(*size)
	}
	if s.length != nil {
		length = s.length(start, length)
	}
	end := min(start+length, s.n)
	items := []int{}
	for i := start; i < end; i++ {
		items = append(items, i)
	}
	if end == s.n {
		return items, nil, nil
	}
	return items, aws.String("tok-" + strconv.Itoa(end)), nil
}

// scripted returns the next scripted response. It handles a throttle as a client that
// retries does.
func (s *service) scripted(optFns []func(*ecrpublic.Options), token *string, size *int32) ([]int, *string, error) {
	for {
		at := s.record(optFns, token, size)
		r := s.script[min(at, len(s.script)-1)]
		switch r.Error {
		case "":
			return r.Items, r.Token, nil
		case "ThrottlingException":
		default:
			return nil, nil, &smithy.GenericAPIError{Code: r.Error, Message: "scripted"}
		}
	}
}

func (s *service) record(optFns []func(*ecrpublic.Options), token *string, size *int32) (at int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(optFns) != 1 {
		s.unmarked++
	}
	r := request{}
	if token != nil {
		r[0] = *token
	}
	if size != nil {
		r[1] = float64(*size)
	}
	s.requests = append(s.requests, r)
	return len(s.requests) - 1
}

// takeRequests returns the requests so far and forgets them.
func (s *service) takeRequests(t *testing.T) []request {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Zero(t, s.unmarked, "requests without the paginator's mark")
	requests := s.requests
	s.requests = nil
	return requests
}

func (s *service) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	items, next, err := s.answer(ctx, optFns, in.NextToken, in.MaxResults)
	return &ecrpublic.DescribeImagesOutput{NextToken: next, ImageDetails: mapped(items, func(id *string) types.ImageDetail {
		return types.ImageDetail{ImageDigest: id}
	})}, err
}

func (s *service) DescribeImageTags(ctx context.Context, in *ecrpublic.DescribeImageTagsInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error) {
	items, next, err := s.answer(ctx, optFns, in.NextToken, in.MaxResults)
	return &ecrpublic.DescribeImageTagsOutput{NextToken: next, ImageTagDetails: mapped(items, func(id *string) types.ImageTagDetail {
		return types.ImageTagDetail{ImageTag: id}
	})}, err
}

func (s *service) DescribeRegistries(ctx context.Context, in *ecrpublic.DescribeRegistriesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRegistriesOutput, error) {
	items, next, err := s.answer(ctx, optFns, in.NextToken, in.MaxResults)
	return &ecrpublic.DescribeRegistriesOutput{NextToken: next, Registries: mapped(items, func(id *string) types.Registry {
		return types.Registry{RegistryId: id}
	})}, err
}

func (s *service) DescribeRepositories(ctx context.Context, in *ecrpublic.DescribeRepositoriesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error) {
	items, next, err := s.answer(ctx, optFns, in.NextToken, in.MaxResults)
	return &ecrpublic.DescribeRepositoriesOutput{NextToken: next, Repositories: mapped(items, func(id *string) types.Repository {
		return types.Repository{RepositoryName: id}
	})}, err
}

// mapped keeps nil apart from empty.
func mapped[Out any](in []int, f func(*string) Out) []Out {
	if in == nil {
		return nil
	}
	out := []Out{}
	for _, v := range in {
		out = append(out, f(aws.String(strconv.Itoa(v))))
	}
	return out
}

// lister is one of the four paginators, with numbers instead of items.
type lister struct {
	pages   func(context.Context) iter.Seq2[[]int, error]
	items   func(context.Context) iter.Seq2[int, error]
	collect func(context.Context) (items []int, next *string, err error)
	resume  func() *string
}

// newLister returns a paginator by the name of its operation.
func newLister(operation string, s *service, config *types.PaginatorConfig, optFns ...func(*paginators.Options)) lister {
	switch operation {
	case "DescribeImages":
		return asLister(paginators.NewDescribeImagesPaginator(s, &paginators.DescribeImagesInput{PaginationConfig: config}, optFns...),
			func(out *ecrpublic.DescribeImagesOutput) ([]types.ImageDetail, *string) {
				return out.ImageDetails, out.NextToken
			},
			func(item types.ImageDetail) *string { return item.ImageDigest })
	case "DescribeImageTags":
		return asLister(paginators.NewDescribeImageTagsPaginator(s, &paginators.DescribeImageTagsInput{PaginationConfig: config}, optFns...),
			func(out *ecrpublic.DescribeImageTagsOutput) ([]types.ImageTagDetail, *string) {
				return out.ImageTagDetails, out.NextToken
			},
			func(item types.ImageTagDetail) *string { return item.ImageTag })
	case "DescribeRegistries":
		return asLister(paginators.NewDescribeRegistriesPaginator(s, &paginators.DescribeRegistriesInput{PaginationConfig: config}, optFns...),
			func(out *ecrpublic.DescribeRegistriesOutput) ([]types.Registry, *string) {
				return out.Registries, out.NextToken
			},
			func(item types.Registry) *string { return item.RegistryId })
	case "DescribeRepositories":
		return asLister(paginators.NewDescribeRepositoriesPaginator(s, &paginators.DescribeRepositoriesInput{PaginationConfig: config}, optFns...),
			func(out *ecrpublic.DescribeRepositoriesOutput) ([]types.Repository, *string) {
				return out.Repositories, out.NextToken
			},
			func(item types.Repository) *string { return item.RepositoryName })
	}
	panic("no paginator for " + operation)
}

func asLister[Out, Item any](p *paginators.Paginator[Out, Item], fields func(*Out) ([]Item, *string), id func(Item) *string) lister {
	number := func(item Item) int {
		n, err := strconv.Atoi(aws.ToString(id(item)))
		if err != nil {
			return -1
		}
		return n
	}
	numbers := func(out *Out) []int {
		if out == nil {
			return nil
		}
		items, _ := fields(out)
		if items == nil {
			return nil
		}
		list := []int{}
		for _, item := range items {
			list = append(list, number(item))
		}
		return list
	}
	return lister{
		pages: func(ctx context.Context) iter.Seq2[[]int, error] {
			return func(yield func([]int, error) bool) {
				for page, err := range p.Pages(ctx) {
					if !yield(numbers(page), err) {
						return
					}
				}
			}
		},
		items: func(ctx context.Context) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				for item, err := range p.Items(ctx) {
					if !yield(number(item), err) {
						return
					}
				}
			}
		},
		collect: func(ctx context.Context) ([]int, *string, error) {
			out, err := p.Collect(ctx)
			if out == nil {
				return nil, nil, err
			}
			_, next := fields(out)
			return numbers(out), next, err
		},
		resume: p.ResumeToken,
	}
}
