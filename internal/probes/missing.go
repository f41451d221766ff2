package probes

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/types"
)

// missing calls each operation for a repository that does not exist.
func missing(a *area) {
	a.name = "missing"
	byName := map[string]func(context.Context, API, *string) error{
		"BatchCheckLayerAvailability": func(ctx context.Context, api API, name *string) error {
			_, err := api.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{RepositoryName: name, LayerDigests: []string{unknownDigest}})
			return err
		},
		"BatchDeleteImage": func(ctx context.Context, api API, name *string) error {
			_, err := api.BatchDeleteImage(ctx, &ecrpublic.BatchDeleteImageInput{RepositoryName: name, ImageIds: []types.ImageIdentifier{byTag("v1")}})
			return err
		},
		"CompleteLayerUpload": func(ctx context.Context, api API, name *string) error {
			_, err := api.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{RepositoryName: name, UploadId: aws.String(unknownUpload), LayerDigests: []string{unknownDigest}})
			return err
		},
		"DeleteRepository": func(ctx context.Context, api API, name *string) error {
			_, err := api.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: name})
			return err
		},
		"DeleteRepositoryPolicy": func(ctx context.Context, api API, name *string) error {
			_, err := api.DeleteRepositoryPolicy(ctx, &ecrpublic.DeleteRepositoryPolicyInput{RepositoryName: name})
			return err
		},
		"DescribeImageTags": func(ctx context.Context, api API, name *string) error {
			_, err := api.DescribeImageTags(ctx, &ecrpublic.DescribeImageTagsInput{RepositoryName: name})
			return err
		},
		"DescribeImages": func(ctx context.Context, api API, name *string) error {
			_, err := api.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: name})
			return err
		},
		"GetRepositoryCatalogData": func(ctx context.Context, api API, name *string) error {
			_, err := api.GetRepositoryCatalogData(ctx, &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: name})
			return err
		},
		"GetRepositoryPolicy": func(ctx context.Context, api API, name *string) error {
			_, err := api.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: name})
			return err
		},
		"InitiateLayerUpload": func(ctx context.Context, api API, name *string) error {
			_, err := api.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: name})
			return err
		},
		"PutImage": func(ctx context.Context, api API, name *string) error {
			_, err := api.PutImage(ctx, &ecrpublic.PutImageInput{RepositoryName: name, ImageManifest: aws.String(manifest("one"))})
			return err
		},
		"PutRepositoryCatalogData": func(ctx context.Context, api API, name *string) error {
			_, err := api.PutRepositoryCatalogData(ctx, &ecrpublic.PutRepositoryCatalogDataInput{RepositoryName: name, CatalogData: &types.RepositoryCatalogDataInput{}})
			return err
		},
		"SetRepositoryPolicy": func(ctx context.Context, api API, name *string) error {
			_, err := api.SetRepositoryPolicy(ctx, &ecrpublic.SetRepositoryPolicyInput{RepositoryName: name, PolicyText: aws.String(policyText)})
			return err
		},
		"UploadLayerPart": func(ctx context.Context, api API, name *string) error {
			_, err := api.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
				RepositoryName: name, UploadId: aws.String(unknownUpload), PartFirstByte: aws.Int64(0), PartLastByte: aws.Int64(0), LayerPartBlob: []byte("x"),
			})
			return err
		},
	}
	byARN := map[string]func(context.Context, API, *string) error{
		"ListTagsForResource": func(ctx context.Context, api API, arn *string) error {
			_, err := api.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: arn})
			return err
		},
		"TagResource": func(ctx context.Context, api API, arn *string) error {
			_, err := api.TagResource(ctx, &ecrpublic.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: aws.String("x"), Value: aws.String("")}}})
			return err
		},
		"UntagResource": func(ctx context.Context, api API, arn *string) error {
			_, err := api.UntagResource(ctx, &ecrpublic.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"x"}})
			return err
		},
	}
	wants := func(t *T, account string, err error) {
		t.fails(err, "RepositoryNotFoundException", "The repository with name '"+t.name("none")+"' does not exist in the registry with id '"+account+"'")
	}
	for operation, call := range inOrder(byName) {
		a.add(operation, "texts/repository-missing", func(ctx context.Context, t *T) {
			if r, ok := t.repository(ctx, "app"); ok {
				wants(t, aws.ToString(r.RegistryId), call(ctx, t.API, aws.String(t.name("none"))))
			}
		})
	}
	for operation, call := range inOrder(byARN) {
		a.add(operation, "arn/unknown", func(ctx context.Context, t *T) {
			if r, ok := t.repository(ctx, "app"); ok {
				account := aws.ToString(r.RegistryId)
				wants(t, account, call(ctx, t.API, aws.String("arn:aws:ecr-public::"+account+":repository/"+t.name("none"))))
			}
		})
	}
}
