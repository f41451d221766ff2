package ecrpublic

import "context"

// API is the interface of all operations, for code that accepts a client or a mock;
// [Client] implements it, and so does the mock in package ecrpublictest. It gains a
// method with every new operation of the service, so code that needs only a few
// methods should define its own interface.
type API interface {
	BatchCheckLayerAvailability(context.Context, *BatchCheckLayerAvailabilityInput, ...func(*Options)) (*BatchCheckLayerAvailabilityOutput, error)
	BatchDeleteImage(context.Context, *BatchDeleteImageInput, ...func(*Options)) (*BatchDeleteImageOutput, error)
	CompleteLayerUpload(context.Context, *CompleteLayerUploadInput, ...func(*Options)) (*CompleteLayerUploadOutput, error)
	CreateRepository(context.Context, *CreateRepositoryInput, ...func(*Options)) (*CreateRepositoryOutput, error)
	DeleteRepository(context.Context, *DeleteRepositoryInput, ...func(*Options)) (*DeleteRepositoryOutput, error)
	DeleteRepositoryPolicy(context.Context, *DeleteRepositoryPolicyInput, ...func(*Options)) (*DeleteRepositoryPolicyOutput, error)
	DescribeImageTags(context.Context, *DescribeImageTagsInput, ...func(*Options)) (*DescribeImageTagsOutput, error)
	DescribeImages(context.Context, *DescribeImagesInput, ...func(*Options)) (*DescribeImagesOutput, error)
	DescribeRegistries(context.Context, *DescribeRegistriesInput, ...func(*Options)) (*DescribeRegistriesOutput, error)
	DescribeRepositories(context.Context, *DescribeRepositoriesInput, ...func(*Options)) (*DescribeRepositoriesOutput, error)
	GetAuthorizationToken(context.Context, *GetAuthorizationTokenInput, ...func(*Options)) (*GetAuthorizationTokenOutput, error)
	GetRegistryCatalogData(context.Context, *GetRegistryCatalogDataInput, ...func(*Options)) (*GetRegistryCatalogDataOutput, error)
	GetRepositoryCatalogData(context.Context, *GetRepositoryCatalogDataInput, ...func(*Options)) (*GetRepositoryCatalogDataOutput, error)
	GetRepositoryPolicy(context.Context, *GetRepositoryPolicyInput, ...func(*Options)) (*GetRepositoryPolicyOutput, error)
	InitiateLayerUpload(context.Context, *InitiateLayerUploadInput, ...func(*Options)) (*InitiateLayerUploadOutput, error)
	ListTagsForResource(context.Context, *ListTagsForResourceInput, ...func(*Options)) (*ListTagsForResourceOutput, error)
	PutImage(context.Context, *PutImageInput, ...func(*Options)) (*PutImageOutput, error)
	PutRegistryCatalogData(context.Context, *PutRegistryCatalogDataInput, ...func(*Options)) (*PutRegistryCatalogDataOutput, error)
	PutRepositoryCatalogData(context.Context, *PutRepositoryCatalogDataInput, ...func(*Options)) (*PutRepositoryCatalogDataOutput, error)
	SetRepositoryPolicy(context.Context, *SetRepositoryPolicyInput, ...func(*Options)) (*SetRepositoryPolicyOutput, error)
	TagResource(context.Context, *TagResourceInput, ...func(*Options)) (*TagResourceOutput, error)
	UntagResource(context.Context, *UntagResourceInput, ...func(*Options)) (*UntagResourceOutput, error)
	UploadLayerPart(context.Context, *UploadLayerPartInput, ...func(*Options)) (*UploadLayerPartOutput, error)
}

var _ API = (*Client)(nil)
