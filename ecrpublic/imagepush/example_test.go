package imagepush_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"
	"oras.land/oras-go/v2/content/oci"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// greetings creates a source with an artifact for each tag.
func greetings(ctx context.Context, tags ...string) *memory.Store {
	store := memory.New()
	for _, tag := range tags {
		layer, err := oras.PushBytes(ctx, store, "text/plain", []byte("hello "+tag))
		if err != nil {
			log.Fatal(err)
		}
		artifact, err := oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, "application/vnd.example.greeting", oras.PackManifestOptions{
			Layers:              []ocispec.Descriptor{layer},
			ManifestAnnotations: map[string]string{ocispec.AnnotationCreated: "2026-01-01T00:00:00Z"},
		})
		if err != nil {
			log.Fatal(err)
		}
		if err := store.Tag(ctx, artifact, tag); err != nil {
			log.Fatal(err)
		}
	}
	return store
}

func ExamplePush() {
	ctx := context.Background()
	emulator := ecrpublictest.NewServer() // stands in for AWS
	defer emulator.Close()
	client := emulator.Client()

	source := greetings(ctx, "v1") // or imagepush.Open, or a repository of another registry
	options := imagepush.PushOptions{Repository: "team/app", Reference: "v1", CreateRepository: client}
	for range 2 {
		result, err := imagepush.Push(ctx, client, source, options)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(result.Descriptor.Digest)
		fmt.Printf("%d uploaded, %d bytes; %d there already\n", len(result.Uploaded), result.UploadedBytes, len(result.Skipped))
	}
	// Output:
	// sha256:0ccbb2421fd831c3aa72976f237b1f92607e518b91fbd1f5faecd1693fde65e6
	// 3 uploaded, 505 bytes; 0 there already
	// sha256:0ccbb2421fd831c3aa72976f237b1f92607e518b91fbd1f5faecd1693fde65e6
	// 0 uploaded, 0 bytes; 1 there already
}

func ExamplePush_progress() {
	ctx := context.Background()
	emulator := ecrpublictest.NewServer()
	defer emulator.Close()
	client := emulator.Client()

	options := imagepush.PushOptions{Repository: "team/app", Reference: "v1", CreateRepository: client}
	_, err := imagepush.Push(ctx, client, greetings(ctx, "v1"), options, func(o *imagepush.TargetOptions) {
		o.Progress = func(p imagepush.Progress) {
			if p.Done == p.Descriptor.Size {
				fmt.Println(p.Descriptor.MediaType)
			}
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	// Unordered output:
	// application/vnd.oci.empty.v1+json
	// text/plain
	// application/vnd.oci.image.manifest.v1+json
}

func ExampleMirror() {
	ctx := context.Background()
	emulator := ecrpublictest.NewServer() // stands in for AWS and for the registry to mirror
	defer emulator.Close()
	client := emulator.Client()
	upstream := prepare(ctx, emulator, "v1.0", "v1.1", "nightly")

	options := imagepush.MirrorOptions{Repository: "copy", Tags: []string{"v1.*"}, CreateRepository: client}
	for range 2 {
		result, err := imagepush.Mirror(ctx, client, upstream, options)
		if err != nil {
			log.Fatal(err)
		}
		for _, image := range result.Images {
			fmt.Println(image.Tag, "up to date:", image.UpToDate)
		}
	}
	// Output:
	// v1.0 up to date: false
	// v1.1 up to date: false
	// v1.0 up to date: true
	// v1.1 up to date: true
}

// prepare pushes artifacts to a repository, and opens it as a repository of any
// registry.
func prepare(ctx context.Context, emulator *ecrpublictest.Server, tags ...string) *remote.Repository {
	client := emulator.Client()
	source := greetings(ctx, tags...)
	var path string
	for _, tag := range tags {
		result, err := imagepush.Push(ctx, client, source, imagepush.PushOptions{Repository: "upstream", Reference: tag, CreateRepository: client})
		if err != nil {
			log.Fatal(err)
		}
		_, path, _ = strings.Cut(result.RepositoryURI, "/")
	}
	repository, err := remote.NewRepository(emulator.RegistryHost() + "/" + path)
	if err != nil {
		log.Fatal(err)
	}
	repository.PlainHTTP = true
	return repository
}

// A Target is for programs that control the copy themselves.
func ExampleTarget() {
	ctx := context.Background()
	emulator := ecrpublictest.NewServer()
	defer emulator.Close()
	client := emulator.Client()
	prepare(ctx, emulator, "v1")

	target, err := imagepush.NewTarget(client, "upstream")
	if err != nil {
		log.Fatal(err)
	}
	options := oras.DefaultCopyOptions
	options.FindSuccessors = target.FindSuccessors
	options.OnCopySkipped = func(_ context.Context, desc ocispec.Descriptor) error {
		fmt.Println("there already:", desc.MediaType)
		return nil
	}
	if _, err := oras.Copy(ctx, greetings(ctx, "v2"), "v2", target, "latest", options); err != nil {
		log.Fatal(err)
	}
	image, err := target.Resolve(ctx, "latest")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("latest:", image.MediaType)
	// Output:
	// there already: application/vnd.oci.empty.v1+json
	// latest: application/vnd.oci.image.manifest.v1+json
}

func ExampleOpen() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "layout")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	layout, err := oci.New(folder)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := oras.Copy(ctx, greetings(ctx, "v1"), "v1", layout, "v1", oras.DefaultCopyOptions); err != nil {
		log.Fatal(err)
	}

	source, err := imagepush.Open(ctx, folder) // or a tar file, or a docker save archive
	if err != nil {
		log.Fatal(err)
	}
	image, err := source.Resolve(ctx, "") // the only one
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(image.Digest)
	// Output:
	// sha256:0ccbb2421fd831c3aa72976f237b1f92607e518b91fbd1f5faecd1693fde65e6
}
