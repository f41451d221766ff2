package architecture

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

// typedDicts lists every TypedDict of boto3's type stubs for ecr-public, the Go
// type that stands for it, and its keys with their Python types.
func typedDicts() []typedDict {
	return []typedDict{
		{"AuthorizationDataTypeDef", types.AuthorizationData{}, []string{"authorizationToken: str", "expiresAt: datetime"}},
		{"BatchCheckLayerAvailabilityRequestRequestTypeDef", ecrpublic.BatchCheckLayerAvailabilityInput{}, []string{"repositoryName: str", "layerDigests: Sequence[str]", "registryId: str"}},
		{"BatchCheckLayerAvailabilityResponseTypeDef", ecrpublic.BatchCheckLayerAvailabilityOutput{}, []string{"layers: List[LayerTypeDef]", "failures: List[LayerFailureTypeDef]", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"BatchDeleteImageRequestRequestTypeDef", ecrpublic.BatchDeleteImageInput{}, []string{"repositoryName: str", "imageIds: Sequence[ImageIdentifierTypeDef]", "registryId: str"}},
		{"BatchDeleteImageResponseTypeDef", ecrpublic.BatchDeleteImageOutput{}, []string{"imageIds: List[ImageIdentifierTypeDef]", "failures: List[ImageFailureTypeDef]", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"CompleteLayerUploadRequestRequestTypeDef", ecrpublic.CompleteLayerUploadInput{}, []string{"repositoryName: str", "uploadId: str", "layerDigests: Sequence[str]", "registryId: str"}},
		{"CompleteLayerUploadResponseTypeDef", ecrpublic.CompleteLayerUploadOutput{}, []string{"registryId: str", "repositoryName: str", "uploadId: str", "layerDigest: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"CreateRepositoryRequestRequestTypeDef", ecrpublic.CreateRepositoryInput{}, []string{"repositoryName: str", "catalogData: RepositoryCatalogDataInputTypeDef", "tags: Sequence[TagTypeDef]"}},
		{"CreateRepositoryResponseTypeDef", ecrpublic.CreateRepositoryOutput{}, []string{"repository: RepositoryTypeDef", "catalogData: RepositoryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DeleteRepositoryPolicyRequestRequestTypeDef", ecrpublic.DeleteRepositoryPolicyInput{}, []string{"repositoryName: str", "registryId: str"}},
		{"DeleteRepositoryPolicyResponseTypeDef", ecrpublic.DeleteRepositoryPolicyOutput{}, []string{"registryId: str", "repositoryName: str", "policyText: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DeleteRepositoryRequestRequestTypeDef", ecrpublic.DeleteRepositoryInput{}, []string{"repositoryName: str", "registryId: str", "force: bool"}},
		{"DeleteRepositoryResponseTypeDef", ecrpublic.DeleteRepositoryOutput{}, []string{"repository: RepositoryTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DescribeImageTagsRequestDescribeImageTagsPaginateTypeDef", paginators.DescribeImageTagsInput{}, []string{"repositoryName: str", "registryId: str", "PaginationConfig: PaginatorConfigTypeDef"}},
		{"DescribeImageTagsRequestRequestTypeDef", ecrpublic.DescribeImageTagsInput{}, []string{"repositoryName: str", "registryId: str", "nextToken: str", "maxResults: int"}},
		{"DescribeImageTagsResponseTypeDef", ecrpublic.DescribeImageTagsOutput{}, []string{"imageTagDetails: List[ImageTagDetailTypeDef]", "nextToken: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DescribeImagesRequestDescribeImagesPaginateTypeDef", paginators.DescribeImagesInput{}, []string{"repositoryName: str", "registryId: str", "imageIds: Sequence[ImageIdentifierTypeDef]", "PaginationConfig: PaginatorConfigTypeDef"}},
		{"DescribeImagesRequestRequestTypeDef", ecrpublic.DescribeImagesInput{}, []string{"repositoryName: str", "registryId: str", "imageIds: Sequence[ImageIdentifierTypeDef]", "nextToken: str", "maxResults: int"}},
		{"DescribeImagesResponseTypeDef", ecrpublic.DescribeImagesOutput{}, []string{"imageDetails: List[ImageDetailTypeDef]", "nextToken: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DescribeRegistriesRequestDescribeRegistriesPaginateTypeDef", paginators.DescribeRegistriesInput{}, []string{"PaginationConfig: PaginatorConfigTypeDef"}},
		{"DescribeRegistriesRequestRequestTypeDef", ecrpublic.DescribeRegistriesInput{}, []string{"nextToken: str", "maxResults: int"}},
		{"DescribeRegistriesResponseTypeDef", ecrpublic.DescribeRegistriesOutput{}, []string{"registries: List[RegistryTypeDef]", "nextToken: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DescribeRepositoriesRequestDescribeRepositoriesPaginateTypeDef", paginators.DescribeRepositoriesInput{}, []string{"registryId: str", "repositoryNames: Sequence[str]", "PaginationConfig: PaginatorConfigTypeDef"}},
		{"DescribeRepositoriesRequestRequestTypeDef", ecrpublic.DescribeRepositoriesInput{}, []string{"registryId: str", "repositoryNames: Sequence[str]", "nextToken: str", "maxResults: int"}},
		{"DescribeRepositoriesResponseTypeDef", ecrpublic.DescribeRepositoriesOutput{}, []string{"repositories: List[RepositoryTypeDef]", "nextToken: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"GetAuthorizationTokenResponseTypeDef", ecrpublic.GetAuthorizationTokenOutput{}, []string{"authorizationData: AuthorizationDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"GetRegistryCatalogDataResponseTypeDef", ecrpublic.GetRegistryCatalogDataOutput{}, []string{"registryCatalogData: RegistryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"GetRepositoryCatalogDataRequestRequestTypeDef", ecrpublic.GetRepositoryCatalogDataInput{}, []string{"repositoryName: str", "registryId: str"}},
		{"GetRepositoryCatalogDataResponseTypeDef", ecrpublic.GetRepositoryCatalogDataOutput{}, []string{"catalogData: RepositoryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"GetRepositoryPolicyRequestRequestTypeDef", ecrpublic.GetRepositoryPolicyInput{}, []string{"repositoryName: str", "registryId: str"}},
		{"GetRepositoryPolicyResponseTypeDef", ecrpublic.GetRepositoryPolicyOutput{}, []string{"registryId: str", "repositoryName: str", "policyText: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"ImageDetailTypeDef", types.ImageDetail{}, []string{"registryId: str", "repositoryName: str", "imageDigest: str", "imageTags: List[str]", "imageSizeInBytes: int", "imagePushedAt: datetime", "imageManifestMediaType: str", "artifactMediaType: str"}},
		{"ImageFailureTypeDef", types.ImageFailure{}, []string{"imageId: ImageIdentifierTypeDef", "failureCode: ImageFailureCodeType", "failureReason: str"}},
		{"ImageIdentifierTypeDef", types.ImageIdentifier{}, []string{"imageDigest: str", "imageTag: str"}},
		{"ImageTagDetailTypeDef", types.ImageTagDetail{}, []string{"imageTag: str", "createdAt: datetime", "imageDetail: ReferencedImageDetailTypeDef"}},
		{"ImageTypeDef", types.Image{}, []string{"registryId: str", "repositoryName: str", "imageId: ImageIdentifierTypeDef", "imageManifest: str", "imageManifestMediaType: str"}},
		{"InitiateLayerUploadRequestRequestTypeDef", ecrpublic.InitiateLayerUploadInput{}, []string{"repositoryName: str", "registryId: str"}},
		{"InitiateLayerUploadResponseTypeDef", ecrpublic.InitiateLayerUploadOutput{}, []string{"uploadId: str", "partSize: int", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"LayerFailureTypeDef", types.LayerFailure{}, []string{"layerDigest: str", "failureCode: LayerFailureCodeType", "failureReason: str"}},
		{"LayerTypeDef", types.Layer{}, []string{"layerDigest: str", "layerAvailability: LayerAvailabilityType", "layerSize: int", "mediaType: str"}},
		{"ListTagsForResourceRequestRequestTypeDef", ecrpublic.ListTagsForResourceInput{}, []string{"resourceArn: str"}},
		{"ListTagsForResourceResponseTypeDef", ecrpublic.ListTagsForResourceOutput{}, []string{"tags: List[TagTypeDef]", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"PaginatorConfigTypeDef", types.PaginatorConfig{}, []string{"MaxItems: int", "PageSize: int", "StartingToken: str"}},
		{"PutImageRequestRequestTypeDef", ecrpublic.PutImageInput{}, []string{"repositoryName: str", "imageManifest: str", "registryId: str", "imageManifestMediaType: str", "imageTag: str", "imageDigest: str"}},
		{"PutImageResponseTypeDef", ecrpublic.PutImageOutput{}, []string{"image: ImageTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"PutRegistryCatalogDataRequestRequestTypeDef", ecrpublic.PutRegistryCatalogDataInput{}, []string{"displayName: str"}},
		{"PutRegistryCatalogDataResponseTypeDef", ecrpublic.PutRegistryCatalogDataOutput{}, []string{"registryCatalogData: RegistryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"PutRepositoryCatalogDataRequestRequestTypeDef", ecrpublic.PutRepositoryCatalogDataInput{}, []string{"repositoryName: str", "catalogData: RepositoryCatalogDataInputTypeDef", "registryId: str"}},
		{"PutRepositoryCatalogDataResponseTypeDef", ecrpublic.PutRepositoryCatalogDataOutput{}, []string{"catalogData: RepositoryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"ReferencedImageDetailTypeDef", types.ReferencedImageDetail{}, []string{"imageDigest: str", "imageSizeInBytes: int", "imagePushedAt: datetime", "imageManifestMediaType: str", "artifactMediaType: str"}},
		{"RegistryAliasTypeDef", types.RegistryAlias{}, []string{"name: str", "status: RegistryAliasStatusType", "primaryRegistryAlias: bool", "defaultRegistryAlias: bool"}},
		{"RegistryCatalogDataTypeDef", types.RegistryCatalogData{}, []string{"displayName: str"}},
		{"RegistryTypeDef", types.Registry{}, []string{"registryId: str", "registryArn: str", "registryUri: str", "verified: bool", "aliases: List[RegistryAliasTypeDef]"}},
		{"RepositoryCatalogDataInputTypeDef", types.RepositoryCatalogDataInput{}, []string{"description: str", "architectures: Sequence[str]", "operatingSystems: Sequence[str]", "logoImageBlob: Union[bytes, IO[bytes], StreamingBody]", "aboutText: str", "usageText: str"}},
		{"RepositoryCatalogDataTypeDef", types.RepositoryCatalogData{}, []string{"description: str", "architectures: List[str]", "operatingSystems: List[str]", "logoUrl: str", "aboutText: str", "usageText: str", "marketplaceCertified: bool"}},
		{"RepositoryTypeDef", types.Repository{}, []string{"repositoryArn: str", "registryId: str", "repositoryName: str", "repositoryUri: str", "createdAt: datetime"}},
		{"ResponseMetadataTypeDef", types.ResponseMetadata{}, []string{"RequestId: str", "HostId: str", "HTTPStatusCode: int", "HTTPHeaders: Dict[str, str]", "RetryAttempts: int"}},
		{"SetRepositoryPolicyRequestRequestTypeDef", ecrpublic.SetRepositoryPolicyInput{}, []string{"repositoryName: str", "policyText: str", "registryId: str", "force: bool"}},
		{"SetRepositoryPolicyResponseTypeDef", ecrpublic.SetRepositoryPolicyOutput{}, []string{"registryId: str", "repositoryName: str", "policyText: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"TagResourceRequestRequestTypeDef", ecrpublic.TagResourceInput{}, []string{"resourceArn: str", "tags: Sequence[TagTypeDef]"}},
		{"TagTypeDef", types.Tag{}, []string{"Key: str", "Value: str"}},
		{"UntagResourceRequestRequestTypeDef", ecrpublic.UntagResourceInput{}, []string{"resourceArn: str", "tagKeys: Sequence[str]"}},
		{"UploadLayerPartRequestRequestTypeDef", ecrpublic.UploadLayerPartInput{}, []string{"repositoryName: str", "uploadId: str", "partFirstByte: int", "partLastByte: int", "layerPartBlob: Union[bytes, IO[bytes], StreamingBody]", "registryId: str"}},
		{"UploadLayerPartResponseTypeDef", ecrpublic.UploadLayerPartOutput{}, []string{"registryId: str", "repositoryName: str", "uploadId: str", "lastByteReceived: int", "ResponseMetadata: ResponseMetadataTypeDef"}},
	}
}

type typedDict struct {
	name   string
	goType any
	keys   []string // "name: type"
}

func TestEveryTypedDictHasAGoType(t *testing.T) {
	t.Parallel()
	dicts := typedDicts()
	require.Len(t, dicts, 64)
	for _, d := range dicts {
		goType := reflect.TypeOf(d.goType)
		for _, key := range d.keys {
			name, python, _ := strings.Cut(key, ": ")
			field, ok := goType.FieldByName(strings.ToUpper(name[:1]) + name[1:])
			if assert.True(t, ok, "%s: %s has no field for %s", d.name, goType, name) {
				assert.True(t, stands(field.Type, python), "%s.%s: %s cannot stand for %s", d.name, name, field.Type, python)
			}
		}
	}
}

// stands tells whether a Go type can hold what a Python type says.
func stands(goType reflect.Type, python string) bool {
	for _, list := range []string{"List[", "Sequence["} {
		if element, ok := strings.CutPrefix(python, list); ok {
			return goType.Kind() == reflect.Slice && standsElement(goType.Elem(), strings.TrimSuffix(element, "]"))
		}
	}
	switch {
	case python == "Dict[str, str]":
		return goType.Kind() == reflect.Map
	case strings.HasPrefix(python, "Union[bytes"):
		return goType == reflect.TypeFor[[]byte]()
	case goType.Kind() == reflect.Pointer:
		goType = goType.Elem()
	}
	return standsElement(goType, python)
}

func standsElement(goType reflect.Type, python string) bool {
	switch {
	case python == "str":
		return goType.Kind() == reflect.String
	case python == "int":
		return goType.Kind() >= reflect.Int && goType.Kind() <= reflect.Int64
	case python == "bool":
		return goType.Kind() == reflect.Bool
	case python == "datetime":
		return goType == reflect.TypeFor[time.Time]()
	case strings.HasSuffix(python, "TypeDef"):
		return goType.Name() == strings.TrimSuffix(python, "TypeDef")
	case strings.HasSuffix(python, "Type"): // a literal: one of our enums
		return goType.Kind() == reflect.String && goType.Name() == strings.TrimSuffix(python, "Type")
	}
	return false
}
