package paginators

import (
	"cmp"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// DescribeImagesInput selects the images of a repository to list.
type DescribeImagesInput struct {
	// RegistryId is the twelve-digit account; nil means the caller's own.
	RegistryId *string

	// RepositoryName is the repository, without the alias. Required.
	RepositoryName *string

	// ImageIds selects 1 to 100 images; PageSize and StartingToken must then be
	// nil. Nil lists all images.
	ImageIds []types.ImageIdentifier

	// PaginationConfig bounds and resumes the listing; nil lists everything.
	PaginationConfig *types.PaginatorConfig
}

// DescribeImagesPaginator lists the images of a repository.
type DescribeImagesPaginator = Paginator[ecrpublic.DescribeImagesOutput, types.ImageDetail]

// NewDescribeImagesPaginator returns a paginator. It copies params; nil means
// an empty input.
func NewDescribeImagesPaginator(client ecrpublic.DescribeImagesAPIClient, params *DescribeImagesInput, optFns ...func(*Options)) *DescribeImagesPaginator {
	in := *cmp.Or(params, &DescribeImagesInput{})
	return newPaginator(in.PaginationConfig, optFns,
		func(token *string, size *int32) pager[ecrpublic.DescribeImagesOutput] {
			return ecrpublic.NewDescribeImagesPaginator(client, &ecrpublic.DescribeImagesInput{
				RegistryId: in.RegistryId, RepositoryName: in.RepositoryName, ImageIds: in.ImageIds, NextToken: token, MaxResults: size,
			})
		},
		func(out *ecrpublic.DescribeImagesOutput) (*[]types.ImageDetail, **string) {
			return &out.ImageDetails, &out.NextToken
		})
}

// DescribeImageTagsInput names the repository whose tags to list.
type DescribeImageTagsInput struct {
	// RegistryId is the twelve-digit account; nil means the caller's own.
	RegistryId *string

	// RepositoryName is the repository, without the alias. Required.
	RepositoryName *string

	// PaginationConfig bounds and resumes the listing; nil lists everything.
	PaginationConfig *types.PaginatorConfig
}

// DescribeImageTagsPaginator lists the tags of a repository.
type DescribeImageTagsPaginator = Paginator[ecrpublic.DescribeImageTagsOutput, types.ImageTagDetail]

// NewDescribeImageTagsPaginator returns a paginator. It copies params; nil
// means an empty input.
func NewDescribeImageTagsPaginator(client ecrpublic.DescribeImageTagsAPIClient, params *DescribeImageTagsInput, optFns ...func(*Options)) *DescribeImageTagsPaginator {
	in := *cmp.Or(params, &DescribeImageTagsInput{})
	return newPaginator(in.PaginationConfig, optFns,
		func(token *string, size *int32) pager[ecrpublic.DescribeImageTagsOutput] {
			return ecrpublic.NewDescribeImageTagsPaginator(client, &ecrpublic.DescribeImageTagsInput{
				RegistryId: in.RegistryId, RepositoryName: in.RepositoryName, NextToken: token, MaxResults: size,
			})
		},
		func(out *ecrpublic.DescribeImageTagsOutput) (*[]types.ImageTagDetail, **string) {
			return &out.ImageTagDetails, &out.NextToken
		})
}

// DescribeRegistriesInput configures a listing of the caller's registries.
type DescribeRegistriesInput struct {
	// PaginationConfig bounds and resumes the listing; nil lists everything.
	PaginationConfig *types.PaginatorConfig
}

// DescribeRegistriesPaginator lists the registries of the caller.
type DescribeRegistriesPaginator = Paginator[ecrpublic.DescribeRegistriesOutput, types.Registry]

// NewDescribeRegistriesPaginator returns a paginator. It copies params; nil
// means an empty input.
func NewDescribeRegistriesPaginator(client ecrpublic.DescribeRegistriesAPIClient, params *DescribeRegistriesInput, optFns ...func(*Options)) *DescribeRegistriesPaginator {
	in := *cmp.Or(params, &DescribeRegistriesInput{})
	return newPaginator(in.PaginationConfig, optFns,
		func(token *string, size *int32) pager[ecrpublic.DescribeRegistriesOutput] {
			return ecrpublic.NewDescribeRegistriesPaginator(client, &ecrpublic.DescribeRegistriesInput{
				NextToken: token, MaxResults: size,
			})
		},
		func(out *ecrpublic.DescribeRegistriesOutput) (*[]types.Registry, **string) {
			return &out.Registries, &out.NextToken
		})
}

// DescribeRepositoriesInput selects the repositories of a registry to list.
type DescribeRepositoriesInput struct {
	// RegistryId is the twelve-digit account; nil means the caller's own.
	RegistryId *string

	// RepositoryNames selects 1 to 100 repositories; PageSize and StartingToken
	// must then be nil. Nil lists all repositories.
	RepositoryNames []string

	// PaginationConfig bounds and resumes the listing; nil lists everything.
	PaginationConfig *types.PaginatorConfig
}

// DescribeRepositoriesPaginator lists the repositories of a registry.
type DescribeRepositoriesPaginator = Paginator[ecrpublic.DescribeRepositoriesOutput, types.Repository]

// NewDescribeRepositoriesPaginator returns a paginator. It copies params; nil
// means an empty input.
func NewDescribeRepositoriesPaginator(client ecrpublic.DescribeRepositoriesAPIClient, params *DescribeRepositoriesInput, optFns ...func(*Options)) *DescribeRepositoriesPaginator {
	in := *cmp.Or(params, &DescribeRepositoriesInput{})
	return newPaginator(in.PaginationConfig, optFns,
		func(token *string, size *int32) pager[ecrpublic.DescribeRepositoriesOutput] {
			return ecrpublic.NewDescribeRepositoriesPaginator(client, &ecrpublic.DescribeRepositoriesInput{
				RegistryId: in.RegistryId, RepositoryNames: in.RepositoryNames, NextToken: token, MaxResults: size,
			})
		},
		func(out *ecrpublic.DescribeRepositoriesOutput) (*[]types.Repository, **string) {
			return &out.Repositories, &out.NextToken
		})
}
