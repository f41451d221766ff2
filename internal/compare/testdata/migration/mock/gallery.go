// Package gallery publishes a project in the public gallery. Its test uses a
// fake client.
package gallery

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types"
)

// registry lists the methods that publish calls.
type registry interface {
	DescribeRepositories(context.Context, *ecrpublic.DescribeRepositoriesInput, ...func(*ecrpublic.Options)) (*ecrpublic.DescribeRepositoriesOutput, error)
	CreateRepository(context.Context, *ecrpublic.CreateRepositoryInput, ...func(*ecrpublic.Options)) (*ecrpublic.CreateRepositoryOutput, error)
	PutRepositoryCatalogData(context.Context, *ecrpublic.PutRepositoryCatalogDataInput, ...func(*ecrpublic.Options)) (*ecrpublic.PutRepositoryCatalogDataOutput, error)
}

var _ registry = (*ecrpublic.Client)(nil)

// publish ensures that a repository exists and has a description.
func publish(ctx context.Context, api registry, name, description string) (uri string, err error) {
	page := &types.RepositoryCatalogDataInput{
		Description:      aws.String(description),
		Architectures:    []string{"x86-64", "ARM 64"},
		OperatingSystems: []string{"Linux"},
	}
	found, err := api.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{name}})
	var missing *types.RepositoryNotFoundException
	if errors.As(err, &missing) {
		created, err := api.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{
			RepositoryName: aws.String(name),
			CatalogData:    page,
			Tags:           []types.Tag{{Key: aws.String("made-by"), Value: aws.String("publish")}},
		})
		if err != nil {
			return "", fmt.Errorf("create %s: %w", name, err)
		}
		return aws.ToString(created.Repository.RepositoryUri), nil
	}
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", name, err)
	}
	_, err = api.PutRepositoryCatalogData(ctx, &ecrpublic.PutRepositoryCatalogDataInput{
		RepositoryName: aws.String(name),
		CatalogData:    page,
	}, func(o *ecrpublic.Options) { o.RetryMaxAttempts = 7 })
	if err != nil {
		return "", fmt.Errorf("describe %s: %w", name, err)
	}
	return aws.ToString(found.Repositories[0].RepositoryUri), nil
}
