package ecrpublic_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// A policy lets others push; pulling needs none.
func ExampleClient_SetRepositoryPolicy() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1"); err != nil {
		log.Fatal(err)
	}
	client, repository := srv.Client(), aws.String("app")

	_, err := client.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: repository})
	fmt.Println("none at first:", ecrpublic.IsNotFound(err))

	if _, err := client.SetRepositoryPolicy(ctx, &ecrpublic.SetRepositoryPolicyInput{
		RepositoryName: repository,
		PolicyText: aws.String(`{"Version":"2012-10-17","Statement":[{"Sid":"push","Effect":"Allow",
			"Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"ecr-public:PutImage"}]}`),
	}); err != nil {
		log.Fatal(err)
	}
	out, err := client.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: repository})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("set:", strings.Contains(*out.PolicyText, "210987654321"))

	_, err = client.DeleteRepositoryPolicy(ctx, &ecrpublic.DeleteRepositoryPolicyInput{RepositoryName: repository})
	fmt.Println("removed:", err == nil)
	// Output:
	// none at first: true
	// set: true
	// removed: true
}

// A repository's gallery page is replaced as a whole: read it, change it and send
// all of it.
func ExampleClient_PutRepositoryCatalogData() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1"); err != nil {
		log.Fatal(err)
	}
	client, repository := srv.Client(), aws.String("app")

	page, err := client.GetRepositoryCatalogData(ctx, &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: repository})
	if err != nil {
		log.Fatal(err)
	}
	out, err := client.PutRepositoryCatalogData(ctx, &ecrpublic.PutRepositoryCatalogDataInput{
		RepositoryName: repository,
		CatalogData: &types.RepositoryCatalogDataInput{
			AboutText:        page.CatalogData.AboutText,
			UsageText:        page.CatalogData.UsageText,
			OperatingSystems: page.CatalogData.OperatingSystems,
			Architectures:    page.CatalogData.Architectures,
			Description:      aws.String("An app."),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*out.CatalogData.Description)
	// Output: An app.
}

func ExampleClient_PutRegistryCatalogData() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1"); err != nil { // the registry exists from the first repository on
		log.Fatal(err)
	}
	client := srv.Client()

	if _, err := client.PutRegistryCatalogData(ctx, &ecrpublic.PutRegistryCatalogDataInput{DisplayName: aws.String("Acme")}); err != nil {
		log.Fatal(err)
	}
	out, err := client.GetRegistryCatalogData(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*out.RegistryCatalogData.DisplayName)
	// Output: Acme
}

// A registry may have several aliases; addresses are built with the primary one.
func ExampleClient_DescribeRegistries() {
	srv := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1"); err != nil {
		log.Fatal(err)
	}

	out, err := srv.Client().DescribeRegistries(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, alias := range out.Registries[0].Aliases {
		if alias.PrimaryRegistryAlias {
			fmt.Println(*alias.Name, alias.Status)
		}
	}
	// Output: acme ACTIVE
}

func ExampleClient_TagResource() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	client := srv.Client()
	created, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	if err != nil {
		log.Fatal(err)
	}
	arn := created.Repository.RepositoryArn

	if _, err := client.TagResource(ctx, &ecrpublic.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{
		{Key: aws.String("team"), Value: aws.String("blue")},
		{Key: aws.String("stage"), Value: aws.String("beta")},
	}}); err != nil {
		log.Fatal(err)
	}
	if _, err := client.UntagResource(ctx, &ecrpublic.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"stage"}}); err != nil {
		log.Fatal(err)
	}
	out, err := client.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: arn})
	if err != nil {
		log.Fatal(err)
	}
	for _, tag := range out.Tags {
		fmt.Println(*tag.Key, *tag.Value)
	}
	// Output: team blue
}

// The token contains a user name and a password; package ecrpublic/login splits,
// caches and renews it.
func ExampleClient_GetAuthorizationToken() {
	srv := ecrpublictest.NewServer(ecrpublictest.WithClock(func() time.Time {
		return time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	}))
	defer srv.Close()

	out, err := srv.Client().GetAuthorizationToken(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	decoded, err := base64.StdEncoding.DecodeString(*out.AuthorizationData.AuthorizationToken)
	if err != nil {
		log.Fatal(err)
	}
	user, _, _ := strings.Cut(string(decoded), ":")
	fmt.Println(user, "until", out.AuthorizationData.ExpiresAt.Format(time.DateTime))
	// Output: AWS until 2026-05-01 20:00:00
}
