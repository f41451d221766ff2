// Command mirror copies tags of a repository in any registry into a repository of
// ECR Public, through the service's API. It logs in to the source as docker does:
// with what docker login, or crane auth login, stored.
//
// Without flags it runs an emulator in its own process, puts a few images into
// one of its repositories and mirrors them into another one, twice.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

type settings struct {
	source, tags, repository, endpoint string

	create, referrers, live bool
}

func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("mirror", flag.ContinueOnError)
	flags.StringVar(&s.source, "source", "", "`repository` to copy from, with its registry: docker.io/library/alpine")
	flags.StringVar(&s.tags, "tags", "", "`tags` to copy, separated by commas; v1.* and the like are patterns. Without it all tags are copied")
	flags.StringVar(&s.repository, "repository", "", "`name` of the repository to copy to, without the registry's alias")
	flags.BoolVar(&s.create, "create", false, "create the repository if it is missing")
	flags.BoolVar(&s.referrers, "referrers", false, "copy signatures and other referrers of the images, too")
	flags.StringVar(&s.endpoint, "endpoint", "", "`URL` of an emulator, or of another endpoint of the service")
	flags.BoolVar(&s.live, "live", false, "copy to AWS, with the credentials and settings of this machine, rather than to an emulator in this process")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.live || s.endpoint != "" {
		if s.source == "" || s.repository == "" {
			return s, errors.New("-live and -endpoint need -source and -repository")
		}
		return s, nil
	}
	s.create = true // a new emulator has no repositories
	s.repository = cmp.Or(s.repository, "demo/mirror")
	return s, nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := parse(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(ctx, s, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mirror:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, stdout io.Writer) error {
	if s.live || s.endpoint != "" {
		client, err := connect(ctx, s)
		if err != nil {
			return err
		}
		return mirror(ctx, client, s, stdout)
	}
	emulator := ecrpublictest.NewServer()
	defer emulator.Close()
	client := emulator.Client()
	if s.source != "" {
		return mirror(ctx, client, s, stdout)
	}
	name, err := fill(ctx, client)
	if err != nil {
		return err
	}
	s.source = emulator.RegistryHost() + "/" + name
	fmt.Fprintln(stdout, "first time:")
	if err := mirror(ctx, client, s, stdout); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "second time:")
	return mirror(ctx, client, s, stdout)
}

// mirror copies and prints what became of each tag.
func mirror(ctx context.Context, client *ecrpublic.Client, s settings, stdout io.Writer) error {
	source, err := newSource(s.source)
	if err != nil {
		return err
	}
	options := imagepush.MirrorOptions{Repository: s.repository, Referrers: s.referrers}
	if s.tags != "" {
		options.Tags = strings.Split(s.tags, ",")
	}
	if s.create {
		options.CreateRepository = client
	}
	result, err := imagepush.Mirror(ctx, client, source, options)
	for _, image := range result.Images {
		fmt.Fprintf(stdout, "%-20s %s  %s\n", image.Tag, state(image), image.Descriptor.Digest)
	}
	fmt.Fprintf(stdout, "%d uploaded, %d bytes\n", len(result.Uploaded), result.UploadedBytes)
	return err
}

func state(image imagepush.MirroredImage) string {
	switch {
	case image.Err != nil:
		return "FAILED    "
	case image.UpToDate:
		return "up to date"
	default:
		return "copied    "
	}
}

// newSource opens a repository of a registry, over plain HTTP on this machine
// and HTTPS anywhere else.
func newSource(name string) (*remote.Repository, error) {
	repository, err := remote.NewRepository(name)
	if err != nil {
		return nil, err
	}
	store, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
	if err != nil {
		return nil, err
	}
	repository.Client = &auth.Client{Client: retry.DefaultClient, Cache: auth.NewCache(), Credential: credentials.Credential(store)}
	host := repository.Reference.Host()
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	repository.PlainHTTP = host == "localhost" || net.ParseIP(host).IsLoopback()
	return repository, nil
}

// connect returns a client of AWS or of an endpoint.
func connect(ctx context.Context, s settings) (*ecrpublic.Client, error) {
	if !s.live {
		return ecrpublic.New(ecrpublic.Options{
			BaseEndpoint: &s.endpoint,
			Credentials:  aws.CredentialsProviderFunc(emulatorCredentials),
		}), nil
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	if s.endpoint != "" {
		cfg.BaseEndpoint = &s.endpoint
	}
	return ecrpublic.NewFromConfig(cfg), nil
}

// emulatorCredentials are those of the environment; most emulators take any.
func emulatorCredentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     cmp.Or(os.Getenv("AWS_ACCESS_KEY_ID"), "any"),
		SecretAccessKey: cmp.Or(os.Getenv("AWS_SECRET_ACCESS_KEY"), "any"),
	}, nil
}

// fill puts a few small images into a repository and returns its name after the
// registry's host.
func fill(ctx context.Context, client *ecrpublic.Client) (name string, err error) {
	store := memory.New()
	for _, tag := range []string{"v1.0", "v1.1", "latest"} {
		layer, err := oras.PushBytes(ctx, store, "text/plain", []byte("hello from "+tag+"\n"))
		if err != nil {
			return "", err
		}
		image, err := oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, "application/vnd.example.greeting", oras.PackManifestOptions{
			Layers:              []ocispec.Descriptor{layer},
			ManifestAnnotations: map[string]string{ocispec.AnnotationCreated: "2026-01-01T00:00:00Z"}, // for the same digest every time
		})
		if err != nil {
			return "", err
		}
		if err := store.Tag(ctx, image, tag); err != nil {
			return "", err
		}
		result, err := imagepush.Push(ctx, client, store, imagepush.PushOptions{Repository: "demo/upstream", Reference: tag, CreateRepository: client})
		if err != nil {
			return "", err
		}
		_, name, _ = strings.Cut(result.RepositoryURI, "/")
	}
	return name, nil
}
