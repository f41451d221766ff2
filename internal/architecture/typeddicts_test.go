package architecture

import (
	"reflect"
	"slices"
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
// type that stands for it, and its keys with their Python types and marks.
func typedDicts() []typedDict {
	return []typedDict{
		{"AuthorizationDataTypeDef", types.AuthorizationData{}, []string{"authorizationToken: NotRequired[str]", "expiresAt: NotRequired[datetime]"}},
		{"BatchCheckLayerAvailabilityRequestRequestTypeDef", ecrpublic.BatchCheckLayerAvailabilityInput{}, []string{"repositoryName: str", "layerDigests: Sequence[str]", "registryId: NotRequired[str]"}},
		{"BatchCheckLayerAvailabilityResponseTypeDef", ecrpublic.BatchCheckLayerAvailabilityOutput{}, []string{"layers: List[LayerTypeDef]", "failures: List[LayerFailureTypeDef]", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"BatchDeleteImageRequestRequestTypeDef", ecrpublic.BatchDeleteImageInput{}, []string{"repositoryName: str", "imageIds: Sequence[ImageIdentifierTypeDef]", "registryId: NotRequired[str]"}},
		{"BatchDeleteImageResponseTypeDef", ecrpublic.BatchDeleteImageOutput{}, []string{"imageIds: List[ImageIdentifierTypeDef]", "failures: List[ImageFailureTypeDef]", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"CompleteLayerUploadRequestRequestTypeDef", ecrpublic.CompleteLayerUploadInput{}, []string{"repositoryName: str", "uploadId: str", "layerDigests: Sequence[str]", "registryId: NotRequired[str]"}},
		{"CompleteLayerUploadResponseTypeDef", ecrpublic.CompleteLayerUploadOutput{}, []string{"registryId: str", "repositoryName: str", "uploadId: str", "layerDigest: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"CreateRepositoryRequestRequestTypeDef", ecrpublic.CreateRepositoryInput{}, []string{"repositoryName: str", "catalogData: NotRequired[RepositoryCatalogDataInputTypeDef]", "tags: NotRequired[Sequence[TagTypeDef]]"}},
		{"CreateRepositoryResponseTypeDef", ecrpublic.CreateRepositoryOutput{}, []string{"repository: RepositoryTypeDef", "catalogData: RepositoryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DeleteRepositoryPolicyRequestRequestTypeDef", ecrpublic.DeleteRepositoryPolicyInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]"}},
		{"DeleteRepositoryPolicyResponseTypeDef", ecrpublic.DeleteRepositoryPolicyOutput{}, []string{"registryId: str", "repositoryName: str", "policyText: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DeleteRepositoryRequestRequestTypeDef", ecrpublic.DeleteRepositoryInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]", "force: NotRequired[bool]"}},
		{"DeleteRepositoryResponseTypeDef", ecrpublic.DeleteRepositoryOutput{}, []string{"repository: RepositoryTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DescribeImageTagsRequestDescribeImageTagsPaginateTypeDef", paginators.DescribeImageTagsInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]", "PaginationConfig: NotRequired[PaginatorConfigTypeDef]"}},
		{"DescribeImageTagsRequestRequestTypeDef", ecrpublic.DescribeImageTagsInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]", "nextToken: NotRequired[str]", "maxResults: NotRequired[int]"}},
		{"DescribeImageTagsResponseTypeDef", ecrpublic.DescribeImageTagsOutput{}, []string{"imageTagDetails: List[ImageTagDetailTypeDef]", "nextToken: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DescribeImagesRequestDescribeImagesPaginateTypeDef", paginators.DescribeImagesInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]", "imageIds: NotRequired[Sequence[ImageIdentifierTypeDef]]", "PaginationConfig: NotRequired[PaginatorConfigTypeDef]"}},
		{"DescribeImagesRequestRequestTypeDef", ecrpublic.DescribeImagesInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]", "imageIds: NotRequired[Sequence[ImageIdentifierTypeDef]]", "nextToken: NotRequired[str]", "maxResults: NotRequired[int]"}},
		{"DescribeImagesResponseTypeDef", ecrpublic.DescribeImagesOutput{}, []string{"imageDetails: List[ImageDetailTypeDef]", "nextToken: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DescribeRegistriesRequestDescribeRegistriesPaginateTypeDef", paginators.DescribeRegistriesInput{}, []string{"PaginationConfig: NotRequired[PaginatorConfigTypeDef]"}},
		{"DescribeRegistriesRequestRequestTypeDef", ecrpublic.DescribeRegistriesInput{}, []string{"nextToken: NotRequired[str]", "maxResults: NotRequired[int]"}},
		{"DescribeRegistriesResponseTypeDef", ecrpublic.DescribeRegistriesOutput{}, []string{"registries: List[RegistryTypeDef]", "nextToken: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"DescribeRepositoriesRequestDescribeRepositoriesPaginateTypeDef", paginators.DescribeRepositoriesInput{}, []string{"registryId: NotRequired[str]", "repositoryNames: NotRequired[Sequence[str]]", "PaginationConfig: NotRequired[PaginatorConfigTypeDef]"}},
		{"DescribeRepositoriesRequestRequestTypeDef", ecrpublic.DescribeRepositoriesInput{}, []string{"registryId: NotRequired[str]", "repositoryNames: NotRequired[Sequence[str]]", "nextToken: NotRequired[str]", "maxResults: NotRequired[int]"}},
		{"DescribeRepositoriesResponseTypeDef", ecrpublic.DescribeRepositoriesOutput{}, []string{"repositories: List[RepositoryTypeDef]", "nextToken: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"GetAuthorizationTokenResponseTypeDef", ecrpublic.GetAuthorizationTokenOutput{}, []string{"authorizationData: AuthorizationDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"GetRegistryCatalogDataResponseTypeDef", ecrpublic.GetRegistryCatalogDataOutput{}, []string{"registryCatalogData: RegistryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"GetRepositoryCatalogDataRequestRequestTypeDef", ecrpublic.GetRepositoryCatalogDataInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]"}},
		{"GetRepositoryCatalogDataResponseTypeDef", ecrpublic.GetRepositoryCatalogDataOutput{}, []string{"catalogData: RepositoryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"GetRepositoryPolicyRequestRequestTypeDef", ecrpublic.GetRepositoryPolicyInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]"}},
		{"GetRepositoryPolicyResponseTypeDef", ecrpublic.GetRepositoryPolicyOutput{}, []string{"registryId: str", "repositoryName: str", "policyText: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"ImageDetailTypeDef", types.ImageDetail{}, []string{"registryId: NotRequired[str]", "repositoryName: NotRequired[str]", "imageDigest: NotRequired[str]", "imageTags: NotRequired[List[str]]", "imageSizeInBytes: NotRequired[int]", "imagePushedAt: NotRequired[datetime]", "imageManifestMediaType: NotRequired[str]", "artifactMediaType: NotRequired[str]"}},
		{"ImageFailureTypeDef", types.ImageFailure{}, []string{"imageId: NotRequired[ImageIdentifierTypeDef]", "failureCode: NotRequired[ImageFailureCodeType]", "failureReason: NotRequired[str]"}},
		{"ImageIdentifierTypeDef", types.ImageIdentifier{}, []string{"imageDigest: NotRequired[str]", "imageTag: NotRequired[str]"}},
		{"ImageTagDetailTypeDef", types.ImageTagDetail{}, []string{"imageTag: NotRequired[str]", "createdAt: NotRequired[datetime]", "imageDetail: NotRequired[ReferencedImageDetailTypeDef]"}},
		{"ImageTypeDef", types.Image{}, []string{"registryId: NotRequired[str]", "repositoryName: NotRequired[str]", "imageId: NotRequired[ImageIdentifierTypeDef]", "imageManifest: NotRequired[str]", "imageManifestMediaType: NotRequired[str]"}},
		{"InitiateLayerUploadRequestRequestTypeDef", ecrpublic.InitiateLayerUploadInput{}, []string{"repositoryName: str", "registryId: NotRequired[str]"}},
		{"InitiateLayerUploadResponseTypeDef", ecrpublic.InitiateLayerUploadOutput{}, []string{"uploadId: str", "partSize: int", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"LayerFailureTypeDef", types.LayerFailure{}, []string{"layerDigest: NotRequired[str]", "failureCode: NotRequired[LayerFailureCodeType]", "failureReason: NotRequired[str]"}},
		{"LayerTypeDef", types.Layer{}, []string{"layerDigest: NotRequired[str]", "layerAvailability: NotRequired[LayerAvailabilityType]", "layerSize: NotRequired[int]", "mediaType: NotRequired[str]"}},
		{"ListTagsForResourceRequestRequestTypeDef", ecrpublic.ListTagsForResourceInput{}, []string{"resourceArn: str"}},
		{"ListTagsForResourceResponseTypeDef", ecrpublic.ListTagsForResourceOutput{}, []string{"tags: List[TagTypeDef]", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"PaginatorConfigTypeDef", types.PaginatorConfig{}, []string{"MaxItems: NotRequired[int]", "PageSize: NotRequired[int]", "StartingToken: NotRequired[str]"}},
		{"PutImageRequestRequestTypeDef", ecrpublic.PutImageInput{}, []string{"repositoryName: str", "imageManifest: str", "registryId: NotRequired[str]", "imageManifestMediaType: NotRequired[str]", "imageTag: NotRequired[str]", "imageDigest: NotRequired[str]"}},
		{"PutImageResponseTypeDef", ecrpublic.PutImageOutput{}, []string{"image: ImageTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"PutRegistryCatalogDataRequestRequestTypeDef", ecrpublic.PutRegistryCatalogDataInput{}, []string{"displayName: NotRequired[str]"}},
		{"PutRegistryCatalogDataResponseTypeDef", ecrpublic.PutRegistryCatalogDataOutput{}, []string{"registryCatalogData: RegistryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"PutRepositoryCatalogDataRequestRequestTypeDef", ecrpublic.PutRepositoryCatalogDataInput{}, []string{"repositoryName: str", "catalogData: RepositoryCatalogDataInputTypeDef", "registryId: NotRequired[str]"}},
		{"PutRepositoryCatalogDataResponseTypeDef", ecrpublic.PutRepositoryCatalogDataOutput{}, []string{"catalogData: RepositoryCatalogDataTypeDef", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"ReferencedImageDetailTypeDef", types.ReferencedImageDetail{}, []string{"imageDigest: NotRequired[str]", "imageSizeInBytes: NotRequired[int]", "imagePushedAt: NotRequired[datetime]", "imageManifestMediaType: NotRequired[str]", "artifactMediaType: NotRequired[str]"}},
		{"RegistryAliasTypeDef", types.RegistryAlias{}, []string{"name: str", "status: RegistryAliasStatusType", "primaryRegistryAlias: bool", "defaultRegistryAlias: bool"}},
		{"RegistryCatalogDataTypeDef", types.RegistryCatalogData{}, []string{"displayName: NotRequired[str]"}},
		{"RegistryTypeDef", types.Registry{}, []string{"registryId: str", "registryArn: str", "registryUri: str", "verified: bool", "aliases: List[RegistryAliasTypeDef]"}},
		{"RepositoryCatalogDataInputTypeDef", types.RepositoryCatalogDataInput{}, []string{"description: NotRequired[str]", "architectures: NotRequired[Sequence[str]]", "operatingSystems: NotRequired[Sequence[str]]", "logoImageBlob: NotRequired[Union[bytes, IO[bytes], StreamingBody]]", "aboutText: NotRequired[str]", "usageText: NotRequired[str]"}},
		{"RepositoryCatalogDataTypeDef", types.RepositoryCatalogData{}, []string{"description: NotRequired[str]", "architectures: NotRequired[List[str]]", "operatingSystems: NotRequired[List[str]]", "logoUrl: NotRequired[str]", "aboutText: NotRequired[str]", "usageText: NotRequired[str]", "marketplaceCertified: NotRequired[bool]"}},
		{"RepositoryTypeDef", types.Repository{}, []string{"repositoryArn: NotRequired[str]", "registryId: NotRequired[str]", "repositoryName: NotRequired[str]", "repositoryUri: NotRequired[str]", "createdAt: NotRequired[datetime]"}},
		{"ResponseMetadataTypeDef", types.ResponseMetadata{}, []string{"RequestId: str", "HostId: str", "HTTPStatusCode: int", "HTTPHeaders: Dict[str, str]", "RetryAttempts: int"}},
		{"SetRepositoryPolicyRequestRequestTypeDef", ecrpublic.SetRepositoryPolicyInput{}, []string{"repositoryName: str", "policyText: str", "registryId: NotRequired[str]", "force: NotRequired[bool]"}},
		{"SetRepositoryPolicyResponseTypeDef", ecrpublic.SetRepositoryPolicyOutput{}, []string{"registryId: str", "repositoryName: str", "policyText: str", "ResponseMetadata: ResponseMetadataTypeDef"}},
		{"TagResourceRequestRequestTypeDef", ecrpublic.TagResourceInput{}, []string{"resourceArn: str", "tags: Sequence[TagTypeDef]"}},
		{"TagTypeDef", types.Tag{}, []string{"Key: NotRequired[str]", "Value: NotRequired[str]"}},
		{"UntagResourceRequestRequestTypeDef", ecrpublic.UntagResourceInput{}, []string{"resourceArn: str", "tagKeys: Sequence[str]"}},
		{"UploadLayerPartRequestRequestTypeDef", ecrpublic.UploadLayerPartInput{}, []string{"repositoryName: str", "uploadId: str", "partFirstByte: int", "partLastByte: int", "layerPartBlob: Union[bytes, IO[bytes], StreamingBody]", "registryId: NotRequired[str]"}},
		{"UploadLayerPartResponseTypeDef", ecrpublic.UploadLayerPartOutput{}, []string{"registryId: str", "repositoryName: str", "uploadId: str", "lastByteReceived: int", "ResponseMetadata: ResponseMetadataTypeDef"}},
	}
}

type typedDict struct {
	name   string
	goType any
	keys   []string // "name: type", or "name: NotRequired[type]"
}

func TestEveryTypedDictHasAGoType(t *testing.T) {
	t.Parallel()
	dicts := typedDicts()
	require.Len(t, dicts, 64)
	marked, sent := 0, sentTypes()
	for _, d := range dicts {
		goType := reflect.TypeOf(d.goType)
		for _, key := range d.keys {
			name, python, _ := strings.Cut(key, ": ")
			python, optional := strings.CutPrefix(python, "NotRequired[")
			if optional {
				python = strings.TrimSuffix(python, "]")
			}
			field, ok := goType.FieldByName(strings.ToUpper(name[:1]) + name[1:])
			if !assert.True(t, ok, "%s: %s has no field for %s", d.name, goType, name) {
				continue
			}
			assert.True(t, stands(field.Type, python), "%s.%s: %s cannot stand for %s", d.name, name, field.Type, python)
			required := slices.Contains(strings.Split(field.Tag.Get("ecr"), ","), "required")
			switch {
			case !sent[goType]: // what the service returns, and what package paginators turns into requests
				assert.False(t, required, "%s.%s: nothing checks the tag ecr:\"required\" there; take it away", goType, field.Name)
			case optional:
				assert.False(t, required, "%s.%s has the tag ecr:\"required\", but %s marks %s NotRequired", goType, field.Name, d.name, name)
			default:
				assert.True(t, required, "%s.%s lacks the tag ecr:\"required\": %s has %s without NotRequired", goType, field.Name, d.name, name)
				marked++
			}
		}
	}
	assert.Equal(t, 31, marked, "members that a request must have")
}

// sentTypes returns the inputs of the operations and the types of their members.
func sentTypes() map[reflect.Type]bool {
	sent := map[reflect.Type]bool{}
	var add func(reflect.Type)
	add = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || sent[t] {
			return
		}
		sent[t] = true
		for field := range t.Fields() {
			add(field.Type)
		}
	}
	for method := range reflect.TypeFor[ecrpublic.API]().Methods() {
		add(method.Type.In(1))
	}
	return sent
}

// stands reports whether a Go type can hold the values of a Python type.
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
