package ecrpublic_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/types"
)

func ExampleClient_DescribeImages() {
	srv := ecrpublictest.NewServer(ecrpublictest.WithClock(func() time.Time {
		return time.Date(2026, 5, 1, 8, 30, 0, 0, time.UTC)
	}))
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1", "stable"); err != nil {
		log.Fatal(err)
	}

	out, err := srv.Client().DescribeImages(context.Background(), &ecrpublic.DescribeImagesInput{
		RepositoryName: aws.String("app"),
		ImageIds:       []types.ImageIdentifier{{ImageTag: aws.String("stable")}},
	})
	if err != nil {
		log.Fatal(err)
	}
	image := out.ImageDetails[0]
	fmt.Println(image.ImageTags, image.ImagePushedAt.Format(time.DateTime))
	// Output: [v1 stable] 2026-05-01 08:30:00
}

func ExampleClient_DescribeImageTags() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	digest, err := srv.AddImage("app", "v1")
	if err != nil {
		log.Fatal(err)
	}

	out, err := srv.Client().DescribeImageTags(context.Background(), &ecrpublic.DescribeImageTagsInput{RepositoryName: aws.String("app")})
	if err != nil {
		log.Fatal(err)
	}
	tag := out.ImageTagDetails[0]
	fmt.Println(*tag.ImageTag, *tag.ImageDetail.ImageDigest == digest)
	// Output: v1 true
}

// Putting an existing image with another tag tags it.
func ExampleClient_PutImage() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	client := srv.Client()
	if _, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")}); err != nil {
		log.Fatal(err)
	}

	// An empty index is the smallest possible image: it needs no layers.
	const index = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`
	for _, tag := range []string{"v1", "stable", "stable"} {
		out, err := client.PutImage(ctx, &ecrpublic.PutImageInput{
			RepositoryName: aws.String("app"),
			ImageManifest:  aws.String(index),
			ImageTag:       aws.String(tag),
		})
		if ecrpublic.IsAlreadyExists(err) {
			fmt.Println(tag, "is there already")
			continue
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tag, (*out.Image.ImageId.ImageDigest)[:19])
	}
	// Output:
	// v1 sha256:dff9de109191
	// stable sha256:dff9de109191
	// stable is there already
}

// A nil error does not mean that everything was deleted: check Failures.
func ExampleClient_BatchDeleteImage() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1"); err != nil {
		log.Fatal(err)
	}

	out, err := srv.Client().BatchDeleteImage(context.Background(), &ecrpublic.BatchDeleteImageInput{
		RepositoryName: aws.String("app"),
		ImageIds:       []types.ImageIdentifier{{ImageTag: aws.String("v1")}, {ImageTag: aws.String("v2")}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, id := range out.ImageIds {
		fmt.Println("deleted", *id.ImageTag)
	}
	for _, failure := range out.Failures {
		fmt.Println("failed", *failure.ImageId.ImageTag, failure.FailureCode)
	}
	// Output:
	// deleted v1
	// failed v2 ImageNotFound
}
