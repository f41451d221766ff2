// Command tags lists the tags of a public repository, with the digest, platforms and
// size of each image.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"path"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

const about = `
Lists the tags of any public repository, or one tag, with the digest, platforms and size
of each image. It reads public.ecr.aws, because the API lists only your own repositories.
It needs an AWS account only for -login.

Without flags it lists a repository of an emulator that it starts itself.`

func main() { demo.Main("tags", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := demo.NewFlags("tags", about)
	reference := flags.String("reference", "", "list the repository or image with this `reference`, such as public.ecr.aws/docker/library/golang or public.ecr.aws/docker/library/golang:1")
	match := flags.String("match", "*", "list only tags that match this `pattern`, such as '1.2*'")
	limit := flags.Int("limit", 20, "list at most this many tags, in the registry's order; 0 means all")
	asJSON := flags.Bool("json", false, "print JSON instead of a table")
	withLogin := flags.Bool("login", false, "with -live: log in with AWS credentials, which allows ten requests a second instead of one")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if err := flags.Require("reference"); err != nil {
		return err
	}
	if _, err := path.Match(*match, ""); err != nil {
		return demo.Usagef("-match %s: %v", *match, err)
	}
	if *limit < 0 {
		return demo.Usagef("-limit %d: must be 0 or more", *limit)
	}
	if *withLogin && !flags.Live {
		return demo.Usagef("-login needs -live")
	}

	var ref imageref.Reference
	if *reference != "" {
		var err error
		if ref, err = demo.ParseReference("reference", *reference); err != nil {
			return err
		}
	}

	if flags.Emulated() {
		service, err := flags.Connect(ctx)
		if err != nil {
			return err
		}
		defer service.Close()
		filled, err := fill(ctx, service.Client)
		if err != nil {
			return err
		}
		ref, flags.Endpoint = cmp.Or(ref, filled), service.URL
	}
	client, err := open(ctx, flags.Where, *withLogin)
	if err != nil {
		return err
	}

	show, finish := demo.Steps(stderr)
	listing, err := list(ctx, client, ref, *match, *limit, show)
	finish()
	if err != nil {
		return err
	}
	if *asJSON {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		return encoder.Encode(listing)
	}
	return printTable(stdout, listing)
}

// open makes a client of the registry host. AWS needs an account for a login alone.
func open(ctx context.Context, where demo.Where, withLogin bool) (*registry.Client, error) {
	if err := where.CheckEndpoint(ctx); err != nil {
		return nil, err
	}
	options := registry.Options{Host: where.Endpoint}
	if !where.Live {
		options.Rate = -1 // an emulator has no limit
	}
	if withLogin {
		service, err := where.Connect(ctx)
		if err != nil {
			return nil, err
		}
		options.Login = login.NewProvider(service.Client)
	}
	return registry.New(options)
}
