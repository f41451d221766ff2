// Command quickstart walks through the life of a public repository: create it,
// push a small image through the layer API, look at it, and clean up. With no
// arguments it runs on an emulator inside this process and needs no account;
// with -live it runs on Amazon ECR Public, with the credentials that the AWS CLI
// would use.
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

func main() {
	log.SetFlags(0)
	live := flag.Bool("live", false, "use Amazon ECR Public instead of the emulator")
	name := flag.String("repository", "quickstart-"+strings.ToLower(rand.Text()[:8]), "`name` of the repository to create and delete")
	flag.Usage = func() {
		fmt.Print("Usage: quickstart [flags]\n\nCreates a repository, pushes a small image, looks at it, and deletes all of it.\n\n")
		flag.CommandLine.SetOutput(os.Stdout)
		flag.PrintDefaults()
	}
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	client, done, err := connect(ctx, *live)
	if err != nil {
		log.Fatal(err)
	}
	defer done()
	if err := walk(ctx, client, *name); err != nil {
		log.Fatal(err)
	}
}

// connect returns a client and what ends its server.
func connect(ctx context.Context, live bool) (*ecrpublic.Client, func(), error) {
	if !live {
		server := ecrpublictest.NewServer()
		fmt.Println("emulator      ", server.URL)
		return server.Client(), server.Close, nil
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, nil, err
	}
	return ecrpublic.NewFromConfig(cfg), func() {}, nil
}

func walk(ctx context.Context, client *ecrpublic.Client, name string) (err error) {
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
	fmt.Println("created       ", *created.Repository.RepositoryUri)
	defer func() {
		// Clean up even when the context has ended.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		err = errors.Join(err, remove(ctx, client, name))
	}()

	fmt.Println("catalog       ", *created.CatalogData.Description)
	tags, err := client.ListTagsForResource(ctx, &ecrpublic.ListTagsForResourceInput{ResourceArn: created.Repository.RepositoryArn})
	if err != nil {
		return err
	}
	for _, tag := range tags.Tags {
		fmt.Printf("tag            %s=%s\n", *tag.Key, *tag.Value)
	}

	digest, err := push(ctx, client, name, "v1", []byte("hello from ecr-public-go\n"))
	if err != nil {
		return err
	}
	fmt.Println("pushed        ", digest)

	images := paginators.NewDescribeImagesPaginator(client, &paginators.DescribeImagesInput{RepositoryName: &name})
	for image, err := range images.Items(ctx) {
		if err != nil {
			return err
		}
		fmt.Printf("image          %s, %d bytes, pushed %s\n", strings.Join(image.ImageTags, ","), *image.ImageSizeInBytes, image.ImagePushedAt.Format(time.RFC3339))
	}

	token, err := client.GetAuthorizationToken(ctx, nil)
	if err != nil {
		return err
	}
	fmt.Println("login until   ", token.AuthorizationData.ExpiresAt.Format(time.RFC3339))
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

// remove deletes the repository and shows that asking for it is then a typed
// error.
func remove(ctx context.Context, client *ecrpublic.Client, name string) error {
	if _, err := client.DeleteRepository(ctx, &ecrpublic.DeleteRepositoryInput{RepositoryName: &name, Force: true}); err != nil {
		return err
	}
	fmt.Println("deleted       ", name)

	_, err := client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: &name})
	var notFound *types.RepositoryNotFoundException
	if !errors.As(err, &notFound) {
		return fmt.Errorf("expected the repository to be gone, got %v", err)
	}
	fmt.Println("as expected   ", notFound.ErrorMessage())
	return nil
}
