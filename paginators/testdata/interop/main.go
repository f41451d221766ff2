// Command interop runs one listing for .ci/pagination_boto3.py, which compares it
// with boto3 and the AWS CLI. It prints {"items": [...], "token": "..." or null}.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

func main() {
	log.SetFlags(0)
	url := flag.String("url", "", "the service's address")
	operation := flag.String("operation", "", "describe-images, describe-image-tags, describe-registries or describe-repositories")
	repository := flag.String("repository", "", "the repository of images and tags")
	maxItems := flag.Int("max-items", 0, "MaxItems; 0 is none")
	pageSize := flag.Int("page-size", 0, "PageSize; 0 is none")
	token := flag.String("starting-token", "", "StartingToken; empty is none")
	flag.Parse()

	client := ecrpublic.New(ecrpublic.Options{
		BaseEndpoint: url,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY")}, nil
		}),
	})
	config := &types.PaginatorConfig{MaxItems: size(*maxItems), PageSize: size(*pageSize)}
	if *token != "" {
		config.StartingToken = token
	}
	items, resume, err := list(client, *operation, repository, config)
	if err != nil {
		log.Fatal(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"items": items, "token": resume}); err != nil {
		log.Fatal(err)
	}
}

func size(n int) *int32 {
	if n == 0 {
		return nil
	}
	return aws.Int32(int32(n))
}

func list(client *ecrpublic.Client, operation string, repository *string, config *types.PaginatorConfig) ([]string, *string, error) {
	switch operation {
	case "describe-images":
		p := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: repository, PaginationConfig: config})
		return names(p, func(i types.ImageDetail) *string { return i.ImageDigest })
	case "describe-image-tags":
		p := paginators.NewDescribeImageTagsPaginator(client, &paginators.DescribeImageTagsInput{RepositoryName: repository, PaginationConfig: config})
		return names(p, func(i types.ImageTagDetail) *string { return i.ImageTag })
	case "describe-registries":
		p := paginators.NewDescribeRegistriesPaginator(client, &paginators.DescribeRegistriesInput{PaginationConfig: config})
		return names(p, func(i types.Registry) *string { return i.RegistryId })
	case "describe-repositories":
		p := paginators.NewDescribeRepositoriesPaginator(client, &paginators.DescribeRepositoriesInput{PaginationConfig: config})
		return names(p, func(i types.Repository) *string { return i.RepositoryName })
	}
	return nil, nil, fmt.Errorf("unknown operation %q", operation)
}

func names[Out, Item any](p *paginators.Paginator[Out, Item], name func(Item) *string) ([]string, *string, error) {
	all := []string{}
	for item, err := range p.Items(context.Background()) {
		if err != nil {
			return nil, nil, err
		}
		all = append(all, aws.ToString(name(item)))
	}
	return all, p.ResumeToken(), nil
}
