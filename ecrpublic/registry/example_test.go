package registry_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

// emulated starts an emulator with one image and returns a client for it. For
// public.ecr.aws, registry.New(registry.Options{}) is enough.
func emulated() (client *registry.Client, server *ecrpublictest.Server) {
	server = ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	if _, err := server.AddImage("team/app", "v1", "v2"); err != nil {
		log.Fatal(err)
	}
	client, err := registry.New(registry.Options{Host: server.URL, Rate: -1})
	if err != nil {
		log.Fatal(err)
	}
	return client, server
}

// The zero value of the options reads public.ecr.aws without a login. Here the
// emulator takes its place.
func ExampleNew() {
	server := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	defer server.Close()
	if _, err := server.AddImage("team/app", "v1"); err != nil {
		log.Fatal(err)
	}

	client, err := registry.New(registry.Options{
		HTTPClient: &http.Client{Transport: server.Transport()}, // leave it out for AWS
	})
	if err != nil {
		log.Fatal(err)
	}
	ref, err := imageref.Parse("public.ecr.aws/acme/team/app:v1")
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Resolve(context.Background(), ref)
	fmt.Println(err)
	// Output: <nil>
}

func ExampleClient_Tags() {
	client, server := emulated()
	defer server.Close()

	ref, err := imageref.Parse("public.ecr.aws/acme/team/app")
	if err != nil {
		log.Fatal(err)
	}
	for tag, err := range client.Tags(context.Background(), ref) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(tag)
	}
	// Output:
	// v1
	// v2
}

func ExampleClient_Resolve() {
	client, server := emulated()
	defer server.Close()

	ref, err := imageref.Parse("public.ecr.aws/acme/team/app:v1")
	if err != nil {
		log.Fatal(err)
	}
	desc, err := client.Resolve(context.Background(), ref)
	if err != nil {
		log.Fatal(err)
	}
	ref.Digest = desc.Digest.String() // pins the image
	fmt.Println(desc.MediaType, ref.Validate())

	ref.Tag, ref.Digest = "v3", ""
	_, err = client.Resolve(context.Background(), ref)
	fmt.Println(registry.IsNotFound(err))
	// Output:
	// application/vnd.oci.image.manifest.v1+json <nil>
	// true
}

func ExampleClient_Manifest() {
	client, server := emulated()
	defer server.Close()
	ctx := context.Background()

	ref := imageref.Reference{Alias: "acme", RepositoryName: "team/app", Tag: "v1"}
	manifest, err := client.Manifest(ctx, ref)
	if err != nil {
		log.Fatal(err)
	}
	var image ocispec.Manifest
	if err := json.Unmarshal(manifest.Content, &image); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(image.Layers), image.Config.MediaType)
	// Output: 1 application/vnd.oci.image.config.v1+json
}

func ExampleClient_Blob() {
	client, server := emulated()
	defer server.Close()
	ctx := context.Background()

	ref := imageref.Reference{Alias: "acme", RepositoryName: "team/app", Tag: "v1"}
	manifest, err := client.Manifest(ctx, ref)
	if err != nil {
		log.Fatal(err)
	}
	var image ocispec.Manifest
	if err := json.Unmarshal(manifest.Content, &image); err != nil {
		log.Fatal(err)
	}
	blob, err := client.Blob(ctx, ref, image.Config.Digest)
	if err != nil {
		log.Fatal(err)
	}
	defer blob.Close()
	content, err := io.ReadAll(blob) // an error unless the digest is right
	if err != nil {
		log.Fatal(err)
	}
	var config ocispec.Image
	if err := json.Unmarshal(content, &config); err != nil {
		log.Fatal(err)
	}
	fmt.Println(config.OS + "/" + config.Architecture)
	// Output: linux/amd64
}

// sign pushes an artifact whose subject is an image.
func sign(server *ecrpublictest.Server, subject ocispec.Descriptor) {
	client, err := registry.New(registry.Options{Host: server.URL, Login: login.NewProvider(server.Client(), func(o *login.ProviderOptions) {
		o.Hosts = []string{server.RegistryHost()}
	})})
	if err != nil {
		log.Fatal(err)
	}
	repository, err := remote.NewRepository(server.RegistryHost() + "/acme/team/app")
	if err != nil {
		log.Fatal(err)
	}
	repository.PlainHTTP, repository.Client = true, client
	options := oras.PackManifestOptions{Subject: &subject}
	if _, err := oras.PackManifest(context.Background(), repository, oras.PackManifestVersion1_1, "application/vnd.example.signature", options); err != nil {
		log.Fatal(err)
	}
}

func ExampleClient_Referrers() {
	client, server := emulated()
	defer server.Close()
	ctx := context.Background()

	ref := imageref.Reference{Alias: "acme", RepositoryName: "team/app", Tag: "v1"}
	desc, err := client.Resolve(ctx, ref)
	if err != nil {
		log.Fatal(err)
	}
	sign(server, desc)
	for signature, err := range client.Referrers(ctx, ref, "application/vnd.example.signature") {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(signature.ArtifactType, signature.Size > 0)
	}
	// Output: application/vnd.example.signature true
}

// A Client can be the Client of oras-go's remote.Repository.
func ExampleClient_Do() {
	_, server := emulated()
	defer server.Close()
	ctx := context.Background()

	provider := login.NewProvider(server.Client(), func(o *login.ProviderOptions) {
		o.Hosts = []string{server.RegistryHost()} // leave it out for AWS
	})
	client, err := registry.New(registry.Options{
		Login: provider,
		Host:  server.URL, // leave it out for AWS
	})
	if err != nil {
		log.Fatal(err)
	}
	repository, err := remote.NewRepository(server.RegistryHost() + "/acme/team/app")
	if err != nil {
		log.Fatal(err)
	}
	repository.PlainHTTP = true // leave it out for AWS
	repository.Client = client

	_, err = oras.Tag(ctx, repository, "v1", "stable")
	fmt.Println(err)
	// Output: <nil>
}

// The transport is for go-containerregistry, as crane.WithTransport or
// remote.WithTransport, and for plain HTTP.
func ExampleClient_Transport() {
	client, server := emulated()
	defer server.Close()

	plain := &http.Client{Transport: client.Transport()}
	resp, err := plain.Get(server.URL + "/v2/acme/team/app/tags/list")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	fmt.Println(resp.StatusCode, string(text), err)
	// Output: 200 {"name":"acme/team/app","tags":["v1","v2"]} <nil>
}

func ExampleError() {
	client, server := emulated()
	defer server.Close()
	server.Inject(ecrpublictest.Fault{Operation: "GET /v2/", After: 1, Effect: ecrpublictest.Middleware(func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		})
	})})

	ref := imageref.Reference{Alias: "acme", RepositoryName: "team/app", Tag: "v1"}
	_, err := client.Manifest(context.Background(), ref)
	var refused *registry.Error
	if errors.As(err, &refused) && registry.IsRateLimited(err) {
		fmt.Println("ask again in", refused.RetryAfter.Round(time.Minute))
	}
	// Output: ask again in 1h0m0s
}
