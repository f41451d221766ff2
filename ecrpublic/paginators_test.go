package ecrpublic_test

import (
	"context"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// pagedService serves n numbered items, or what a script says.
type pagedService struct {
	n, defaultPage int
	script         []pagedResponse
	requests       [][2]any
	ctx            context.Context // the one that the pages are asked for with
	unofficial     int             // requests with another context, or not one option
}

type pagedResponse struct {
	Items []int
	Token *string
	Error string
}

func (s *pagedService) answer(ctx context.Context, optFns []func(*ecrpublic.Options), token *string, size *int32) ([]*string, *string, error) {
	if ctx != s.ctx || len(optFns) != 1 {
		s.unofficial++
	}
	request := [2]any{}
	if token != nil {
		request[0] = *token
	}
	if size != nil {
		request[1] = float64(*size)
	}
	s.requests = append(s.requests, request)
	if s.script == nil {
		return s.slice(token, size)
	}
	r := s.script[min(len(s.requests)-1, len(s.script)-1)]
	switch r.Error {
	case "":
		return ids(r.Items), r.Token, nil
	case "ThrottlingException": // which a client retries
		return s.answer(ctx, optFns, token, size)
	}
	return nil, nil, &smithy.GenericAPIError{Code: r.Error}
}

func (s *pagedService) slice(token *string, size *int32) ([]*string, *string, error) {
	start, _ := strconv.Atoi(strings.TrimPrefix(aws.ToString(token), "tok-"))
	length := s.defaultPage
	if size != nil {
		length = int(*size)
	}
	var items []int
	for i := start; i < s.n && i-start < length; i++ {
		items = append(items, i)
	}
	if start+len(items) == s.n {
		return ids(items), nil, nil
	}
	return ids(items), aws.String("tok-" + strconv.Itoa(start+len(items))), nil
}

func ids(items []int) (list []*string) {
	for _, i := range items {
		list = append(list, aws.String(strconv.Itoa(i)))
	}
	return list
}

func (s *pagedService) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	items, next, err := s.answer(ctx, optFns, in.NextToken, in.MaxResults)
	out := &ecrpublic.DescribeImagesOutput{NextToken: next}
	for _, id := range items {
		out.ImageDetails = append(out.ImageDetails, types.ImageDetail{ImageDigest: id})
	}
	in.NextToken, in.MaxResults = nil, nil // which belong to the client
	return out, err
}

func (s *pagedService) DescribeImageTags(ctx context.Context, in *ecrpublic.DescribeImageTagsInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error) {
	items, next, err := s.answer(ctx, optFns, in.NextToken, in.MaxResults)
	out := &ecrpublic.DescribeImageTagsOutput{NextToken: next}
	for _, id := range items {
		out.ImageTagDetails = append(out.ImageTagDetails, types.ImageTagDetail{ImageTag: id})
	}
	return out, err
}

func (s *pagedService) DescribeRegistries(ctx context.Context, in *ecrpublic.DescribeRegistriesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRegistriesOutput, error) {
	items, next, err := s.answer(ctx, optFns, in.NextToken, in.MaxResults)
	out := &ecrpublic.DescribeRegistriesOutput{NextToken: next}
	for _, id := range items {
		out.Registries = append(out.Registries, types.Registry{RegistryId: id})
	}
	return out, err
}

func (s *pagedService) DescribeRepositories(ctx context.Context, in *ecrpublic.DescribeRepositoriesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error) {
	items, next, err := s.answer(ctx, optFns, in.NextToken, in.MaxResults)
	out := &ecrpublic.DescribeRepositoriesOutput{NextToken: next}
	for _, id := range items {
		out.Repositories = append(out.Repositories, types.Repository{RepositoryName: id})
	}
	return out, err
}

// paginatorVector is a recording of the official paginators.
type paginatorVector struct {
	ID          string
	Operation   string
	N           int
	DefaultPage int             `json:"server_default_page"`
	ServerPages []pagedResponse `json:"server_pages"`
	Options     ecrpublic.DescribeImagesPaginatorOptions
	NextToken   *string `json:"input_next_token"`
	MaxResults  *int32  `json:"input_max_results"`
	Go          struct {
		Requests [][2]any
		Pages    []json.RawMessage // a list, or an object with error_code
		Error    *struct{ Code string }
		AfterEnd string `json:"next_page_after_end_error"`
	}
}

func TestOfficialPaginators(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../internal/paging/testdata/pagination.json")
	require.NoError(t, err)
	var file struct {
		Vectors []paginatorVector `json:"go_paginators"`
	}
	require.NoError(t, json.Unmarshal(data, &file))
	require.NotEmpty(t, file.Vectors)
	for _, v := range file.Vectors {
		s := &pagedService{n: v.N, defaultPage: v.DefaultPage, script: v.ServerPages, ctx: t.Context()}
		v.run(t, s)
		require.Zero(t, s.unofficial, v.ID)
		require.Equal(t, v.Go.Requests, s.requests, v.ID)
	}
}

