package paginators_test

import (
	"context"
	"errors"
	"math"
	"reflect"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// describeImages is a client with one method.
type describeImages func(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error)

func (f describeImages) DescribeImages(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	return f(ctx, in, optFns...)
}

func TestResumeTokenInsideTheLoop(t *testing.T) {
	t.Parallel()
	for size := int32(1); size <= 8; size++ {
		s := &service{n: 7}
		l := newLister("DescribeImages", s, &types.PaginatorConfig{PageSize: &size})
		require.Nil(t, l.resume(), "before any listing")
		for item, err := range l.items(t.Context()) {
			require.NoError(t, err)
			rest, _, err := newLister("DescribeImages", s, &types.PaginatorConfig{PageSize: &size, StartingToken: l.resume()}).collect(t.Context())
			require.NoError(t, err)
			if l.resume() == nil {
				require.Equal(t, 6, item)
				break
			}
			require.Equal(t, item+1, rest[0], "page size %d", size)
			require.Len(t, rest, 6-item, "page size %d", size)
		}
		require.Nil(t, l.resume(), "after the last item")
	}
}

func TestPlaceAfterAnError(t *testing.T) {
	t.Parallel()
	down := errors.New("the service is down")
	for failing := range 4 { // the request that fails
		s := &service{n: 7, defaultPage: 2}
		calls := 0
		s.before = func(context.Context, *string) error {
			if calls++; calls == failing+1 {
				return down
			}
			return nil
		}
		l := newLister("DescribeImageTags", s, nil)
		first, next, err := l.collect(t.Context())
		require.Same(t, down, err, "the client's error, as it is")
		require.Len(t, first, 2*failing)
		token := l.resume()
		require.NotNil(t, token)
		if failing > 0 {
			require.Equal(t, token, next)
		}
		rest, next, err := newLister("DescribeImageTags", s, &types.PaginatorConfig{StartingToken: token}).collect(t.Context())
		require.NoError(t, err)
		require.Nil(t, next)
		require.Equal(t, []int{0, 1, 2, 3, 4, 5, 6}, append(first, rest...))
	}
}

func TestListingsBeginAtTheStart(t *testing.T) {
	t.Parallel()
	s := &service{n: 9}
	config := &types.PaginatorConfig{PageSize: aws.Int32(2), MaxItems: aws.Int32(5), StartingToken: aws.String("tok-3")}
	l := newLister("DescribeRepositories", s, config)
	pages := l.pages(t.Context())
	for range 2 {
		var got [][]int
		for page, err := range pages {
			require.NoError(t, err)
			got = append(got, page)
		}
		require.Equal(t, [][]int{{3, 4}, {5, 6}, {7}}, got)
		require.Equal(t, []request{{"tok-3", 2.0}, {"tok-5", 2.0}, {"tok-7", 2.0}}, s.takeRequests(t))
	}
	require.Equal(t, &types.PaginatorConfig{PageSize: aws.Int32(2), MaxItems: aws.Int32(5), StartingToken: aws.String("tok-3")}, config)
}

func TestConfigErrors(t *testing.T) {
	t.Parallel()
	token := func(text string) *types.PaginatorConfig { return &types.PaginatorConfig{StartingToken: &text} }
	for _, c := range []struct {
		field    string
		config   *types.PaginatorConfig
		prefetch int
	}{
		{field: "PaginationConfig.MaxItems", config: &types.PaginatorConfig{MaxItems: aws.Int32(0)}},
		{field: "PaginationConfig.MaxItems", config: &types.PaginatorConfig{MaxItems: aws.Int32(-1)}, prefetch: 2},
		{field: "PaginationConfig.PageSize", config: &types.PaginatorConfig{PageSize: aws.Int32(0)}},
		{field: "PaginationConfig.PageSize", config: &types.PaginatorConfig{PageSize: aws.Int32(1001)}},
		{field: "PaginationConfig.StartingToken", config: token("a___b___3")},
		{field: "PaginationConfig.StartingToken", config: token("NQ==")},
		{field: "Options.Prefetch", prefetch: -1},
		{field: "Options.Prefetch", prefetch: math.MaxInt},
	} {
		s := &service{n: 3, defaultPage: 2}
		l := newLister("DescribeImages", s, c.config, func(o *paginators.Options) { o.Prefetch = c.prefetch })
		ways := 0
		check := func(err error) {
			ways++
			var bad *paginators.ConfigError
			require.ErrorAs(t, err, &bad)
			assert.Equal(t, c.field, bad.Field)
			assert.Contains(t, err.Error(), c.field+" must be ")
		}
		for _, err := range l.pages(t.Context()) {
			check(err)
		}
		for _, err := range l.items(t.Context()) {
			check(err)
		}
		_, _, err := l.collect(t.Context())
		check(err)
		require.Equal(t, 3, ways, "one error from each way of listing")
		require.Empty(t, s.takeRequests(t))
		require.Nil(t, l.resume())
	}
}

func TestTokensInACircle(t *testing.T) {
	t.Parallel()
	for length := 1; length <= 5; length++ {
		s := &service{}
		for i := range 40 {
			s.script = append(s.script, response{Items: []int{i}, Token: aws.String(strconv.Itoa(i % length))})
		}
		items, next, err := newLister("DescribeImages", s, nil).collect(t.Context())
		require.ErrorIs(t, err, paginators.ErrRepeatedToken)
		require.Len(t, items, length+1, "each page once")
		require.NotNil(t, next)
	}
}

// Truncation does not change the list of the response, which a client may keep.
func TestCutPagesAreCopies(t *testing.T) {
	t.Parallel()
	kept := &ecrpublic.DescribeImagesOutput{ImageDetails: []types.ImageDetail{
		{ImageDigest: aws.String("0")}, {ImageDigest: aws.String("1")}, {ImageDigest: aws.String("2")},
	}}
	client := describeImages(func(context.Context, *ecrpublic.DescribeImagesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		return kept, nil
	})
	for _, config := range []types.PaginatorConfig{
		{MaxItems: aws.Int32(2)},
		{StartingToken: aws.String("None___1")},
		{StartingToken: aws.String("None___1"), MaxItems: aws.Int32(1)},
	} {
		p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{PaginationConfig: &config})
		for page, err := range p.Pages(t.Context()) {
			require.NoError(t, err)
			require.NotSame(t, kept, page)
			for i := range page.ImageDetails {
				page.ImageDetails[i] = types.ImageDetail{}
			}
			page.ImageDetails = append(page.ImageDetails, types.ImageDetail{})
		}
		require.Len(t, kept.ImageDetails, 3)
		for i, image := range kept.ImageDetails {
			require.Equal(t, strconv.Itoa(i), aws.ToString(image.ImageDigest))
		}
	}
	out, err := paginators.NewDescribeImagesPaginator(client, nil).Collect(t.Context())
	require.NoError(t, err)
	out.ImageDetails[0].ImageDigest = nil
	require.NotNil(t, kept.ImageDetails[0].ImageDigest, "Collect copies as well")
}

