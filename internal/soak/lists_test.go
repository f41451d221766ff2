package soak

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

func ahead(o *paginators.Options) { o.Prefetch = 2 }

// list iterates over the images, reading ahead.
func (w *worker) list(ctx context.Context) error {
	input := &paginators.DescribeImagesInput{RepositoryName: &w.repository, PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(2)}}
	var got []string
	for image, err := range paginators.NewDescribeImagesPaginator(w.client, input, ahead).Items(ctx) {
		if err != nil {
			return err
		}
		got = append(got, aws.ToString(image.ImageDigest))
	}
	slices.Sort(got)
	return equal("images", w.digests(), got)
}

// listTags iterates over pages of tags.
func (w *worker) listTags(ctx context.Context) error {
	input := &paginators.DescribeImageTagsInput{RepositoryName: &w.repository, PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(1)}}
	var want, got []string
	for _, image := range w.images {
		want = append(want, image.tag)
	}
	for page, err := range paginators.NewDescribeImageTagsPaginator(w.client, input).Pages(ctx) {
		if err != nil {
			return err
		}
		for _, tag := range page.ImageTagDetails {
			got = append(got, aws.ToString(tag.ImageTag))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	return equal("tags", want, got)
}

// resume collects the images in several listings, each of which continues where the
// last one ended.
func (w *worker) resume(ctx context.Context) error {
	var got []string
	var token *string
	for {
		input := &paginators.DescribeImagesInput{
			RepositoryName:   &w.repository,
			PaginationConfig: &types.PaginatorConfig{MaxItems: aws.Int32(3), PageSize: aws.Int32(2), StartingToken: token},
		}
		out, err := paginators.NewDescribeImagesPaginator(w.client, input, ahead).Collect(ctx)
		if err != nil {
			return err
		}
		for _, image := range out.ImageDetails {
			got = append(got, aws.ToString(image.ImageDigest))
		}
		if token = out.NextToken; token == nil {
			break
		}
	}
	slices.Sort(got)
	return equal("images in pieces", w.digests(), got)
}

// registry calls the operations on the registry, which all workers share.
func (w *worker) registry(ctx context.Context) error {
	found := false
	input := &paginators.DescribeRepositoriesInput{PaginationConfig: &types.PaginatorConfig{PageSize: aws.Int32(10)}}
	for repository, err := range paginators.NewDescribeRepositoriesPaginator(w.client, input, ahead).Items(ctx) {
		if err != nil {
			return err
		}
		if found = aws.ToString(repository.RepositoryName) == w.repository; found {
			break // while pages are read ahead
		}
	}
	if !found {
		return errors.New("the repository is not listed")
	}
	registries, err := paginators.NewDescribeRegistriesPaginator(w.client, nil).Collect(ctx)
	if err != nil {
		return err
	}
	if len(registries.Registries) != 1 {
		return fmt.Errorf("%d registries", len(registries.Registries))
	}
	if _, err := w.client.PutRegistryCatalogData(ctx, &ecrpublic.PutRegistryCatalogDataInput{DisplayName: aws.String("Soak")}); err != nil {
		return err
	}
	catalog, err := w.client.GetRegistryCatalogData(ctx, nil)
	if err != nil {
		return err
	}
	if name := aws.ToString(catalog.RegistryCatalogData.DisplayName); name != "Soak" {
		return fmt.Errorf("the registry is called %q", name)
	}
	token, err := w.client.GetAuthorizationToken(ctx, nil)
	if err != nil {
		return err
	}
	if aws.ToString(token.AuthorizationData.AuthorizationToken) == "" {
		return errors.New("an empty token")
	}
	return nil
}

// cancel gives a call a few milliseconds. It succeeds or returns the context's error.
func (w *worker) cancel(ctx context.Context) error {
	short, stop := context.WithTimeout(ctx, time.Duration(1+w.random.IntN(20))*time.Millisecond)
	defer stop()
	_, err := w.client.DescribeImages(short, &ecrpublic.DescribeImagesInput{RepositoryName: &w.repository})
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}
