// Command prune deletes old images of a repository of ECR Public by a lifecycle
// policy, as private ECR has them: multi-platform images as a whole, signatures
// with what they sign. It only shows what it would delete until it is told
// otherwise with -dry-run=false.
//
// Without flags it runs an emulator in its own process and fills a repository
// there.
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
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/types"
)

// demoPolicy is used without -policy.
const demoPolicy = `{"rules": [
	{"rulePriority": 1, "description": "keep 3 releases",
	 "selection": {"tagStatus": "tagged", "tagPatternList": ["v*"], "countType": "imageCountMoreThan", "countNumber": 3},
	 "action": {"type": "expire"}},
	{"rulePriority": 2, "description": "untagged for a week",
	 "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7},
	 "action": {"type": "expire"}}
]}`

type settings struct {
	repository, policy string

	dryRun, live bool
}

func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("prune", flag.ContinueOnError)
	flags.StringVar(&s.repository, "repository", "", "`name` of the repository, without the registry's alias")
	flags.StringVar(&s.policy, "policy", "", "`file` with a lifecycle policy; without it, one for the demonstration is used")
	flags.BoolVar(&s.dryRun, "dry-run", true, "show what would be deleted, and delete nothing")
	flags.BoolVar(&s.live, "live", false, "prune a repository at AWS, with the credentials and settings of this machine, rather than one of an emulator in this process")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.live && (s.repository == "" || s.policy == "") {
		return s, errors.New("-live needs -repository and -policy")
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
		err = run(ctx, s, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "prune:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, stdout, stderr io.Writer) error {
	policy, err := readPolicy(s.policy)
	if err != nil {
		return err
	}
	client, registry, disconnect, err := connect(ctx, s)
	if err != nil {
		return err
	}
	defer disconnect()
	show := newDisplay(stderr)
	plan, err := housekeeping.Prune(ctx, client, s.repository, policy, registry, func(o *housekeeping.PruneOptions) { o.Progress = show })
	if err != nil {
		return err
	}
	if plan.GraphError != nil {
		fmt.Fprintln(stderr, "prune: the service will keep what an index refers to:", plan.GraphError)
	}
	if s.dryRun {
		return printPlan(stdout, plan)
	}
	result, err := plan.Apply(ctx, client, func(o *housekeeping.DeleteOptions) { o.Progress = show })
	return errors.Join(printResult(stdout, plan, result), err)
}

func readPolicy(file string) (housekeeping.Policy, error) {
	text := []byte(demoPolicy)
	if file != "" {
		var err error
		if text, err = os.ReadFile(file); err != nil {
			return housekeeping.Policy{}, err
		}
	}
	return housekeeping.ParseLifecyclePolicy(text)
}

// connect returns a client of AWS, or of an emulator that runs until disconnect
// is called, and tells how to read manifests there.
func connect(ctx context.Context, s settings) (client *ecrpublic.Client, registry func(*housekeeping.PruneOptions), disconnect func(), err error) {
	if !s.live {
		emulator, err := newDemo(ctx, s.repository)
		if err != nil {
			return nil, nil, nil, err
		}
		return emulator.Client(), func(o *housekeeping.PruneOptions) { o.RegistryURL = emulator.URL }, emulator.Close, nil
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	client = ecrpublic.NewFromConfig(cfg)
	provider := login.NewProvider(client)
	return client, func(o *housekeeping.PruneOptions) { o.Credential = provider.ORASCredential }, func() {}, nil
}

func printPlan(w io.Writer, plan *housekeeping.Plan) error {
	table := newTable(w)
	for _, d := range plan.Delete {
		printRow(table, d, "would delete")
	}
	for _, d := range plan.Keep {
		printRow(table, d, "keep")
	}
	fmt.Fprintf(table, "\n%d of %d images would be deleted, up to %d bytes\n", len(plan.Delete), len(plan.Delete)+len(plan.Keep), plan.Bytes())
	return table.Flush()
}

// printResult shows what became of each image, also after an error.
func printResult(w io.Writer, plan *housekeeping.Plan, result housekeeping.DeleteResult) error {
	outcome := map[string]string{}
	for _, id := range result.Unprocessed {
		outcome[*id.ImageDigest] = "not done"
	}
	for _, failure := range result.Referenced {
		outcome[digestOf(failure)] = "kept by the service"
	}
	for _, failure := range result.Failed {
		outcome[digestOf(failure)] = "failed"
	}
	table := newTable(w)
	for _, d := range plan.Delete {
		printRow(table, d, cmp.Or(outcome[*d.Image.ImageDigest], "deleted"))
	}
	for _, d := range plan.Keep {
		printRow(table, d, "kept")
	}
	fmt.Fprintf(table, "\n%d images deleted, %d gone before, %d kept by the service, %d failed, %d not done\n",
		len(result.Deleted), len(result.Gone), len(result.Referenced), len(result.Failed), len(result.Unprocessed))
	return table.Flush()
}

func digestOf(failure types.ImageFailure) string {
	if failure.ImageId == nil {
		return ""
	}
	return aws.ToString(failure.ImageId.ImageDigest)
}

func newTable(w io.Writer) *tabwriter.Writer {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ACTION\tDIGEST\tPUSHED\tBYTES\tTAGS\tWHY")
	return table
}

func printRow(w io.Writer, d housekeeping.Decision, action string) {
	const short, longest = len("sha256:") + 12, 30
	tags := cmp.Or(strings.Join(d.Image.ImageTags, ","), "-")
	if len(tags) > longest {
		tags = tags[:longest] + "..."
	}
	why := string(d.Reason)
	switch {
	case d.Owner != "":
		why += " " + d.Owner[:short]
	case d.Rule != "":
		why += " by " + d.Rule
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\n", action, (*d.Image.ImageDigest)[:short], aws.ToTime(d.Image.ImagePushedAt).Format(time.DateOnly),
		aws.ToInt64(d.Image.ImageSizeInBytes), tags, why)
}

// newDisplay shows progress as a bar on a terminal and as lines anywhere else.
func newDisplay(w io.Writer) func(housekeeping.Progress) {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return newBars(w)
	}
	return func(p housekeeping.Progress) {
		switch {
		case p.Total == 0:
			fmt.Fprintf(w, "%s: %d\n", p.Step, p.Done)
		case p.Done == p.Total || p.Done%100 == 0:
			fmt.Fprintf(w, "%s: %d of %d\n", p.Step, p.Done, p.Total)
		}
	}
}

// newBars shows a bar for each step, one after the other.
func newBars(w io.Writer) func(housekeeping.Progress) {
	var bar *progressbar.ProgressBar
	var step housekeeping.Step
	return func(p housekeeping.Progress) {
		if p.Step != step {
			step = p.Step
			bar = progressbar.NewOptions(cmp.Or(p.Total, -1), // -1 is a spinner
				progressbar.OptionSetWriter(w),
				progressbar.OptionSetDescription(fmt.Sprintf("%-6s", step)),
				progressbar.OptionShowCount(),
				progressbar.OptionFullWidth(),
				progressbar.OptionOnCompletion(func() { fmt.Fprintln(w) }),
			)
		}
		_ = bar.Set(p.Done) // a terminal that is gone shows nothing
	}
}
