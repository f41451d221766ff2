package ecrpublic_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// A layer is uploaded in parts: initiate, upload, complete. Package
// ecrpublic/imagepush does this for whole images.
func ExampleClient_UploadLayerPart() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	client := srv.Client()
	repository := aws.String("app")
	if _, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: repository}); err != nil {
		log.Fatal(err)
	}

	const layer = "the bytes of a layer"
	upload, err := client.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: repository})
	if err != nil {
		log.Fatal(err)
	}
	part, err := client.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
		RepositoryName: repository,
		UploadId:       upload.UploadId,
		PartFirstByte:  aws.Int64(0),
		PartLastByte:   aws.Int64(int64(len(layer)) - 1),
		LayerPartBlob:  []byte(layer),
	})
	if err != nil {
		log.Fatal(err)
	}
	done, err := client.CompleteLayerUpload(ctx, &ecrpublic.CompleteLayerUploadInput{
		RepositoryName: repository,
		UploadId:       upload.UploadId,
		LayerDigests:   []string{fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(layer)))},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("parts of", *upload.PartSize>>20, "MiB; last byte", *part.LastByteReceived)
	fmt.Println((*done.LayerDigest)[:19])
	// Output:
	// parts of 10 MiB; last byte 19
	// sha256:3692935ef415
}

// A seekable reader, such as a file, is streamed and never read into memory
// as a whole.
func ExampleUploadLayerPartInput_reader() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	client := srv.Client()
	repository := aws.String("app")
	if _, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: repository}); err != nil {
		log.Fatal(err)
	}
	upload, err := client.InitiateLayerUpload(ctx, &ecrpublic.InitiateLayerUploadInput{RepositoryName: repository})
	if err != nil {
		log.Fatal(err)
	}

	file := strings.NewReader("the bytes of a layer")
	part, err := client.UploadLayerPart(ctx, &ecrpublic.UploadLayerPartInput{
		RepositoryName:  repository,
		UploadId:        upload.UploadId,
		PartFirstByte:   aws.Int64(0),
		PartLastByte:    aws.Int64(file.Size() - 1),
		LayerPartReader: file,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("received up to byte", *part.LastByteReceived)
	// Output: received up to byte 19
}

// Missing layers are part of the response, not an error.
func ExampleClient_BatchCheckLayerAvailability() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	if _, err := srv.AddImage("app", "v1"); err != nil {
		log.Fatal(err)
	}

	out, err := srv.Client().BatchCheckLayerAvailability(context.Background(), &ecrpublic.BatchCheckLayerAvailabilityInput{
		RepositoryName: aws.String("app"),
		LayerDigests:   []string{"sha256:" + strings.Repeat("0", 64), "latest"},
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Layers[0].LayerAvailability)
	fmt.Println(*out.Failures[0].LayerDigest, out.Failures[0].FailureCode)
	// Output:
	// UNAVAILABLE
	// latest InvalidLayerDigest
}