func (v paginatorVector) run(t *testing.T, s *pagedService) {
	t.Helper()
	configure := func(o *ecrpublic.DescribeImagesPaginatorOptions) {
		if v.MaxResults == nil {
			o.Limit = v.Options.Limit
		}
		o.StopOnDuplicateToken = v.Options.StopOnDuplicateToken
	}
	switch v.Operation {
	case "DescribeImages":
		in := &ecrpublic.DescribeImagesInput{NextToken: v.NextToken, MaxResults: v.MaxResults}
		before := *in
		follow(t, v, ecrpublic.NewDescribeImagesPaginator(s, in, configure), func(out *ecrpublic.DescribeImagesOutput) (got []int) {
			for _, item := range out.ImageDetails {
				got = append(got, itemNumber(t, item.ImageDigest))
			}
			return got
		})
		require.Equal(t, before, *in, "the caller's input")
	case "DescribeImageTags":
		in := &ecrpublic.DescribeImageTagsInput{NextToken: v.NextToken, MaxResults: v.MaxResults}
		follow(t, v, ecrpublic.NewDescribeImageTagsPaginator(s, in, func(o *ecrpublic.DescribeImageTagsPaginatorOptions) {
			configure((*ecrpublic.DescribeImagesPaginatorOptions)(o))
		}), func(out *ecrpublic.DescribeImageTagsOutput) (got []int) {
			for _, item := range out.ImageTagDetails {
				got = append(got, itemNumber(t, item.ImageTag))
			}
			return got
		})
	case "DescribeRegistries":
		in := &ecrpublic.DescribeRegistriesInput{NextToken: v.NextToken, MaxResults: v.MaxResults}
		follow(t, v, ecrpublic.NewDescribeRegistriesPaginator(s, in, func(o *ecrpublic.DescribeRegistriesPaginatorOptions) {
			configure((*ecrpublic.DescribeImagesPaginatorOptions)(o))
		}), func(out *ecrpublic.DescribeRegistriesOutput) (got []int) {
			for _, item := range out.Registries {
				got = append(got, itemNumber(t, item.RegistryId))
			}
			return got
		})
	case "DescribeRepositories":
		in := &ecrpublic.DescribeRepositoriesInput{NextToken: v.NextToken, MaxResults: v.MaxResults}
		follow(t, v, ecrpublic.NewDescribeRepositoriesPaginator(s, in, func(o *ecrpublic.DescribeRepositoriesPaginatorOptions) {
			configure((*ecrpublic.DescribeImagesPaginatorOptions)(o))
		}), func(out *ecrpublic.DescribeRepositoriesOutput) (got []int) {
			for _, item := range out.Repositories {
				got = append(got, itemNumber(t, item.RepositoryName))
			}
			return got
		})
	default:
		require.Fail(t, "no paginator", v.Operation)
	}
}

func itemNumber(t *testing.T, id *string) int {
	t.Helper()
	n, err := strconv.Atoi(*id)
	require.NoError(t, err)
	return n
}

type officialPaginator[Out any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*ecrpublic.Options)) (*Out, error)
}

// follow requests pages as in the recording, where a request may follow an error.
func follow[Out any](t *testing.T, v paginatorVector, p officialPaginator[Out], items func(*Out) []int) {
	t.Helper()
	for i, recorded := range v.Go.Pages {
		require.True(t, p.HasMorePages(), "%s: page %d", v.ID, i)
		out, err := p.NextPage(t.Context())
		var failure struct {
			Code string `json:"error_code"`
		}
		if json.Unmarshal(recorded, &failure) == nil {
			requireCode(t, v.ID, failure.Code, err)
			continue
		}
		require.NoError(t, err, v.ID)
		var want []int
		require.NoError(t, json.Unmarshal(recorded, &want))
		require.Equal(t, append([]int{}, want...), append([]int{}, items(out)...), v.ID)
	}
	if v.Go.Error != nil {
		_, err := p.NextPage(t.Context())
		requireCode(t, v.ID, v.Go.Error.Code, err)
	}
	if v.Go.AfterEnd != "" {
		require.False(t, p.HasMorePages(), v.ID)
		_, err := p.NextPage(t.Context())
		require.EqualError(t, err, v.Go.AfterEnd, v.ID)
	}
}

func requireCode(t *testing.T, id, code string, err error) {
	t.Helper()
	var refused smithy.APIError
	require.ErrorAs(t, err, &refused, id)
	require.Equal(t, code, refused.ErrorCode(), id)
}

func TestOfficialPaginatorWithoutParams(t *testing.T) {
	t.Parallel()
	s := &pagedService{n: 3, defaultPage: 2, ctx: t.Context()}
	p := ecrpublic.NewDescribeImageTagsPaginator(s, nil)
	for p.HasMorePages() {
		_, err := p.NextPage(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, [][2]any{{nil, nil}, {"tok-2", nil}}, s.requests)
}

func TestPaginatorReadsItsParamsForEachPage(t *testing.T) {
	t.Parallel()
	var asked []string
	client := imagesFunc(func(in *ecrpublic.DescribeImagesInput) (*ecrpublic.DescribeImagesOutput, error) {
		asked = append(asked, aws.ToString(in.RepositoryName)+" "+aws.ToString(in.NextToken))
		return &ecrpublic.DescribeImagesOutput{NextToken: aws.String("next")}, nil
	})
	in := &ecrpublic.DescribeImagesInput{NextToken: aws.String("start")}
	p := ecrpublic.NewDescribeImagesPaginator(client, in)
	in.RepositoryName, in.NextToken = aws.String("app"), aws.String("late")
	for range 2 {
		_, err := p.NextPage(t.Context())
		require.NoError(t, err)
	}
	require.Equal(t, []string{"app start", "app next"}, asked)
}

func TestPaginatorOfNoClientFailsAtTheFirstPage(t *testing.T) {
	t.Parallel()
	p := ecrpublic.NewDescribeImagesPaginator(nil, nil)
	require.True(t, p.HasMorePages())
	require.Panics(t, func() { _, _ = p.NextPage(t.Context()) })
}

type imagesFunc func(*ecrpublic.DescribeImagesInput) (*ecrpublic.DescribeImagesOutput, error)

func (f imagesFunc) DescribeImages(_ context.Context, in *ecrpublic.DescribeImagesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return f(in)
}
