// Command ensure creates or updates a repository of ECR Public to match its
// flags and files.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/internal/limits"
	"github.com/ecr-public/ecr-public-go/types"
)

const about = `
Creates a repository if it is missing, and brings its page in the public gallery,
its tags and its policy up to date. Prints what it changed; a second run changes
nothing.

Without flags it runs three times against an emulator that it starts itself: it
creates the repository, finds nothing to do, and changes the description.`

// settings holds the flags that describe the repository.
type settings struct {
	repository, description, policy string

	files flagFiles
	tags  tags
}

// tags are the values of -tag.
type tags map[string]string

func (t tags) String() string { return "" }

func (t tags) Set(s string) error {
	key, value, ok := strings.Cut(s, "=")
	if !ok || key == "" {
		return errors.New("want key=value")
	}
	if before, ok := t[key]; ok && before != value {
		return fmt.Errorf("the key has the value %q already", before)
	}
	t[key] = value
	return nil
}

func (s *settings) add(flags *demo.Flags) {
	s.files, s.tags = flagFiles{}, tags{}
	flags.StringVar(&s.repository, "repository", "", "`name` of the repository, without the registry's alias")
	flags.StringVar(&s.description, "description", "", "short `text` for the gallery")
	s.files.add(flags, "about", "Markdown `file`, such as README.md, for the gallery")
	s.files.add(flags, "usage", "Markdown `file` on how to use the images, for the gallery")
	s.files.add(flags, "logo", "PNG `file` for the gallery")
	s.files.add(flags, "architectures", "`file` with an architecture, such as x86-64, in each line")
	s.files.add(flags, "systems", "`file` with an operating system, such as Linux, in each line")
	flags.Var(s.tags, "tag", "`key=value` to label the repository with; may be repeated")
	flags.StringVar(&s.policy, "policy", "", "JSON `file` with the repository's policy")
}

func main() { demo.Main("ensure", run) }

func run(ctx context.Context, args []string, stdout, _ io.Writer) error {
	var s settings
	flags := demo.NewFlags("ensure", about)
	s.add(flags)
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if err := flags.Require("repository"); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(s.description); n > limits.MaxDescription {
		return demo.Usagef("-description has %d characters, may have %d", n, limits.MaxDescription)
	}
	s.repository = cmp.Or(s.repository, "demo/app")
	want, err := s.want()
	if err != nil {
		return err
	}
	policy, err := s.readPolicy() // before anything is changed
	if err != nil {
		return err
	}
	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	if flags.NFlag() > 0 {
		return ensure(ctx, s, want, policy, service.Client, stdout)
	}
	s.tags["team"] = "blue"
	for _, s.description = range []string{"An app.", "An app.", "The app."} {
		if want, err = s.want(); err != nil {
			return err
		}
		if err := ensure(ctx, s, want, "", service.Client, stdout); err != nil {
			return err
		}
	}
	return nil
}

func ensure(ctx context.Context, s settings, want *ecrpublic.CreateRepositoryInput, policy string, client *ecrpublic.Client, stdout io.Writer) error {
	result, err := housekeeping.EnsureRepository(ctx, client, want)
	if err != nil {
		return err
	}
	changes := slices.Concat(result.CatalogData, result.Tags)
	if result.Created {
		changes = []string{"created"}
	}
	if policy != "" {
		changed, err := housekeeping.EnsureRepositoryPolicy(ctx, client, s.repository, policy)
		if err != nil {
			return fmt.Errorf("-policy %s: %w", s.policy, err)
		}
		if changed {
			changes = append(changes, "policy")
		}
	}
	fmt.Fprintf(stdout, "%s: %s\n", aws.ToString(result.Repository.RepositoryUri), cmp.Or(strings.Join(changes, ", "), "nothing to do"))
	return nil
}

// want returns the repository that the settings describe, without its policy.
func (s settings) want() (*ecrpublic.CreateRepositoryInput, error) {
	want := &ecrpublic.CreateRepositoryInput{RepositoryName: &s.repository}
	for _, key := range slices.Sorted(maps.Keys(s.tags)) {
		want.Tags = append(want.Tags, types.Tag{Key: &key, Value: aws.String(s.tags[key])})
	}
	if s.description == "" && len(s.files) == 0 {
		return want, nil
	}
	var err error
	if want.CatalogData, err = housekeeping.CatalogDataFromFiles(s.files, s.files.catalog()); err != nil {
		return nil, fmt.Errorf("%w (%v)", err, s.files)
	}
	if s.description != "" {
		want.CatalogData.Description = &s.description
	}
	return want, nil
}

// readPolicy returns the text of the policy, empty without -policy.
func (s settings) readPolicy() (string, error) {
	if s.policy == "" {
		return "", nil
	}
	text, err := os.ReadFile(s.policy)
	if err != nil {
		return "", fmt.Errorf("-policy: %w", err)
	}
	if !json.Valid(text) {
		return "", fmt.Errorf("-policy %s: not valid JSON", s.policy)
	}
	return string(text), nil
}

// flagFiles is a file system of the files that flags name, each under its flag: any
// path is allowed, and errors name the flag.
type flagFiles map[string]string

func (f flagFiles) add(flags *demo.Flags, name, usage string) {
	flags.Func(name, usage, func(path string) error {
		if path == "" {
			return errors.New("want the name of a file")
		}
		f["-"+name] = path
		return nil
	})
}

// Open opens the file of a flag.
func (f flagFiles) Open(name string) (fs.File, error) { return os.Open(f[name]) }

// String lists the flags with their files.
func (f flagFiles) String() string {
	var list []string
	for _, flag := range slices.Sorted(maps.Keys(f)) {
		list = append(list, flag+" "+f[flag])
	}
	return strings.Join(list, ", ")
}

func (f flagFiles) catalog() housekeeping.CatalogFiles {
	given := func(flag string) string {
		if f[flag] == "" {
			return ""
		}
		return flag
	}
	return housekeeping.CatalogFiles{
		AboutText: given("-about"), UsageText: given("-usage"), Logo: given("-logo"),
		Architectures: given("-architectures"), OperatingSystems: given("-systems"),
	}
}
