package ecrpublictest_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// walk follows the tokens of a listing and returns its pages.
func walk(t *testing.T, page func(token *string) (names []string, next *string)) (pages [][]string) {
	t.Helper()
	var token *string
	for {
		names, next := page(token)
		pages = append(pages, names)
		if next == nil {
			return pages
		}
		require.NotEqual(t, token, next)
		token = next
	}
}

func (r repo) repositoryPages(size *int32, between func()) [][]string {
	r.Helper()
	return walk(r.T, func(token *string) (names []string, next *string) {
		out, err := r.api.DescribeRepositories(r.Context(), &ecrpublic.DescribeRepositoriesInput{MaxResults: size, NextToken: token})
		require.NoError(r, err)
		for _, repository := range out.Repositories {
			names = append(names, *repository.RepositoryName)
		}
		between()
		return names, out.NextToken
	})
}

func TestPagesAreStableAndComplete(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	want := []string{"app"}
	for i := range 250 {
		name := fmt.Sprintf("repository-%03d", i)
		create(t, r.srv, name)
		want = append(want, name)
	}
	byDefault := r.repositoryPages(nil, func() {})
	assert.Equal(t, []int{100, 100, 51}, lengths(byDefault))
	bySeven := r.repositoryPages(aws.Int32(7), func() {})
	order := slices.Concat(byDefault...)
	assert.Equal(t, order, slices.Concat(bySeven...))
	assert.ElementsMatch(t, want, order)
	assert.False(t, slices.IsSorted(order))
	assert.NotEqual(t, want, order)
}

func lengths(pages [][]string) (n []int) {
	for _, page := range pages {
		n = append(n, len(page))
	}
	return n
}

func TestChangesBetweenPagesTouchNoOtherItem(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for i := range 20 {
		create(t, r.srv, fmt.Sprintf("repository-%02d", i))
	}
	order := slices.Concat(r.repositoryPages(nil, func() {})...)
	gone := false
	got := slices.Concat(r.repositoryPages(aws.Int32(5), func() {
		if gone {
			return
		}
		gone = true
		for _, name := range []string{order[4], order[5]} { // the last of this page, the first of the next
			_, err := r.api.DeleteRepository(t.Context(), &ecrpublic.DeleteRepositoryInput{RepositoryName: &name})
			require.NoError(t, err)
		}
	})...)
	assert.Equal(t, slices.Delete(order, 5, 6), got)
}

func TestImageAndTagPages(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	var digests, tags []string
	for i := range 12 {
		tag := fmt.Sprintf("v%d", i)
		digest, err := r.srv.AddImage("app", tag)
		require.NoError(t, err)
		digests, tags = append(digests, digest), append(tags, tag)
	}
	images := walk(t, func(token *string) (names []string, next *string) {
		out, err := r.api.DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app"), MaxResults: aws.Int32(5), NextToken: token})
		require.NoError(t, err)
		for _, d := range out.ImageDetails {
			names = append(names, *d.ImageDigest)
		}
		return names, out.NextToken
	})
	assert.Equal(t, []int{5, 5, 2}, lengths(images))
	assert.ElementsMatch(t, digests, slices.Concat(images...))
	assert.NotEqual(t, digests, slices.Concat(images...), "the order of the pushes")

	listed := walk(t, func(token *string) (names []string, next *string) {
		out, err := r.api.DescribeImageTags(t.Context(), &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("app"), MaxResults: aws.Int32(6), NextToken: token})
		require.NoError(t, err)
		for _, d := range out.ImageTagDetails {
			names = append(names, *d.ImageTag)
		}
		return names, out.NextToken
	})
	assert.Equal(t, []int{6, 6}, lengths(listed), "a full last page has no token")
	assert.ElementsMatch(t, tags, slices.Concat(listed...))
}

func TestTokensAreForOneListing(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for _, name := range []string{"app", "app", "web", "web"} {
		_, err := r.srv.AddImage(name)
		require.NoError(t, err)
	}
	page := func(name string, token *string) (*string, error) {
		out, err := r.api.DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: &name, MaxResults: aws.Int32(1), NextToken: token})
		if err != nil {
			return nil, err
		}
		return out.NextToken, nil
	}
	token, err := page("app", nil)
	require.NoError(t, err)
	next, err := page("app", token)
	require.NoError(t, err)
	assert.Nil(t, next)

	_, err = page("web", token)
	assert.ErrorAs(t, err, new(*types.InvalidParameterException), "of another repository")
	_, err = r.api.DescribeImageTags(t.Context(), &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("app"), NextToken: token})
	assert.ErrorAs(t, err, new(*types.InvalidParameterException), "of another operation")
	for _, bad := range []string{"", "x", "%", *token + "AAAA"} {
		_, err = page("app", &bad)
		assert.ErrorAs(t, err, new(*types.InvalidParameterException), bad)
	}
	other := newRepo(t)
	_, err = other.api.DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app"), NextToken: token})
	assert.ErrorAs(t, err, new(*types.InvalidParameterException), "of another registry")
}
