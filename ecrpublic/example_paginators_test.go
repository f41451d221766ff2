package ecrpublic_test

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// filled starts an emulator with two repositories, the first with three
// images.
func filled() *ecrpublictest.Server {
	srv := ecrpublictest.NewServer()
	for repository, tags := range map[string][]string{"app": {"v1", "v2", "v3"}, "web": {"v1"}} {
		for _, tag := range tags {
			if _, err := srv.AddImage(repository, tag); err != nil {
				log.Fatal(err)
			}
		}
	}
	return srv
}

// The official paginators work as they do in aws-sdk-go-v2. Package paginators has
// iterators, limits and resume tokens.
func ExampleDescribeImagesPaginator() {
	srv := filled()
	defer srv.Close()

	p := ecrpublic.NewDescribeImagesPaginator(srv.Client(), &ecrpublic.DescribeImagesInput{
		RepositoryName: aws.String("app"),
	}, func(o *ecrpublic.DescribeImagesPaginatorOptions) { o.Limit = 2 })
	for p.HasMorePages() {
		page, err := p.NextPage(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("a page of", len(page.ImageDetails))
	}
	// Output:
	// a page of 2
	// a page of 1
}

func ExampleDescribeImageTagsPaginator() {
	srv := filled()
	defer srv.Close()

	p := ecrpublic.NewDescribeImageTagsPaginator(srv.Client(), &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("app")})
	for p.HasMorePages() {
		page, err := p.NextPage(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		for _, tag := range page.ImageTagDetails {
			fmt.Println(*tag.ImageTag)
		}
	}
	// Unordered output:
	// v1
	// v2
	// v3
}

func ExampleDescribeRepositoriesPaginator() {
	srv := filled()
	defer srv.Close()

	p := ecrpublic.NewDescribeRepositoriesPaginator(srv.Client(), nil)
	for p.HasMorePages() {
		page, err := p.NextPage(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		for _, repository := range page.Repositories {
			fmt.Println(*repository.RepositoryName)
		}
	}
	// Unordered output:
	// app
	// web
}

func ExampleDescribeRegistriesPaginator() {
	srv := filled()
	defer srv.Close()

	p := ecrpublic.NewDescribeRegistriesPaginator(srv.Client(), nil)
	for p.HasMorePages() {
		page, err := p.NextPage(context.Background())
		if err != nil {
			log.Fatal(err)
		}
		for _, registry := range page.Registries {
			fmt.Println(*registry.RegistryArn)
		}
	}
	// Output: arn:aws:ecr-public::123456789012:registry/123456789012
}
