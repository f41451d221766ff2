package ecrpublictest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

// reporter notes what a test would be told.
type reporter struct {
	errors   []string
	cleanups []func()
}

func (r *reporter) Helper() {}
func (r *reporter) Errorf(format string, args ...any) {
	r.errors = append(r.errors, fmt.Sprintf(format, args...))
}
func (r *reporter) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }

// end runs the cleanups and returns all that was reported.
func (r *reporter) end() []string {
	for _, f := range r.cleanups {
		f()
	}
	return r.errors
}

func TestScriptedCalls(t *testing.T) {
	t.Parallel()
	image := &ecrpublic.PutImageOutput{Image: &types.Image{RegistryId: aws.String("1")}}
	gone := &types.RepositoryNotFoundException{}
	r := new(reporter)
	client := ecrpublictest.NewScript(r,
		ecrpublictest.Expect(ecrpublic.API.PutImage, &ecrpublic.PutImageInput{RepositoryName: aws.String("app"), ImageTag: aws.String("v1")}).Return(image),
		ecrpublictest.Expect(ecrpublic.API.DescribeRegistries, nil),
		ecrpublictest.ExpectAny(ecrpublic.API.DescribeImages).Fail(gone),
		ecrpublictest.ExpectFunc(ecrpublic.API.TagResource, func(in *ecrpublic.TagResourceInput) error {
			if len(in.Tags) == 0 {
				return errors.New("no tags")
			}
			return nil
		}),
	)
	ctx := t.Context()
	put, err := client.PutImage(ctx, &ecrpublic.PutImageInput{RepositoryName: aws.String("app"), ImageTag: aws.String("v1")})
	require.NoError(t, err)
	assert.Same(t, image, put)
	registries, err := client.DescribeRegistries(ctx, new(ecrpublic.DescribeRegistriesInput))
	require.NoError(t, err)
	assert.NotNil(t, registries)
	described, err := client.DescribeImages(ctx, nil)
	assert.Same(t, gone, err)
	assert.Nil(t, described)
	_, err = client.TagResource(ctx, nil)
	assert.EqualError(t, err, "ecrpublictest: call 4, TagResource: no tags")
	_, err = client.TagResource(ctx, &ecrpublic.TagResourceInput{Tags: []types.Tag{{}}})
	require.NoError(t, err, "the expected call stayed the next one")
	_, err = client.DescribeImages(ctx, nil)
	require.EqualError(t, err, "ecrpublictest: call 5, DescribeImages: no further call is expected")
	assert.Len(t, client.Calls(), 6)
	assert.Equal(t, []string{"ecrpublictest: call 4, TagResource: no tags", "ecrpublictest: call 5, DescribeImages: no further call is expected"}, r.end())
}

func TestScriptWantsAllItsCalls(t *testing.T) {
	t.Parallel()
	r := new(reporter)
	client := ecrpublictest.NewScript(r, ecrpublictest.ExpectAny(ecrpublic.API.PutImage), ecrpublictest.ExpectAny(ecrpublic.API.TagResource))
	_, err := client.TagResource(t.Context(), nil)
	require.EqualError(t, err, "ecrpublictest: call 1, TagResource: expected is PutImage")
	_, err = client.PutImage(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"ecrpublictest: call 1, TagResource: expected is PutImage",
		"ecrpublictest: call 2, TagResource, was expected but not made",
	}, r.end())
}

func TestFuncsGoBeforeTheScript(t *testing.T) {
	t.Parallel()
	client := ecrpublictest.NewScript(t, ecrpublictest.ExpectAny(ecrpublic.API.PutImage))
	other := new(ecrpublictest.Client)
	client.DescribeRegistriesFunc = other.DescribeRegistries
	_, err := client.DescribeRegistries(t.Context(), nil)
	require.ErrorContains(t, err, "DescribeRegistriesFunc of the mock is not set")
	_, err = client.PutImage(t.Context(), nil)
	require.NoError(t, err)
}

