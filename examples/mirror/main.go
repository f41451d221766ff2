// Command mirror copies tags of a repository in any registry into a repository of
// ECR Public.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"oras.land/oras-go/v2/content/memory"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imageref"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

const about = `
Copies tags of a repository in any registry into a repository of ECR Public, through
the service's API. Logs in to the source as docker does: with what docker login, or
crane auth login, stored; to ECR Public with the same credentials as to the service.
Tags that are up to date are left alone.

Without flags it puts a few artifacts into a repository of an emulator in its own
process and mirrors them into another one, twice.`

func main() { demo.Main("mirror", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var options imagepush.MirrorOptions
	flags := demo.NewFlags("mirror", about)
	source := flags.String("source", "", "`repository` to copy from, with its registry: docker.io/library/alpine")
	tags := flags.String("tags", "", "`tags` to copy, separated by commas; v1.* and the like are patterns. Without it all tags are copied")
	flags.StringVar(&options.Repository, "repository", "", "`name` of the repository to copy to, without the registry's alias")
	flags.BoolVar(&options.Referrers, "referrers", false, "copy signatures and other referrers of the images, too")
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
	options.Repository = cmp.Or(options.Repository, "demo/mirror")
	if *tags != "" {
		options.Tags = strings.FieldsFunc(*tags, func(r rune) bool { return r == ',' || r == ' ' })
	}
	if *create || flags.Emulated() { // a new emulator has no repositories
		options.CreateRepository = service.Client
	}
	rounds := 1
	if *source == "" {
		if *source, err = fill(ctx, service); err != nil {
			return err
		}
		rounds = 2
	}
	upstream, err := open(*source, service)
	if err != nil {
		return err
	}
	for range rounds {
		if err := mirror(ctx, service.Client, upstream, options, stdout, stderr); err != nil {
			return err
		}
	}
	return nil
}

// mirror shows on stderr what is sent, and prints on stdout what became of each tag.
func mirror(ctx context.Context, client *ecrpublic.Client, source imagepush.MirrorSource, options imagepush.MirrorOptions, stdout, stderr io.Writer) error {
	show, finish := demo.Transfer(stderr)
	result, err := imagepush.Mirror(ctx, client, source, options, func(o *imagepush.TargetOptions) { o.Progress = show })
	finish(err)
	for _, image := range result.Images {
		fmt.Fprintf(stdout, "%-10s  %-20s %s\n", state(image), image.Tag, image.Descriptor.Digest)
	}
	fmt.Fprintf(stdout, "%d uploaded, %s\n", len(result.Uploaded), demo.Size(result.UploadedBytes))
	return err
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

// open opens a repository of a registry, over plain HTTP on this machine and HTTPS
// anywhere else.
func open(name string, service *demo.Service) (*remote.Repository, error) {
	repository, err := remote.NewRepository(name)
	if err != nil {
		return nil, fmt.Errorf("-source: %w", err)
	}
	host := repository.Reference.Host()
	if repository.Client, err = sourceClient(host, service); err != nil {
		return nil, err
	}
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	repository.PlainHTTP = host == "localhost" || net.ParseIP(host).IsLoopback()
	return repository, nil
}

// sourceClient authenticates at ECR Public with the service's own login, and at other
// registries with what docker has stored.
func sourceClient(host string, service *demo.Service) (remote.Client, error) {
	hosts := service.RegistryHosts()
	if hosts == nil {
		hosts = login.RegistryHosts()
	}
	if slices.Contains(hosts, host) {
		options := registry.Options{Host: service.URL, Login: login.NewProvider(service.Client, func(o *login.ProviderOptions) { o.Hosts = hosts })}
		if service.URL != "" {
			options.Rate = -1 // an emulator has no limit
		}
		return registry.New(options)
	}
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, err
	}
	return &auth.Client{Client: retry.DefaultClient, Cache: auth.DefaultCache, Credential: credentials.Credential(store)}, nil
}

// fill puts artifacts into a repository of the emulator and returns its address.
func fill(ctx context.Context, service *demo.Service) (string, error) {
	store, uri := memory.New(), ""
	for _, tag := range []string{"v1.0", "v1.1", "latest"} {
		if err := demo.AddArtifact(ctx, store, tag, []byte("hello from "+tag+"\n")); err != nil {
			return "", err
		}
		result, err := imagepush.Push(ctx, service.Client, store, imagepush.PushOptions{
			Repository: "demo/upstream", Reference: tag, CreateRepository: service.Client,
		})
		if err != nil {
			return "", err
		}
		uri = result.RepositoryURI
	}
	return strings.Replace(uri, imageref.Host, service.Emulator.RegistryHost(), 1), nil
}
