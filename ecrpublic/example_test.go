package ecrpublic_test

import (
	"context"
	"fmt"
	"log"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// A program gets cfg from config.LoadDefaultConfig of aws-sdk-go-v2 and needs
// no region: the service exists only in us-east-1, and the client calls it
// there. Here, as in all examples, an emulator replaces the service.
func Example() {
	srv := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	defer srv.Close()
	cfg := srv.Config()

	client := ecrpublic.NewFromConfig(cfg)
	out, err := client.CreateRepository(context.Background(), &ecrpublic.CreateRepositoryInput{
		RepositoryName: aws.String("team/app"),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("docker pull", *out.Repository.RepositoryUri)
	// Output: docker pull public.ecr.aws/acme/team/app
}

// The client uses the settings of the program's environment; a function sets what
// package config does not.
func ExampleNewFromConfig() {
	cfg := aws.Config{RetryMaxAttempts: 5, AppID: "nightly-job"} // in a program: config.LoadDefaultConfig(ctx)

	client := ecrpublic.NewFromConfig(cfg, func(o *ecrpublic.Options) {
		o.EndpointOptions.UseDualStackEndpoint = aws.DualStackEndpointStateEnabled
	})
	o := client.Options()
	fmt.Println(o.AppID, o.RetryMaxAttempts, o.EndpointOptions.UseDualStackEndpoint == aws.DualStackEndpointStateEnabled)
	// Output: nightly-job 5 true
}

// Every output describes its HTTP exchange, as in boto3.
func ExampleClient_responseMetadata() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()

	out, err := srv.Client().DescribeRegistries(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	m := out.ResponseMetadata
	fmt.Println(m.HTTPStatusCode, m.RetryAttempts, len(m.RequestId))
	// Output: 200 0 36
}

// appsOf stands for code under test: it requires only the two methods that it
// uses.
func appsOf(ctx context.Context, client interface {
	ecrpublic.DescribeRepositoriesAPIClient
	ecrpublic.DescribeImagesAPIClient
}) (images int, err error) {
	repositories, err := client.DescribeRepositories(ctx, nil)
	if err != nil {
		return 0, err
	}
	for _, r := range repositories.Repositories {
		out, err := client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: r.RepositoryName})
		if err != nil {
			return 0, err
		}
		images += len(out.ImageDetails)
	}
	return images, nil
}

// Code that accepts an interface runs with the client, the emulator or a
// mock. API has all methods; an interface with only the methods used is
// easier to mock.
func ExampleAPI() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	for _, name := range []string{"web", "worker"} {
		if _, err := srv.AddImage(name, "v1"); err != nil {
			log.Fatal(err)
		}
	}
	var client ecrpublic.API = srv.Client()
	fmt.Println(appsOf(context.Background(), client))
	// Output: 2 <nil>
}