// Every field of an input reaches the request, with PageSize and StartingToken.
func TestRequests(t *testing.T) {
	t.Parallel()
	config := &types.PaginatorConfig{PageSize: aws.Int32(7), StartingToken: aws.String("t")}
	id, name := aws.String("123456789012"), aws.String("app")
	images, names := []types.ImageIdentifier{{ImageTag: aws.String("v1")}}, []string{"app"}
	c := &recorder{}
	sent := func(_ any, err error) any {
		t.Helper()
		require.Error(t, err)
		return c.last
	}
	assert.Equal(t, &ecrpublic.DescribeImagesInput{RegistryId: id, RepositoryName: name, ImageIds: images, MaxResults: config.PageSize, NextToken: config.StartingToken},
		sent(paginators.NewDescribeImagesPaginator(c, &paginators.DescribeImagesInput{RegistryId: id, RepositoryName: name, ImageIds: images, PaginationConfig: config}).Collect(t.Context())))
	assert.Equal(t, &ecrpublic.DescribeImageTagsInput{RegistryId: id, RepositoryName: name, MaxResults: config.PageSize, NextToken: config.StartingToken},
		sent(paginators.NewDescribeImageTagsPaginator(c, &paginators.DescribeImageTagsInput{RegistryId: id, RepositoryName: name, PaginationConfig: config}).Collect(t.Context())))
	assert.Equal(t, &ecrpublic.DescribeRegistriesInput{MaxResults: config.PageSize, NextToken: config.StartingToken},
		sent(paginators.NewDescribeRegistriesPaginator(c, &paginators.DescribeRegistriesInput{PaginationConfig: config}).Collect(t.Context())))
	assert.Equal(t, &ecrpublic.DescribeRepositoriesInput{RegistryId: id, RepositoryNames: names, MaxResults: config.PageSize, NextToken: config.StartingToken},
		sent(paginators.NewDescribeRepositoriesPaginator(c, &paginators.DescribeRepositoriesInput{RegistryId: id, RepositoryNames: names, PaginationConfig: config}).Collect(t.Context())))
	assert.Equal(t, &ecrpublic.DescribeRegistriesInput{}, sent(paginators.NewDescribeRegistriesPaginator(c, nil).Collect(t.Context())))
}

