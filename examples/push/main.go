// Command push copies an image from disk into a repository of ECR Public.
package main

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

const about = `
Copies an image from disk into a repository, with AWS credentials and no Docker daemon.
Prints the repository's URI, the image's digest and its tag.

It remembers the digests of compressed docker save layers in your cache directory, so
pushing the same layers again is fast.

Without flags it pushes a small artifact to an emulator that it starts itself.`

func main() { demo.Main("push", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var options imagepush.PushOptions
	flags := demo.NewFlags("push", about)
	path := flags.String("source", "", "`path` of an OCI layout (directory or tar file) or a docker save archive")
	flags.StringVar(&options.Reference, "reference", "", "`name` or digest of the image in the source; not needed if there is only one")
	flags.StringVar(&options.Platform, "platform", "", "push only this `platform` of an index, such as linux/arm64")
	flags.StringVar(&options.Repository, "repository", "", "`name` of the repository, without the registry's alias")
	flags.StringVar(&options.Tag, "tag", "", "`tag` to set")
	flags.BoolVar(&options.Referrers, "referrers", false, "also push signatures and other referrers of the image")
	create := flags.Bool("create", false, "create the repository if it is missing")
	cache := flags.String("cache", defaultCache(), "`file` for the digests of compressed layers; empty for none")
	via := flags.Via()
	flags.MayBeEmpty("cache")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if err := flags.Require("source", "repository"); err != nil {
		return err
	}
	if err := cmp.Or(demo.CheckVia(*via), demo.CheckTag("tag", options.Tag), checkPlatform(options.Platform), checkSource(*path)); err != nil {
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
	var uri string
	lookUp := func(ctx context.Context) (err error) {
		uri, err = service.RepositoryURI(ctx, options.Repository, *create)
		return err
	}
	group, groupCtx := errgroup.WithContext(ctx)
	if !*create { // look the repository up while layers are compressed
		group.Go(func() error { return lookUp(groupCtx) })
	}
	source, err := open(groupCtx, *path, *cache, &options.Reference)
	if lookUpErr := group.Wait(); lookUpErr != nil { // which ends open, too
		err = lookUpErr
	}
	if err != nil {
		return err
	}
	if closer, ok := source.(io.Closer); ok {
		defer closer.Close()
	}
	if *create { // once the source is known to be good
		if err := lookUp(ctx); err != nil {
			return err
		}
	}
	send, err := service.SendVia(*via, uri)
	if err != nil {
		return err
	}
	return push(ctx, service, source, options, send, uri, stdout, stderr)
}

func checkPlatform(platform string) error {
	if _, _, _, ok := limits.SplitPlatform(platform); !ok && platform != "" {
		return demo.Usagef("-platform %q: want %s", platform, limits.PlatformForm)
	}
	return nil
}

func checkSource(path string) error {
	if path == "" {
		return nil
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("-source: %w", err)
	}
	return nil
}

// defaultCache is a file in the user's cache directory, or "" without one.
func defaultCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "ecr-public-go", "layers.jsonl")
}

// open opens -source, or else creates an artifact and sets the reference to it.
func open(ctx context.Context, path, cache string, reference *string) (oras.ReadOnlyTarget, error) {
	if path != "" {
		source, err := imagepush.Open(ctx, path, func(o *imagepush.OpenOptions) {
			if cache != "" {
				o.Digests = imagepush.NewDigestFile(cache)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("-source: %w", err)
		}
		return source, nil
	}
	*reference = "greeting"
	store := memory.New()
	return store, demo.AddArtifact(ctx, store, *reference, bytes.Repeat([]byte("hello, ECR Public\n"), 10_000))
}

// push shows progress on stderr, and prints the result on stdout.
func push(ctx context.Context, service *demo.Service, source oras.ReadOnlyTarget, options imagepush.PushOptions, send func(*imagepush.TargetOptions), uri string, stdout, stderr io.Writer) error {
	transfer := demo.Transfer
	if options.Referrers {
		transfer = demo.Transfers
	}
	show, finish := transfer(stderr)
	result, err := imagepush.Push(ctx, service.Client, source, options, send, func(o *imagepush.TargetOptions) { o.Progress = show })
	finish(err)
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "uploaded %d of %s, %s\n", len(result.Uploaded), demo.Count(len(result.Uploaded)+len(result.Skipped), "blob"), demo.Size(result.UploadedBytes))
	fmt.Fprintf(stdout, "repositoryUri: %s\ndigest: %s\ntag: %s\n", uri, result.Descriptor.Digest, cmp.Or(result.Tag, "none"))
	return nil
}