func TestDifferencesOfInputs(t *testing.T) {
	t.Parallel()
	reader := strings.NewReader("x")
	part := func(change func(*ecrpublic.UploadLayerPartInput)) *ecrpublic.UploadLayerPartInput {
		in := &ecrpublic.UploadLayerPartInput{RepositoryName: aws.String("app"), PartFirstByte: aws.Int64(0), LayerPartBlob: []byte("abc"), LayerPartReader: reader}
		change(in)
		return in
	}
	same := part(func(*ecrpublic.UploadLayerPartInput) {})
	for want, change := range map[string]func(*ecrpublic.UploadLayerPartInput){
		"": func(in *ecrpublic.UploadLayerPartInput) { in.RepositoryName = aws.String("app") },
		`RepositoryName is "web", expected "app"`:                                         func(in *ecrpublic.UploadLayerPartInput) { in.RepositoryName = aws.String("web") },
		`RepositoryName is nil, expected "app"`:                                           func(in *ecrpublic.UploadLayerPartInput) { in.RepositoryName = nil },
		`PartFirstByte is 5, expected 0`:                                                  func(in *ecrpublic.UploadLayerPartInput) { in.PartFirstByte = aws.Int64(5) },
		`LayerPartBlob is 40 bytes, "` + strings.Repeat("y", 32) + `"..., expected "abc"`: func(in *ecrpublic.UploadLayerPartInput) { in.LayerPartBlob = []byte(strings.Repeat("y", 40)) },
		`LayerPartReader is a *strings.Reader, expected a *strings.Reader`:                func(in *ecrpublic.UploadLayerPartInput) { in.LayerPartReader = strings.NewReader("x") },
		`RepositoryName is "a", expected "app"; UploadId is "u", expected nil`: func(in *ecrpublic.UploadLayerPartInput) {
			in.RepositoryName, in.UploadId = aws.String("a"), aws.String("u")
		},
	} {
		r := new(reporter)
		_, err := ecrpublictest.NewScript(r, ecrpublictest.Expect(ecrpublic.API.UploadLayerPart, same)).UploadLayerPart(t.Context(), part(change))
		if want == "" {
			assert.NoError(t, err)
			continue
		}
		assert.EqualError(t, err, "ecrpublictest: call 1, UploadLayerPart: "+want)
	}

	ids := func(tags ...string) *ecrpublic.BatchDeleteImageInput {
		in := new(ecrpublic.BatchDeleteImageInput)
		for _, tag := range tags {
			in.ImageIds = append(in.ImageIds, types.ImageIdentifier{ImageTag: &tag})
		}
		return in
	}
	for want, got := range map[string]*ecrpublic.BatchDeleteImageInput{
		`ImageIds[1].ImageTag is "v3", expected "v2"`:                                         ids("v1", "v3"),
		`ImageIds is [ { ImageTag:"v1" } ], expected [ { ImageTag:"v1" } { ImageTag:"v2" } ]`: ids("v1"),
		`ImageIds is nil, expected [ { ImageTag:"v1" } { ImageTag:"v2" } ]`:                   ids(),
	} {
		_, err := ecrpublictest.NewScript(new(reporter), ecrpublictest.Expect(ecrpublic.API.BatchDeleteImage, ids("v1", "v2"))).BatchDeleteImage(t.Context(), got)
		assert.EqualError(t, err, "ecrpublictest: call 1, BatchDeleteImage: "+want)
	}
}

// A script says what is called in which order, and what each call returns.
func ExampleNewScript() {
	t := new(reporter) // the *testing.T of a test
	api := ecrpublictest.NewScript(t,
		ecrpublictest.Expect(ecrpublic.API.CreateRepository, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")}).
			Fail(&types.RepositoryAlreadyExistsException{}),
		ecrpublictest.ExpectAny(ecrpublic.API.PutImage),
	)
	fmt.Println(ensureRepository(context.Background(), api, "app"))
	fmt.Println(strings.Join(t.end(), "\n"))
	// Output:
	// false <nil>
	// ecrpublictest: call 2, PutImage, was expected but not made
}
