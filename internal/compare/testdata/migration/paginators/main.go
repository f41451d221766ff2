// Command paginators lists a registry page by page, with each of the client's
// paginators.
package main

import (
	"context"
	"fmt"
	"iter"
	"log"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types"
)

// pager is what all paginators have in common.
type pager[T any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*ecrpublic.Options)) (*T, error)
}

func pages[T any](ctx context.Context, p pager[T]) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for p.HasMorePages() {
			page, err := p.NextPage(ctx)
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	client := ecrpublic.NewFromConfig(cfg)
	repositories(ctx, client)
	images(ctx, client)
	tags(ctx, client)
	registries(ctx, client)
	stuck(ctx)
	failing(ctx, client)
}

func repositories(ctx context.Context, client ecrpublic.DescribeRepositoriesAPIClient) {
	in := &ecrpublic.DescribeRepositoriesInput{MaxResults: aws.Int32(100)}
	p := ecrpublic.NewDescribeRepositoriesPaginator(client, in, func(o *ecrpublic.DescribeRepositoriesPaginatorOptions) { o.Limit = 2 })
	var names []string
	for page, err := range pages(ctx, p) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("page of", len(page.Repositories), "repositories, more:", page.NextToken != nil)
		for _, r := range page.Repositories {
			names = append(names, aws.ToString(r.RepositoryName))
		}
	}
	slices.Sort(names)
	fmt.Println(names, "input unchanged:", *in.MaxResults, in.NextToken == nil)
	_, err := p.NextPage(ctx)
	fmt.Println("after the end:", err)
}

func images(ctx context.Context, client *ecrpublic.Client) {
	p := ecrpublic.NewDescribeImagesPaginator(client, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app"), MaxResults: aws.Int32(3)})
	var found []types.ImageDetail
	sizes := []int{}
	for p.HasMorePages() {
		page, err := p.NextPage(ctx, func(o *ecrpublic.Options) { o.AppID = "lister" })
		if err != nil {
			log.Fatal(err)
		}
		found = append(found, page.ImageDetails...)
		sizes = append(sizes, len(page.ImageDetails))
	}
	var all []string
	for _, image := range found {
		all = append(all, image.ImageTags...)
	}
	slices.Sort(all)
	fmt.Println("images by pages of", sizes, "tagged", all)
}

func tags(ctx context.Context, client *ecrpublic.Client) {
	var all []string
	for page, err := range pages(ctx, ecrpublic.NewDescribeImageTagsPaginator(client, &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("app")})) {
		if err != nil {
			log.Fatal(err)
		}
		for _, tag := range page.ImageTagDetails {
			all = append(all, fmt.Sprint(*tag.ImageTag, " ", len(*tag.ImageDetail.ImageDigest)))
		}
	}
	slices.Sort(all)
	fmt.Println(all)
}

func registries(ctx context.Context, client *ecrpublic.Client) {
	for page, err := range pages(ctx, ecrpublic.NewDescribeRegistriesPaginator(client, nil)) {
		if err != nil {
			log.Fatal(err)
		}
		for _, r := range page.Registries {
			fmt.Println(*r.RegistryId, *r.RegistryArn, r.Aliases[0].Status == types.RegistryAliasStatusActive)
		}
	}
}

// loop is a service that gives out the same token for ever.
type loop struct{ calls int }

func (l *loop) DescribeImageTags(context.Context, *ecrpublic.DescribeImageTagsInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeImageTagsOutput, error) {
	l.calls++
	return &ecrpublic.DescribeImageTagsOutput{NextToken: aws.String("again")}, nil
}

func stuck(ctx context.Context) {
	var l loop
	p := ecrpublic.NewDescribeImageTagsPaginator(&l, &ecrpublic.DescribeImageTagsInput{}, func(o *ecrpublic.DescribeImageTagsPaginatorOptions) {
		o.StopOnDuplicateToken = true
	})
	for p.HasMorePages() {
		if _, err := p.NextPage(ctx); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println("stopped after", l.calls, "calls")
}

func failing(ctx context.Context, client *ecrpublic.Client) {
	for _, err := range pages(ctx, ecrpublic.NewDescribeImagesPaginator(client, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("nobodys")})) {
		fmt.Println("failed:", err != nil)
	}
}
