package ecrpublic_test

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func ExampleClient_CreateRepository() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	client := srv.Client()

	out, err := client.CreateRepository(context.Background(), &ecrpublic.CreateRepositoryInput{
		RepositoryName: aws.String("team/app"),
		CatalogData: &types.RepositoryCatalogDataInput{
			Description:      aws.String("An app."),
			OperatingSystems: []string{"Linux"},
			Architectures:    []string{"x86-64", "ARM 64"},
		},
		Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*out.Repository.RepositoryArn)
	fmt.Println(*out.CatalogData.Description, out.CatalogData.Architectures)
	// Output:
	// arn:aws:ecr-public::123456789012:repository/team/app
	// An app. [x86-64 ARM 64]
}

// If a named repository is missing, the whole call fails.
func ExampleClient_DescribeRepositories() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1"); err != nil {
		log.Fatal(err)
	}
	client := srv.Client()

	out, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"app"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*out.Repositories[0].RepositoryUri)

	_, err = client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{"app", "web"}})
	fmt.Println("not found:", ecrpublic.IsNotFound(err))
	// Output:
	// public.ecr.aws/acme/app
	// not found: true
}

// A repository with images is deleted only with Force.
func ExampleClient_DeleteRepository() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1"); err != nil {
		log.Fatal(err)
	}
	client := srv.Client()

	for _, force := range []bool{false, true} {
		_, err := client.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String("app"), Force: force})
		fmt.Println(err == nil)
	}
	// Output:
	// false
	// true
}
