// Command push pushes an image through the API, and creates, configures and deletes its
// repository.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/aws-sdk-go-v2/service/ecrpublic/types"
)

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar"

	part = 5 << 20 // the smallest that the service accepts, except for the last
)

var repository = aws.String("team/tool")

type descriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int    `json:"size"`
}

func main() {
	log.SetFlags(0)
	ctx := context.Background()
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		log.Fatal(err)
	}
	client := ecrpublic.NewFromConfig(cfg)
	for _, step := range []func(context.Context, *ecrpublic.Client) error{create, push, list, policy, tags, page, token, remove} {
		if err := step(ctx, client); err != nil {
			log.Fatal(err)
		}
	}
}

func create(ctx context.Context, client *ecrpublic.Client) error {
	out, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: repository})
	if err != nil {
		return err
	}
	fmt.Println(*out.Repository.RepositoryArn, *out.Repository.RegistryId, time.Since(*out.Repository.CreatedAt).Abs() < time.Hour)
	return nil
}

func push(ctx context.Context, client *ecrpublic.Client) error {
	settings, err := upload(ctx, client, configType, []byte(`{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}`))
	if err != nil {
		return err
	}
	layer, err := upload(ctx, client, layerType, bytes.Repeat([]byte("layer "), 1_000_000))
	if err != nil {
		return err
	}
	manifest, err := json.Marshal(map[string]any{"schemaVersion": 2, "mediaType": manifestType, "config": settings, "layers": []descriptor{layer}})
	if err != nil {
		return err
	}
	for _, tag := range []string{"v1", "latest"} {
		out, err := client.PutImage(ctx, &ecrpublic.PutImageInput{
			RepositoryName:         repository,
			ImageManifest:          aws.String(string(manifest)),
			ImageManifestMediaType: aws.String(manifestType),
			ImageTag:               aws.String(tag),
		})
		if err != nil {
			return err
		}
		fmt.Println(*out.Image.ImageId.ImageTag, *out.Image.ImageId.ImageDigest)
	}
	return nil
}

// upload stores a blob in parts, unless it is there.
func upload(ctx context.Context, client *ecrpublic.Client, mediaType string, blob []byte) (descriptor, error) {
	d := descriptor{mediaType, fmt.Sprintf("sha256:%x", sha256.Sum256(blob)), len(blob)}
	there, err := client.BatchCheckLayerAvailability(ctx, &ecrpublic.BatchCheckLayerAvailabilityInput{RepositoryName: repository, LayerDigests: []string{d.Digest}})
	if err != nil {
		return d, err
	}
	for _, layer := range there.Layers {
		if layer.LayerAvailability == types.LayerAvailabilityAvailable {
			return d, nil
		}
	}
	begun, err := client.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: repository})
	if err != nil {
		return d, err
	}
	parts := 0
	for first := 0; first < len(blob); parts++ {
		end := min(first+min(part, int(*begun.PartSize)), len(blob))
		out, err := client.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
			RepositoryName: repository,
			UploadId:       begun.UploadId,
			PartFirstByte:  aws.Int64(int64(first)),
			PartLastByte:   aws.Int64(int64(end - 1)),
			LayerPartBlob:  blob[first:end],
		})
		if err != nil {
			return d, err
		}
		first = int(*out.LastByteReceived) + 1
	}
	done, err := client.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{RepositoryName: repository, UploadId: begun.UploadId, LayerDigests: []string{d.Digest}})
	if err != nil {
		return d, err
	}
	fmt.Println(len(there.Layers), len(there.Failures), parts, *done.LayerDigest == d.Digest)
	return d, nil
}

func list(ctx context.Context, client *ecrpublic.Client) error {
	out, err := client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: repository, ImageIds: []types.ImageIdentifier{{ImageTag: aws.String("latest")}}})
	if err != nil {
		return err
	}
	for _, image := range out.ImageDetails {
		fmt.Println(*image.ImageDigest, *image.ImageSizeInBytes, len(image.ImageTags), *image.ImageManifestMediaType)
	}
	return nil
}

func policy(ctx context.Context, client *ecrpublic.Client) error {
	const text = `{"Version":"2012-10-17","Statement":[{"Sid":"push","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":["ecr-public:PutImage"]}]}`
	if _, err := client.SetRepositoryPolicy(ctx, &ecrpublic.SetRepositoryPolicyInput{RepositoryName: repository, PolicyText: aws.String(text)}); err != nil {
		return err
	}
	got, err := client.GetRepositoryPolicy(ctx, &ecrpublic.GetRepositoryPolicyInput{RepositoryName: repository})
	if err != nil {
		return err
	}
	fmt.Println(*got.PolicyText)
	_, err = client.DeleteRepositoryPolicy(ctx, &ecrpublic.DeleteRepositoryPolicyInput{RepositoryName: repository})
	return err
}

func tags(ctx context.Context, client *ecrpublic.Client) error {
	found, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{*repository}})
	if err != nil {
		return err
	}
	arn := found.Repositories[0].RepositoryArn
	if _, err := client.TagResource(ctx, &ecrpublic.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: aws.String("a"), Value: aws.String("1")}, {Key: aws.String("b"), Value: aws.String("2")}}}); err != nil {
		return err
	}
	if _, err := client.UntagResource(ctx, &ecrpublic.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a"}}); err != nil {
		return err
	}
	left, err := client.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: arn})
	if err != nil {
		return err
	}
	for _, tag := range left.Tags {
		fmt.Println(*tag.Key, *tag.Value)
	}
	return nil
}

func page(ctx context.Context, client *ecrpublic.Client) error {
	_, err := client.PutRepositoryCatalogData(ctx, &ecrpublic.PutRepositoryCatalogDataInput{
		RepositoryName: repository,
		CatalogData:    &types.RepositoryCatalogDataInput{AboutText: aws.String("# Tool <&> Ünïcode"), LogoImageBlob: []byte{0x89, 'P', 'N', 'G'}},
	})
	if err != nil {
		return err
	}
	got, err := client.GetRepositoryCatalogData(ctx, &ecrpublic.GetRepositoryCatalogDataInput{RepositoryName: repository})
	if err != nil {
		return err
	}
	fmt.Println(*got.CatalogData.AboutText, got.CatalogData.LogoUrl != nil)
	if _, err := client.PutRegistryCatalogData(ctx, &ecrpublic.PutRegistryCatalogDataInput{DisplayName: aws.String("The team")}); err != nil {
		return err
	}
	registry, err := client.GetRegistryCatalogData(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Println(*registry.RegistryCatalogData.DisplayName)
	return nil
}

func token(ctx context.Context, client *ecrpublic.Client) error {
	out, err := client.GetAuthorizationToken(ctx, &ecrpublic.GetAuthorizationTokenInput{})
	if err != nil {
		return err
	}
	login, err := base64.StdEncoding.DecodeString(*out.AuthorizationData.AuthorizationToken)
	if err != nil {
		return err
	}
	user, password, _ := strings.Cut(string(login), ":")
	fmt.Println(user, password != "", time.Until(*out.AuthorizationData.ExpiresAt) > 11*time.Hour)
	return nil
}

func remove(ctx context.Context, client *ecrpublic.Client) error {
	out, err := client.BatchDeleteImage(ctx, &ecrpublic.BatchDeleteImageInput{RepositoryName: repository, ImageIds: []types.ImageIdentifier{{ImageTag: aws.String("v1")}}})
	if err != nil {
		return err
	}
	fmt.Println(*out.ImageIds[0].ImageTag, len(out.Failures))
	_, err = client.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: repository, Force: true})
	return err
}
