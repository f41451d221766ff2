// Command mirror copies tags of a repository in any registry to ECR Public.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

const about = `
Copies tags of a repository in any registry to a repository of ECR Public. Tags that are
up to date are skipped.

The login to the source is that of docker login or crane auth login. For ECR Public and
private ECR, such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com/app, it comes from your
AWS credentials.

Without flags it puts a few artifacts into a repository of an emulator that it starts
itself, and mirrors them to another repository, twice.`

func main() { demo.Main("mirror", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var options imagepush.MirrorOptions
	flags := demo.NewFlags("mirror", about)
	source := flags.String("source", "", "`repository` to copy from, with its registry: docker.io/library/alpine")
	tags := flags.String("tags", "", "`tags` to copy, separated by commas; patterns such as v1.* are allowed; default: all tags")
	flags.StringVar(&options.Repository, "repository", "", "`name` of the repository to copy to, without the registry's alias")
	flags.BoolVar(&options.Referrers, "referrers", false, "also copy signatures and other referrers of the images")
	flags.BoolVar(&options.DryRun, "dry-run", false, "only show which tags would move and how much would be sent")
	create := flags.Bool("create", false, "create the repository if it is missing")
	via := flags.Via()
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if err := flags.Require("source", "repository"); err != nil {
		return err
	}
	if err := cmp.Or(demo.CheckVia(*via), checkSource(*source)); err != nil {
		return err
	}
	var err error
	if options.Tags, err = parseTags(*tags); err != nil {
		return err
	}
	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	options.Repository = cmp.Or(options.Repository, "demo/mirror")
	*create = *create || flags.Emulated() // a new emulator has no repositories
	rounds := 1
	if *source == "" {
		if *source, err = fill(ctx, service); err != nil {
			return err
		}
		if !options.DryRun { // after which the second would say the same
			rounds = 2
		}
	}
	upstream, err := open(ctx, *source, service)
	if err != nil {
		return err
	}
	send := func(*imagepush.TargetOptions) {}
	if options.DryRun && *create {
		options.CreateRepository = service.Client // which says that it may be missing
	}
	if !options.DryRun {
		uri, err := service.RepositoryURI(ctx, options.Repository, *create)
		if err != nil {
			return err
		}
		if send, err = service.SendVia(*via, uri); err != nil {
			return err
		}
	}
	for range rounds {
		if err := mirror(ctx, service.Client, upstream, options, send, stdout, stderr); err != nil {
			return err
		}
	}
	return nil
}

// parseTags returns the tags and patterns of -tags, nil if there are none.
func parseTags(text string) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	tags := strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
	if len(tags) == 0 {
		return nil, demo.Usagef("-tags %q names no tag", text)
	}
	for _, tag := range tags {
		if _, err := path.Match(tag, ""); err != nil {
			return nil, demo.Usagef("-tags %s: %v", tag, err)
		}
		if isPattern := strings.ContainsAny(tag, `*?[\`); isPattern {
			continue
		}
		if err := demo.CheckTag("tags", tag); err != nil {
			return nil, err
		}
	}
	return tags, nil
}

// mirror shows progress on stderr, and prints the outcome for each tag on stdout.
func mirror(ctx context.Context, client *ecrpublic.Client, source imagepush.MirrorSource, options imagepush.MirrorOptions, send func(*imagepush.TargetOptions), stdout, stderr io.Writer) error {
	show, finish := demo.Transfers(stderr)
	result, err := imagepush.Mirror(ctx, client, source, options, send, func(o *imagepush.TargetOptions) { o.Progress = show })
	finish(err)
	if options.DryRun {
		return errors.Join(printPlan(stdout, result), err)
	}
	for _, image := range result.Images {
		fmt.Fprintf(stdout, "%-10s  %-20s %s\n", state(image), image.Tag, image.Descriptor.Digest)
	}
	fmt.Fprintf(stdout, "%d uploaded, %s\n", len(result.Uploaded), demo.Size(result.UploadedBytes))
	return err
}

// printPlan prints what would be done for the tags that did not fail.
func printPlan(w io.Writer, result imagepush.MirrorResult) error {
	var referrers int64
	failed := 0
	for _, image := range result.Images {
		switch {
		case image.Err != nil:
			failed++
		case image.UpToDate:
			referrers += image.Bytes
		}
	}
	if failed == len(result.Images) {
		return nil
	}
	return demo.PrintPlan(w, result.Changes(), referrers)
}

func state(image imagepush.MirroredImage) string {
	switch {
	case image.Err != nil:
		return "FAILED"
	case image.UpToDate:
		return "up to date"
	default:
		return "copied"
	}
}
