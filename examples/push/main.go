// Command push copies an image from disk into a repository of ECR Public.
package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

const about = `
Copies an image from disk into a repository, with AWS credentials alone: no Docker
daemon, no registry login. Prints the repository's URI and the image's digest.

Without flags it pushes a small artifact of its own making to an emulator in its
own process.`

func main() { demo.Main("push", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var options imagepush.PushOptions
	flags := demo.NewFlags("push", about)
	path := flags.String("source", "", "`path` of an OCI layout, as a folder or a tar, or of an archive of docker save")
	flags.StringVar(&options.Reference, "reference", "", "`name` or digest of the image in the source; not needed if there is only one")
	flags.StringVar(&options.Repository, "repository", "", "`name` of the repository, without the registry's alias")
	flags.StringVar(&options.Tag, "tag", "", "`tag` to set")
	flags.BoolVar(&options.Referrers, "referrers", false, "push signatures and other referrers of the image, too")
	create := flags.Bool("create", false, "create the repository if it is missing")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if err := flags.Require("source", "repository"); err != nil {
		return err
	}

	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	if flags.Emulated() {
		options.Repository, options.Tag = cmp.Or(options.Repository, "demo/app"), cmp.Or(options.Tag, "latest")
		*create = true // a new emulator has no repositories
	}
	if *create {
		options.CreateRepository = service.Client
	}
	source, err := open(ctx, *path, &options.Reference)
	if err != nil {
		return err
	}
	return push(ctx, service.Client, source, options, stdout, stderr)
}

// open reads what -source names, or else makes an artifact and sets the reference
// to it.
func open(ctx context.Context, path string, reference *string) (oras.ReadOnlyTarget, error) {
	if path != "" {
		source, err := imagepush.Open(ctx, path)
		if err != nil {
			return nil, fmt.Errorf("-source: %w", err)
		}
		return source, nil
	}
	*reference = "greeting"
	store := memory.New()
	return store, demo.AddArtifact(ctx, store, *reference, bytes.Repeat([]byte("hello, ECR Public\n"), 10_000))
}

// push shows on stderr what is sent, and prints on stdout what came of it.
func push(ctx context.Context, client *ecrpublic.Client, source oras.ReadOnlyTarget, options imagepush.PushOptions, stdout, stderr io.Writer) error {
	show, finish := demo.Transfer(stderr)
	result, err := imagepush.Push(ctx, client, source, options, func(o *imagepush.TargetOptions) { o.Progress = show })
	finish(err)
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "uploaded %d of %s, %s\n", len(result.Uploaded), demo.Count(len(result.Uploaded)+len(result.Skipped), "blob"), demo.Size(result.UploadedBytes))

	uri := result.RepositoryURI
	if uri == "" {
		out, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{options.Repository}})
		if err != nil {
			return err
		}
		uri = aws.ToString(out.Repositories[0].RepositoryUri)
	}
	fmt.Fprintf(stdout, "repositoryUri: %s\ndigest: %s\n", uri, result.Descriptor.Digest)
	return nil
}
