// Command push copies an image from disk into a repository of ECR Public, with
// AWS credentials alone: no Docker daemon, no registry login.
//
// Without flags it runs an emulator in its own process and pushes a small image
// that it makes itself.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

type settings struct {
	source, reference, repository, tag, endpoint string

	create, referrers, live bool
}

func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("push", flag.ContinueOnError)
	flags.StringVar(&s.source, "source", "", "`path` of an OCI layout, as a folder or a tar, or of an archive of docker save; without it a small image is made")
	flags.StringVar(&s.reference, "reference", "", "`name` or digest of the image in the source; not needed if there is only one")
	flags.StringVar(&s.repository, "repository", "", "`name` of the repository, without the registry's alias")
	flags.StringVar(&s.tag, "tag", "", "`tag` to set")
	flags.BoolVar(&s.create, "create", false, "create the repository if it is missing")
	flags.BoolVar(&s.referrers, "referrers", false, "push signatures and other referrers of the image, too")
	flags.StringVar(&s.endpoint, "endpoint", "", "`URL` of an emulator, or of another endpoint of the service")
	flags.BoolVar(&s.live, "live", false, "push to AWS, with the credentials and settings of this machine, rather than to an emulator in this process")
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
	s.repository = cmp.Or(s.repository, "demo/app")
	s.tag = cmp.Or(s.tag, "latest")
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
		err = run(ctx, s, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "push:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, stdout, stderr io.Writer) error {
	client, disconnect, err := connect(ctx, s)
	if err != nil {
		return err
	}
	defer disconnect()
	source, err := open(ctx, &s)
	if err != nil {
		return err
	}
	options := imagepush.PushOptions{
		Repository: s.repository,
		Tag:        s.tag,
		Reference:  s.reference,
		Referrers:  s.referrers,
	}
	if s.create {
		options.CreateRepository = client
	}
	show, finish := newDisplay(stderr)
	result, err := imagepush.Push(ctx, client, source, options, func(o *imagepush.TargetOptions) { o.Progress = show })
	finish()
	if err != nil {
		return err
	}
	fmt.Fprintf(stderr, "uploaded %d of %d, %d bytes\n",
		len(result.Uploaded), len(result.Uploaded)+len(result.Skipped), result.UploadedBytes)
	return printResult(ctx, stdout, client, s.repository, result)
}

func printResult(ctx context.Context, stdout io.Writer, client *ecrpublic.Client, repository string, result imagepush.PushResult) error {
	uri := result.RepositoryURI
	if uri == "" {
		out, err := client.DescribeRepositories(ctx, &ecrpublic.DescribeRepositoriesInput{RepositoryNames: []string{repository}})
		if err != nil {
			return err
		}
		uri = aws.ToString(out.Repositories[0].RepositoryUri)
	}
	fmt.Fprintf(stdout, "repositoryUri: %s\ndigest: %s\n", uri, result.Descriptor.Digest)
	return nil
}

// connect returns a client of AWS, of an endpoint, or of an emulator that runs
// until disconnect is called.
func connect(ctx context.Context, s settings) (client *ecrpublic.Client, disconnect func(), err error) {
	if s.live {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return nil, nil, err
		}
		if s.endpoint != "" {
			cfg.BaseEndpoint = &s.endpoint
		}
		return ecrpublic.NewFromConfig(cfg), func() {}, nil
	}
	if s.endpoint != "" {
		return ecrpublic.New(ecrpublic.Options{
			BaseEndpoint: &s.endpoint,
			Credentials:  aws.CredentialsProviderFunc(emulatorCredentials),
		}), func() {}, nil
	}
	emulator := ecrpublictest.NewServer()
	return emulator.Client(), emulator.Close, nil
}

// emulatorCredentials are those of the environment; most emulators take any.
func emulatorCredentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{
		AccessKeyID:     cmp.Or(os.Getenv("AWS_ACCESS_KEY_ID"), "any"),
		SecretAccessKey: cmp.Or(os.Getenv("AWS_SECRET_ACCESS_KEY"), "any"),
	}, nil
}

// open returns what -source names, or else a small image.
func open(ctx context.Context, s *settings) (oras.ReadOnlyTarget, error) {
	if s.source != "" {
		return imagepush.Open(ctx, s.source)
	}
	s.reference = "small"
	store := memory.New()
	layer, err := oras.PushBytes(ctx, store, "text/plain", []byte("hello from ECR Public\n"))
	if err != nil {
		return nil, err
	}
	image, err := oras.PackManifest(ctx, store, oras.PackManifestVersion1_1, "application/vnd.example.greeting", oras.PackManifestOptions{
		Layers:              []ocispec.Descriptor{layer},
		ManifestAnnotations: map[string]string{ocispec.AnnotationCreated: "2026-01-01T00:00:00Z"}, // for the same digest every time
	})
	if err != nil {
		return nil, err
	}
	return store, store.Tag(ctx, image, s.reference)
}

// newDisplay returns a bar on a terminal and lines anywhere else. Call finish
// after the last progress.
func newDisplay(w io.Writer) (show func(imagepush.Progress), finish func()) {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return newBar(w)
	}
	return func(p imagepush.Progress) { showLine(w, p) }, func() {}
}

func showLine(w io.Writer, p imagepush.Progress) {
	state := "sent"
	switch {
	case p.Done == 0:
		return
	case p.Skipped:
		state = "there already"
	case p.Done < p.Descriptor.Size:
		state = fmt.Sprintf("%d%%", 100*p.Done/p.Descriptor.Size)
	}
	fmt.Fprintf(w, "%s %11d bytes  %s\n", p.Descriptor.Digest.Encoded()[:12], p.Descriptor.Size, state)
}

// newBar sums up all progress in one bar, which grows as layers turn out to be
// missing. One byte stays back until the end: a full bar could not grow.
func newBar(w io.Writer) (show func(imagepush.Progress), finish func()) {
	bar := progressbar.NewOptions64(1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionShowBytes(true),
		progressbar.OptionFullWidth(),
		progressbar.OptionSetDescription("pushing"),
		progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }),
	)
	done := map[digest.Digest]int64{}
	var total, sum int64
	show = func(p imagepush.Progress) {
		before, known := done[p.Descriptor.Digest]
		if !known {
			total += p.Descriptor.Size
			bar.ChangeMax64(total + 1)
		}
		done[p.Descriptor.Digest] = p.Done
		sum += p.Done - before
		_ = bar.Set64(sum) // a terminal that is gone shows nothing
	}
	return show, func() { _ = bar.Finish() }
}
