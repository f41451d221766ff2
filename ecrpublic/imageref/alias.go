package imageref

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// ErrNoAlias is returned, wrapped, by [Alias] if the account has no public
// registry or the registry has no primary alias.
var ErrNoAlias = errors.New("no primary alias; an account gets one with its first public repository")

// Alias returns the primary alias of the caller's own registry, which is the
// one in repositoryUri. A registry may have other aliases.
func Alias(ctx context.Context, client ecrpublic.DescribeRegistriesAPIClient) (string, error) {
	pages := ecrpublic.NewDescribeRegistriesPaginator(client, nil, func(o *ecrpublic.DescribeRegistriesPaginatorOptions) {
		o.StopOnDuplicateToken = true
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("find the registry alias: %w", err)
		}
		if alias := primaryAlias(page.Registries); alias != "" {
			return alias, nil
		}
	}
	return "", fmt.Errorf("find the registry alias: %w", ErrNoAlias)
}

func primaryAlias(registries []types.Registry) string {
	for _, registry := range registries {
		for _, alias := range registry.Aliases {
			if alias.PrimaryRegistryAlias {
				return aws.ToString(alias.Name)
			}
		}
	}
	return ""
}
