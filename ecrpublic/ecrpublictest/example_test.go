package ecrpublictest_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// One line gives a unit test a client of its own service.
func Example() {
	client := ecrpublictest.NewServer().Client()

	out, err := client.CreateRepository(context.Background(), &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("team/app")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(*out.Repository.RepositoryArn)
	// Output: arn:aws:ecr-public::123456789012:repository/team/app
}

// An image pushed by a container tool can be described through the API, and
// pulled.
func ExampleServer_RegistryHost() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer(ecrpublictest.WithAlias("my-team"))
	defer srv.Close()
	client := srv.Client()
	_, err := client.CreateRepository(ctx, &ecrpublic.CreateRepositoryInput{RepositoryName: aws.String("app")})
	if err != nil {
		log.Fatal(err)
	}
	credentials, err := login.Get(ctx, client)
	if err != nil {
		log.Fatal(err)
	}
	repository, err := remote.NewRepository(srv.RegistryHost() + "/my-team/app")
	if err != nil {
		log.Fatal(err)
	}
	repository.PlainHTTP = true
	repository.Client = &auth.Client{Credential: auth.StaticCredential(srv.RegistryHost(), auth.Credential{
		Username: credentials.Username,
		Password: credentials.Password,
	})}
	manifest, err := oras.PackManifest(ctx, repository, oras.PackManifestVersion1_1, "application/x.example", oras.PackManifestOptions{
		ManifestAnnotations: map[string]string{"org.opencontainers.image.created": "2026-01-02T03:04:05Z"},
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := repository.Tag(ctx, manifest, "v1"); err != nil {
		log.Fatal(err)
	}

	described, err := client.DescribeImages(ctx, &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("pushed", described.ImageDetails[0].ImageTags, *described.ImageDetails[0].ImageManifestMediaType)
	pulled, err := oras.Copy(ctx, repository, "v1", memory.New(), "v1", oras.DefaultCopyOptions)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("pulled what was pushed:", pulled.Digest == manifest.Digest)
	// Output:
	// pushed [v1] application/vnd.oci.image.manifest.v1+json
	// pulled what was pushed: true
}

// Code that gets a repository's address from the API and calls public.ecr.aws
// only needs another transport.
func ExampleServer_Transport() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	digest, err := srv.AddImage("app", "v1")
	if err != nil {
		log.Fatal(err)
	}
	described, err := srv.Client().DescribeRepositories(ctx, nil)
	if err != nil {
		log.Fatal(err)
	}
	repository, err := remote.NewRepository(*described.Repositories[0].RepositoryUri)
	if err != nil {
		log.Fatal(err)
	}
	repository.Client = &auth.Client{Client: &http.Client{Transport: srv.Transport()}}
	pulled, err := repository.Resolve(ctx, "v1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(repository.Reference.Registry, pulled.Digest.String() == digest)
	// Output: public.ecr.aws true
}

// A handler runs in your own server, here with a state that survives a restart.
func ExampleNewHandler() {
	dir, err := os.MkdirTemp("", "emulator")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for range 2 {
		handler, err := ecrpublictest.NewHandler(ecrpublictest.WithDataDir(dir))
		if err != nil {
			log.Fatal(err)
		}
		if _, err := handler.AddImage("app"); err != nil {
			log.Fatal(err)
		}
		server := httptest.NewServer(handler)
		client := ecrpublic.New(ecrpublic.Options{BaseEndpoint: &server.URL})
		out, err := client.DescribeImages(context.Background(), &ecrpublic.DescribeImagesInput{RepositoryName: aws.String("app")})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(len(out.ImageDetails))
		server.Close()
		if err := handler.Close(); err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// 1
	// 2
}
