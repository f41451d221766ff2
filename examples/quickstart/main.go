// Command quickstart creates a repository of ECR Public, pushes an image, lists it, and
// deletes both.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

const about = `
Creates a repository, pushes a small image through the layer API, describes it, and
deletes everything, even if it is interrupted.

Without flags it runs against an emulator that it starts itself and needs no account.`

func main() { demo.Main("quickstart", run) }

func run(ctx context.Context, args []string, stdout, _ io.Writer) error {
	flags := demo.NewFlags("quickstart", about)
	name := flags.String("repository", "quickstart-"+strings.ToLower(rand.Text()[:8]), "`name` of the repository to create and delete; it must not exist yet")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	if service.Emulator != nil {
		fmt.Fprintln(stdout, "emulator      ", service.URL)
	}
	return walk(ctx, service.Client, *name, stdout)
}

func walk(ctx context.Context, client *ecrpublic.Client, name string, stdout io.Writer) (err error) {
	created, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{
		RepositoryName: &name,
		CatalogData: &types.RepositoryCatalogDataInput{
			Description:      aws.String("A repository that lives for a few seconds"),
			Architectures:    []string{"x86-64"},
			OperatingSystems: []string{"Linux"},
		},
		Tags: []types.Tag{{Key: aws.String("purpose"), Value: aws.String("quickstart")}},
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "created       ", *created.Repository.RepositoryUri)
	defer func() {
		// Clean up even when the context has ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, remove(ctx, client, name, stdout))
	}()

	fmt.Fprintln(stdout, "catalog       ", *created.CatalogData.Description)
	tags, err := client.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: created.Repository.RepositoryArn})
	if err != nil {
		return err
	}
	for _, tag := range tags.Tags {
		fmt.Fprintf(stdout, "tag            %s=%s\n", *tag.Key, *tag.Value)
	}

	digest, err := push(ctx, client, name, "v1", []byte("hello from ecr-public-go\n"))
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "pushed        ", digest)

	images := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: &name})
	for image, err := range images.Items(ctx) {
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "image          %s, %d bytes, pushed %s\n", strings.Join(image.ImageTags, ","), *image.ImageSizeInBytes, image.ImagePushedAt.Format(time.RFC3339))
	}

	token, err := client.GetAuthorizationToken(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, "login until   ", token.AuthorizationData.ExpiresAt.Format(time.RFC3339))
	return nil
}

// push uploads a layer and a config and puts a manifest that refers to them.
// Package imagepush does this for whole images, in parallel and in parts.
func push(ctx context.Context, client *ecrpublic.Client, repository, tag string, layer []byte) (digest string, err error) {
	imageConfig := []byte(`{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["` + digestOf(layer) + `"]}}`)
	for _, blob := range [][]byte{layer, imageConfig} {
		if err := upload(ctx, client, repository, blob); err != nil {
			return "", err
		}
	}
	manifest, err := json.Marshal(map[string]any{
		"schemaVersion": 2,
		"mediaType":     "application/vnd.oci.image.manifest.v1+json",
		"config":        descriptor("application/vnd.oci.image.config.v1+json", imageConfig),
		"layers":        []any{descriptor("application/vnd.oci.image.layer.v1.tar", layer)},
	})
	if err != nil {
		return "", err
	}
	out, err := client.PutImage(ctx, &ecrpublic.PutImageInput{
		RepositoryName: &repository,
		ImageManifest:  aws.String(string(manifest)),
		ImageTag:       &tag,
	})
	if err != nil {
		return "", err
	}
	return *out.Image.ImageId.ImageDigest, nil
}

func upload(ctx context.Context, client *ecrpublic.Client, repository string, blob []byte) error {
	started, err := client.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: &repository})
	if err != nil {
		return err
	}
	if _, err := client.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
		RepositoryName: &repository,
		UploadId:       started.UploadId,
		PartFirstByte:  aws.Int64(0),
		PartLastByte:   aws.Int64(int64(len(blob)) - 1),
		LayerPartBlob:  blob,
	}); err != nil {
		return err
	}
	_, err = client.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: &repository,
		UploadId:       started.UploadId,
		LayerDigests:   []string{digestOf(blob)},
	})
	return err
}

func descriptor(mediaType string, blob []byte) map[string]any {
	return map[string]any{"mediaType": mediaType, "digest": digestOf(blob), "size": len(blob)}
}

func digestOf(blob []byte) string { return fmt.Sprintf("sha256:%x", sha256.Sum256(blob)) }

// remove deletes the repository and shows that describing it then returns a
// typed error.
func remove(ctx context.Context, client *ecrpublic.Client, name string, stdout io.Writer) error {
	if _, err := client.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: &name, Force: true}); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "deleted       ", name)

	_, err := client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: &name})
	var notFound *types.RepositoryNotFoundException
	if !errors.As(err, &notFound) {
		return fmt.Errorf("expected the repository to be gone, got %v", err) //nolint:errorlint // it may be nil
	}
	fmt.Fprintln(stdout, "as expected   ", notFound.ErrorMessage())
	return nil
}