// recorder keeps the last request and fails it.
type recorder struct {
	ecrpublic.API
	last any
}

var errRefused = errors.New("refused")

func (r *recorder) DescribeImages(_ context.Context, in *ecrpublic.DescribeImagesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
	r.last = in
	return nil, errRefused
}

func (r *recorder) DescribeImageTags(_ context.Context, in *ecrpublic.DescribeImageTagsInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error) {
	r.last = in
	return nil, errRefused
}

func (r *recorder) DescribeRegistries(_ context.Context, in *ecrpublic.DescribeRegistriesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRegistriesOutput, error) {
	r.last = in
	return nil, errRefused
}

func (r *recorder) DescribeRepositories(_ context.Context, in *ecrpublic.DescribeRepositoriesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error) {
	r.last = in
	return nil, errRefused
}

// pagesOf returns a client that returns the same pages again and again.
func pagesOf(pages, size int) describeImages {
	outs := make([]*ecrpublic.DescribeImagesOutput, pages)
	for i := range outs {
		outs[i] = &ecrpublic.DescribeImagesOutput{
			ImageDetails:     make([]types.ImageDetail, size),
			ResponseMetadata: types.ResponseMetadata{RequestId: strconv.Itoa(i)},
		}
		if i < pages-1 {
			outs[i].NextToken = aws.String(strconv.Itoa(i + 1))
		}
	}
	return func(_ context.Context, in *ecrpublic.DescribeImagesInput, _ ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		i, _ := strconv.Atoi(aws.ToString(in.NextToken))
		return outs[i], nil
	}
}

func TestCollectHasTheLastMetadata(t *testing.T) {
	t.Parallel()
	out, err := paginators.NewDescribeImagesPaginator(pagesOf(3, 2), nil).Collect(t.Context())
	require.NoError(t, err)
	require.Len(t, out.ImageDetails, 6)
	require.Equal(t, "2", out.ResponseMetadata.RequestId)
	require.Nil(t, out.NextToken)
}

func TestClientOptionsArePassedOn(t *testing.T) {
	t.Parallel()
	option := func(*ecrpublic.Options) {}
	calls := 0
	pages := pagesOf(3, 1)
	client := describeImages(func(ctx context.Context, in *ecrpublic.DescribeImagesInput, optFns ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImagesOutput, error) {
		calls++
		require.Len(t, optFns, 2, "the paginator's and ours")
		require.Equal(t, reflect.ValueOf(option).Pointer(), reflect.ValueOf(optFns[1]).Pointer())
		return pages(ctx, in)
	})
	p := paginators.NewDescribeImagesPaginator(client, nil, func(o *paginators.Options) {
		o.ClientOptions = append(o.ClientOptions, option)
	})
	_, err := p.Collect(t.Context())
	require.NoError(t, err)
	require.Equal(t, 3, calls)
}

func TestItemsAllocatePerPageOnly(t *testing.T) {
	list := func(size int) float64 {
		p := paginators.NewDescribeImagesPaginator(pagesOf(10, size), nil)
		return testing.AllocsPerRun(20, func() {
			for _, err := range p.Items(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	require.Equal(t, list(1), list(1000))
}
