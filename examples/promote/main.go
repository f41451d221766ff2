// Command promote points a tag at an image that is already in ECR Public.
//
// In a pipeline, build and push once, and keep the digest:
//
//	push -live -repository app -source image.tar -tag "build-$BUILD" | sed -n 's/^digest: //p' >digest
//
// Test the image by its digest:
//
//	docker run --rm "public.ecr.aws/$ALIAS/app@$(cat digest)" self-test
//
// Then promote the digest to the tag that users pull, in the same repository or in
// another one. Use -dry-run first to see what would change:
//
//	promote -live -from "public.ecr.aws/$ALIAS/app@$(cat digest)" -tag stable -dry-run
//	promote -live -from "public.ecr.aws/$ALIAS/app@$(cat digest)" -tag stable
//	promote -live -from "public.ecr.aws/$ALIAS/app@$(cat digest)" -repository app-release -tag 1.4.0 -referrers
//
// Users pull exactly what was tested. To roll back, promote the digest in the line
// "previous".
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/types"
)

const about = `
Points a tag at an image that is already in your account, in the same repository or in
another one. Name the image by the digest that you have tested. To roll back, promote
the tag's previous digest, which the program prints.

Without flags it pushes a small artifact to an emulator that it starts itself, and
promotes it to the tag stable and to another repository.`

func main() { demo.Main("promote", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var options imagepush.PromoteOptions
	var to imageref.Reference
	flags := demo.NewFlags("promote", about)
	from := flags.String("from", "", "`reference` of the image, such as public.ecr.aws/alias/app@sha256:… or public.ecr.aws/alias/app:v1")
	flags.StringVar(&to.Tag, "tag", "", "`tag` to set; default for another repository: the tag of -from")
	flags.StringVar(&to.RepositoryName, "repository", "", "`name` of the repository, without the registry's alias; default: that of -from")
	flags.BoolVar(&options.Referrers, "referrers", false, "also copy signatures and other referrers of the image")
	flags.BoolVar(&options.DryRun, "dry-run", false, "only show what would change and how much would be sent")
	create := flags.Bool("create", false, "create the repository if it is missing")
	via := flags.Via()
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if err := flags.Require("from"); err != nil {
		return err
	}
	if err := cmp.Or(demo.CheckVia(*via), demo.CheckTag("tag", to.Tag)); err != nil {
		return err
	}

	var ref imageref.Reference
	if *from != "" {
		var err error
		if ref, err = demo.ParseReference("from", *from); err != nil {
			return err
		}
		if ref.Tag == "" && ref.Digest == "" {
			return demo.Usagef("-from %s: want a tag or a digest of the repository", *from)
		}
		if !flags.Emulated() && to.Tag == "" && (ref.Tag == "" || cmp.Or(to.RepositoryName, ref.RepositoryName) == ref.RepositoryName) {
			return demo.Usagef("-tag is missing: the tag to set")
		}
	}

	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	promotions := []imageref.Reference{to}
	if *from == "" {
		if ref, err = fill(ctx, service); err != nil {
			return err
		}
		*create = true
		promotions = []imageref.Reference{{Tag: cmp.Or(to.Tag, "stable")}, {RepositoryName: "demo/release", Tag: cmp.Or(to.Tag, "stable")}}
	}
	if *create {
		options.CreateRepository = service.Client
	}
	for _, to := range promotions {
		if err := promote(ctx, service, ref, to, *via, options, stdout, stderr); err != nil {
			return err
		}
	}
	return nil
}

// promote shows progress on stderr, and prints the outcome on stdout.
func promote(ctx context.Context, service *demo.Service, from, to imageref.Reference, via string, options imagepush.PromoteOptions, stdout, stderr io.Writer) error {
	reader, err := service.Registry()
	if err != nil {
		return err
	}
	target := imageref.Reference{Alias: from.Alias, RepositoryName: cmp.Or(to.RepositoryName, from.RepositoryName)}
	send, err := service.SendVia(via, target.String())
	if err != nil {
		return err
	}
	transfer := demo.Transfer
	if options.Referrers {
		transfer = demo.Transfers
	}
	show, finish := transfer(stderr)
	result, err := imagepush.Promote(ctx, service.Client, reader, from, to, options, send, func(o *imagepush.TargetOptions) { o.Progress = show })
	finish(err)
	if _, missing := errors.AsType[*types.RepositoryNotFoundException](err); missing {
		return fmt.Errorf("%w; -create creates the repository", err)
	}
	if err != nil {
		return err
	}
	if options.DryRun && result.UpToDate {
		return demo.PrintPlan(stdout, nil, result.Bytes)
	}
	if options.DryRun {
		return demo.PrintPlan(stdout, []imagepush.Change{result.Change()}, 0)
	}
	target.Tag = result.Tag
	fmt.Fprintf(stdout, "image: %s\ndigest: %s\nprevious: %s\n", target, result.Descriptor.Digest, cmp.Or(result.Previous.String(), "none"))
	return nil
}

// fill pushes an artifact to the emulator and returns its reference, by digest.
func fill(ctx context.Context, service *demo.Service) (imageref.Reference, error) {
	store := memory.New()
	if err := demo.AddArtifact(ctx, store, "build-1", []byte("hello, ECR Public\n")); err != nil {
		return imageref.Reference{}, err
	}
	result, err := imagepush.Push(ctx, service.Client, store, imagepush.PushOptions{
		Repository: "demo/app", Reference: "build-1", CreateRepository: service.Client,
	})
	if err != nil {
		return imageref.Reference{}, err
	}
	return imageref.Parse(result.RepositoryURI + "@" + result.Descriptor.Digest.String())
}
