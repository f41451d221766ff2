// Command ensure makes a repository of ECR Public what it should be: it creates
// it if it is missing, and brings its page in the public gallery, its tags and
// its policy up to date. It says what it changed; a second run changes nothing.
//
// Without flags it runs an emulator in its own process and does so twice there.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/types"
)

type settings struct {
	repository, description, policy string

	files housekeeping.CatalogFiles
	tags  tags
	live  bool
}

// tags are the values of -tag.
type tags map[string]string

func (t tags) String() string { return "" }

func (t tags) Set(s string) error {
	key, value, ok := strings.Cut(s, "=")
	if !ok || key == "" {
		return errors.New("want key=value")
	}
	t[key] = value
	return nil
}

func parse(args []string) (s settings, err error) {
	s.tags = tags{}
	flags := flag.NewFlagSet("ensure", flag.ContinueOnError)
	flags.StringVar(&s.repository, "repository", "", "`name` of the repository, without the registry's alias")
	flags.StringVar(&s.description, "description", "", "short `text` for the gallery")
	flags.StringVar(&s.files.AboutText, "about", "", "Markdown `file`, such as README.md, for the gallery")
	flags.StringVar(&s.files.UsageText, "usage", "", "Markdown `file` on how to use the images, for the gallery")
	flags.StringVar(&s.files.Logo, "logo", "", "PNG `file` for the gallery")
	flags.StringVar(&s.files.Architectures, "architectures", "", "`file` with an architecture, such as x86-64, in each line")
	flags.StringVar(&s.files.OperatingSystems, "systems", "", "`file` with an operating system, such as Linux, in each line")
	flags.Var(s.tags, "tag", "`key=value` to label the repository with; may be repeated")
	flags.StringVar(&s.policy, "policy", "", "JSON `file` with the repository's policy")
	flags.BoolVar(&s.live, "live", false, "use AWS, with the credentials and settings of this machine, rather than an emulator in this process")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.live && s.repository == "" {
		return s, errors.New("-live needs -repository")
	}
	if !s.live && len(args) == 0 {
		s.description, s.tags = "A demonstration.", tags{"team": "blue"}
	}
	s.repository = cmp.Or(s.repository, "demo/app")
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
		fmt.Fprintln(os.Stderr, "ensure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, stdout io.Writer) error {
	if s.live {
		cfg, err := config.LoadDefaultConfig(ctx)
		if err != nil {
			return err
		}
		return ensure(ctx, s, ecrpublic.NewFromConfig(cfg), stdout)
	}
	emulator := ecrpublictest.NewServer()
	defer emulator.Close()
	for range 2 {
		if err := ensure(ctx, s, emulator.Client(), stdout); err != nil {
			return err
		}
	}
	return nil
}

func ensure(ctx context.Context, s settings, client *ecrpublic.Client, stdout io.Writer) error {
	want, err := s.want()
	if err != nil {
		return err
	}
	result, err := housekeeping.EnsureRepository(ctx, client, want)
	if err != nil {
		return err
	}
	changes := slices.Concat(result.CatalogData, result.Tags)
	if result.Created {
		changes = []string{"created"}
	}
	if s.policy != "" {
		policy, err := os.ReadFile(s.policy)
		if err != nil {
			return err
		}
		changed, err := housekeeping.EnsureRepositoryPolicy(ctx, client, s.repository, string(policy))
		if err != nil {
			return err
		}
		if changed {
			changes = append(changes, "policy")
		}
	}
	fmt.Fprintf(stdout, "%s: %s\n", aws.ToString(result.Repository.RepositoryUri), cmp.Or(strings.Join(changes, ", "), "nothing to do"))
	return nil
}

// want is what the flags say of the repository.
func (s settings) want() (*ecrpublic.CreateRepositoryInput, error) {
	want := &ecrpublic.CreateRepositoryInput{RepositoryName: &s.repository}
	for _, key := range slices.Sorted(maps.Keys(s.tags)) {
		want.Tags = append(want.Tags, types.Tag{Key: &key, Value: aws.String(s.tags[key])})
	}
	if s.description == "" && s.files == (housekeeping.CatalogFiles{}) {
		return want, nil
	}
	var err error
	if want.CatalogData, err = housekeeping.CatalogDataFromFiles(workingDirectory{}, s.files); err != nil {
		return nil, err
	}
	if s.description != "" {
		want.CatalogData.Description = &s.description
	}
	return want, nil
}

// workingDirectory opens any path that the shell would, ../README.md too.
type workingDirectory struct{}

func (workingDirectory) Open(name string) (fs.File, error) { return os.Open(name) }
