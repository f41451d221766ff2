package ecrpublictest_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func TestAliases(t *testing.T) {
	t.Parallel()
	computed := newRepo(t).alias()
	assert.Regexp(t, "^([a-z][0-9]){4}$", computed)
	assert.Equal(t, computed, newRepo(t).alias(), "of the same account")
	assert.NotEqual(t, computed, newRepo(t, ecrpublictest.WithAccount("210987654321")).alias())
	assert.Equal(t, "a1b2c3d4", newRepo(t, ecrpublictest.WithAlias("a1b2c3d4")).alias())

	custom := newRepo(t, ecrpublictest.WithAlias("my-team"))
	out, err := custom.api.DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, []types.RegistryAlias{
		{Name: aws.String(computed), Status: types.RegistryAliasStatusActive, DefaultRegistryAlias: true},
		{Name: aws.String("my-team"), Status: types.RegistryAliasStatusActive, PrimaryRegistryAlias: true},
	}, out.Registries[0].Aliases)
	assert.Equal(t, "public.ecr.aws/my-team", *out.Registries[0].RegistryUri)

	raw, err := call(t, custom.srv, "DescribeRegistries", "{}")
	require.NoError(t, err)
	assert.Contains(t, raw.body, `"primaryRegistryAlias":false`, "false is there too")
}

func TestRegistryIsNamedByAccountOrAlias(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithAlias("my-team"))
	begin := func(registry string) error {
		_, err := r.api.InitiateLayerUpload(t.Context(), &ecrpublic.InitiateLayerUploadInput{RegistryId: &registry, RepositoryName: aws.String("app")})
		return err
	}
	require.NoError(t, begin(account))
	require.NoError(t, begin("my-team"))
	assert.ErrorAs(t, begin("other"), new(*types.RegistryNotFoundException))

	_, err := r.api.BatchDeleteImage(t.Context(), &ecrpublic.BatchDeleteImageInput{
		RegistryId: aws.String("other"), RepositoryName: aws.String("app"), ImageIds: []types.ImageIdentifier{byTag("x")},
	})
	missing := new(types.RepositoryNotFoundException)
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, "The repository with name 'app' does not exist in the registry with id 'other'", missing.ErrorMessage())

	_, err = r.api.GetRepositoryPolicy(t.Context(), &ecrpublic.GetRepositoryPolicyInput{RegistryId: aws.String("210987654321"), RepositoryName: aws.String("app")})
	assert.ErrorAs(t, err, &missing)
	_, err = r.api.DescribeRepositories(t.Context(), &ecrpublic.DescribeRepositoriesInput{RegistryId: aws.String("210987654321")})
	require.ErrorAs(t, err, &missing)
	assert.Equal(t, "The repository with name 'null' does not exist in the registry with id '210987654321'", missing.ErrorMessage(), "there is no name")
}

func TestRegistryStaysWithoutRepositories(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	_, err := r.api.DeleteRepository(t.Context(), &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	out, err := r.api.DescribeRegistries(t.Context(), nil)
	require.NoError(t, err)
	assert.Len(t, out.Registries, 1)
	_, err = r.api.DescribeRegistries(t.Context(), &ecrpublic.DescribeRegistriesInput{NextToken: aws.String("x")})
	assert.ErrorAs(t, err, new(*types.InvalidParameterException))
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	r := newRepo(t, ecrpublictest.WithQuotas(ecrpublictest.Quotas{
		Repositories: 2, ImagesPerRepository: 2, TagsPerImage: 2, TagsPerRepository: 1,
		LayerParts: 2, LayerBytes: 10, MinPartBytes: 2, PartBytes: 4,
	}))
	limit := func(err error, text string) {
		t.Helper()
		reached := new(types.LimitExceededException)
		require.ErrorAs(t, err, &reached)
		assert.Contains(t, reached.ErrorMessage(), text)
	}
	create(t, r.srv, "second")
	_, err := r.api.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("third")})
	limit(err, "2 repositories per registry")

	out, err := r.api.InitiateLayerUpload(t.Context(), &ecrpublic.InitiateLayerUploadInput{RepositoryName: aws.String("app")})
	require.NoError(t, err)
	assert.EqualValues(t, 4, *out.PartSize)
	limit(r.part(out.UploadId, 0, "12345678901"), "10 bytes per layer")
	require.NoError(t, r.part(out.UploadId, 0, "12"))
	require.NoError(t, r.part(out.UploadId, 2, "3"))
	limit(r.part(out.UploadId, 3, "4"), "2 parts per layer")

	r.layers("{}", "1", "2", "3")
	require.NoError(t, r.put(image("1").String(), "a"))
	require.NoError(t, r.put(image("1").String(), "b"))
	limit(r.put(image("1").String(), "c"), "Adding tag 'c' to an image in the repository with name 'app' in registry with id '"+account+"' exceeds the maximum allowed number of tags per image which is '2'")
	require.NoError(t, r.put(image("2").String(), ""))
	limit(r.put(image("3").String(), ""), "2 images per repository")

	tag := func(key string) types.Tag { return types.Tag{Key: &key, Value: aws.String("")} }
	_, err = r.api.CreateRepository(t.Context(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("third"), Tags: []types.Tag{tag("a"), tag("b")}})
	assert.ErrorAs(t, err, new(*types.TooManyTagsException))
}

func TestDeleteRepositoryForgetsItsContent(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.layers("{}", "layer")
	require.NoError(t, r.put(image("layer").String(), "v1"))
	upload := r.begin()
	out, err := r.api.DeleteRepository(t.Context(), &ecrpublic.DeleteRepositoryInput{RepositoryName: aws.String("app"), Force: true})
	require.NoError(t, err)
	assert.Equal(t, "app", *out.Repository.RepositoryName)

	create(t, r.srv, "app")
	assert.ErrorAs(t, r.part(upload, 0, "x"), new(*types.UploadNotFoundException))
	checked, err := r.api.BatchCheckLayerAvailability(t.Context(), &ecrpublic.BatchCheckLayerAvailabilityInput{RepositoryName: aws.String("app"), LayerDigests: []string{sha("layer")}})
	require.NoError(t, err)
	assert.Equal(t, types.LayerAvailabilityUnavailable, checked.Layers[0].LayerAvailability)
	_, err = r.describe(byTag("v1"))
	assert.ErrorAs(t, err, new(*types.ImageNotFoundException))
}

func TestCatalogDataReplacesAllButTheLogo(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	put := func(in types.RepositoryCatalogDataInput) types.RepositoryCatalogData {
		out, err := r.api.PutRepositoryCatalogData(t.Context(), &ecrpublic.PutRepositoryCatalogDataInput{RepositoryName: aws.String("app"), CatalogData: &in})
		require.NoError(t, err)
		return *out.CatalogData
	}
	first := put(types.RepositoryCatalogDataInput{Description: aws.String("d"), LogoImageBlob: []byte("logo"), UsageText: aws.String("u")})
	second := put(types.RepositoryCatalogDataInput{AboutText: aws.String("a"), Description: aws.String(""), Architectures: []string{}})
	assert.Equal(t, types.RepositoryCatalogData{AboutText: aws.String("a"), LogoUrl: first.LogoUrl}, second)
}

func TestIncompleteTagsAreRefused(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	const refused = "InvalidTagParameterException"
	for message, tag := range map[string]string{
		"A tag needs a key and a value, which may be empty":                           `{"Key":"a"}`,
		"The tag 'a' is not valid: the prefix 'aws:' is reserved for keys and values": `{"Key":"a","Value":"aws:x"}`,
	} {
		assertError(t, r, "CreateRepository", `{"repositoryName":"new","tags":[`+tag+`]}`, refused, message)
	}
	assertError(t, r, "UntagResource", `{"resourceArn":"arn:aws:ecr-public::123456789012:repository/app","tagKeys":["aws:x"]}`,
		refused, "The tag 'aws:x' is not valid: the prefix 'aws:' is reserved for keys and values")
}

func TestAddImage(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	digest, err := srv.AddImage("team/app", "v1", "latest")
	require.NoError(t, err)
	untagged, err := srv.AddImage("team/app")
	require.NoError(t, err)
	assert.NotEqual(t, digest, untagged)
	assert.Zero(t, srv.Count(""))

	out, err := srv.Client().DescribeImages(t.Context(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("team/app")})
	require.NoError(t, err)
	tags := map[string][]string{}
	for _, d := range out.ImageDetails {
		tags[*d.ImageDigest] = d.ImageTags
	}
	assert.Equal(t, map[string][]string{digest: {"v1", "latest"}, untagged: nil}, tags)

	_, err = srv.AddImage("Team")
	assert.ErrorAs(t, err, new(*types.InvalidParameterException))
	_, err = srv.AddImage("team/app", "a b")
	assert.ErrorAs(t, err, new(*types.InvalidParameterException))
}

func TestUnknownRepository(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	const name, arn = "none", "arn:aws:ecr-public::" + account + ":repository/none"
	upload := object{"repositoryName": name, "uploadId": "00000000-0000-0000-0000-000000000000", "layerDigests": []string{unknownDigest}}
	inputs := map[string]object{
		"BatchCheckLayerAvailability": {"repositoryName": name, "layerDigests": []string{unknownDigest}},
		"BatchDeleteImage":            {"repositoryName": name, "imageIds": []object{{"imageTag": "x"}}},
		"CompleteLayerUpload":         upload,
		"DescribeRepositories":        {"repositoryNames": []string{name}},
		"ListTagsForResource":         {"resourceArn": arn},
		"PutImage":                    {"repositoryName": name, "imageManifest": "{}"},
		"PutRepositoryCatalogData":    {"repositoryName": name, "catalogData": object{}},
		"SetRepositoryPolicy":         {"repositoryName": name, "policyText": object{"Statement": object{"Effect": "Allow", "Principal": "*", "Action": "*"}}.String()},
		"TagResource":                 {"resourceArn": arn, "tags": []object{}},
		"UntagResource":               {"resourceArn": arn, "tagKeys": []string{}},
		"UploadLayerPart":             upload.with("partFirstByte", 0).with("partLastByte", 0).with("layerPartBlob", ""),
	}
	for _, operation := range []string{
		"DeleteRepository", "DeleteRepositoryPolicy", "DescribeImageTags", "DescribeImages", "GetRepositoryCatalogData", "GetRepositoryPolicy", "InitiateLayerUpload",
	} {
		inputs[operation] = object{"repositoryName": name}
	}
	for operation, input := range inputs {
		assertError(t, r, operation, input.String(), "RepositoryNotFoundException",
			"The repository with name 'none' does not exist in the registry with id '"+account+"'")
	}
}
