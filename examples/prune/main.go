// Command prune deletes old images of an ECR Public repository, according to a lifecycle
// policy.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/housekeeping"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/types"
)

const about = `
Deletes old images according to a lifecycle policy in private ECR's format.
Multi-platform images are deleted as a whole, signatures together with the image they
sign. By default this is a dry run; pass -dry-run=false to delete.

Without flags it prunes a repository of an emulator that it starts itself. The policy
keeps the newest three releases, and untagged images for a week.`

// demoPolicy is used without -policy.
const demoPolicy = `{"rules": [
	{"rulePriority": 1, "description": "keep 3 releases",
	 "selection": {"tagStatus": "tagged", "tagPatternList": ["v*"], "countType": "imageCountMoreThan", "countNumber": 3},
	 "action": {"type": "expire"}},
	{"rulePriority": 2, "description": "untagged for a week",
	 "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7},
	 "action": {"type": "expire"}}
]}`

func main() { demo.Main("prune", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := demo.NewFlags("prune", about)
	repository := flags.String("repository", "", "`name` of the repository, without the registry's alias")
	policyFile := flags.String("policy", "", "`file` with a lifecycle policy")
	dryRun := flags.Bool("dry-run", true, "show what would be deleted without deleting it")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if err := flags.Require("repository", "policy"); err != nil {
		return err
	}
	*repository = cmp.Or(*repository, "demo/app")
	policy, err := readPolicy(*policyFile)
	if err != nil {
		return err
	}

	clock := new(clock)
	service, err := flags.Connect(ctx, ecrpublictest.WithClock(clock.now))
	if err != nil {
		return err
	}
	defer service.Close()
	if service.Emulator != nil {
		if err := fill(ctx, service.Client, clock, *repository); err != nil {
			return err
		}
	}
	show, finish := demo.Steps(stderr)
	progress := func(p housekeeping.Progress) { show(string(p.Step), p.Done, p.Total) }
	plan, err := housekeeping.Prune(ctx, service.Client, *repository, policy, func(o *housekeeping.PruneOptions) {
		o.Progress = progress
		o.RegistryURL = service.URL // AWS needs none
		o.Login = login.NewProvider(service.Client, func(o *login.ProviderOptions) {
			if service.URL != "" {
				o.Hosts = []string{service.URL[strings.Index(service.URL, "://")+len("://"):]}
			}
		})
		if service.Emulator != nil {
			o.Rate = -1 // an emulator has no limit
		}
	})
	finish()
	if err != nil {
		return err
	}
	if plan.GraphError != nil {
		fmt.Fprintf(stderr, "%s kept because of unreadable manifests or subjects: %v\n", demo.Count(plan.Unknown(), "image"), plan.GraphError)
	}
	if *dryRun {
		return printPlan(stdout, plan)
	}
	result, err := plan.Apply(ctx, service.Client, func(o *housekeeping.DeleteOptions) { o.Progress = progress })
	finish()
	return errors.Join(printResult(stdout, plan, result), err)
}

func readPolicy(file string) (housekeeping.Policy, error) {
	if file == "" {
		return housekeeping.ParseLifecyclePolicy([]byte(demoPolicy))
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return housekeeping.Policy{}, fmt.Errorf("-policy: %w", err)
	}
	policy, err := housekeeping.ParseLifecyclePolicy(text)
	if err != nil {
		return policy, fmt.Errorf("-policy %s: %w", file, err)
	}
	return policy, nil
}

func printPlan(w io.Writer, plan *housekeeping.Plan) error {
	if len(plan.Delete)+len(plan.Keep) == 0 {
		_, err := fmt.Fprintln(w, "nothing to delete: the repository has no images")
		return err
	}
	table := newTable(w)
	for _, d := range plan.Delete {
		printRow(table, d, "would delete")
	}
	for _, d := range plan.Keep {
		printRow(table, d, "keep")
	}
	images := demo.Count(len(plan.Delete)+len(plan.Keep), "image")
	if len(plan.Delete) == 0 {
		fmt.Fprintf(table, "\nnothing to delete in %s\n", images)
	} else {
		fmt.Fprintf(table, "\n%d of %s would be deleted, up to %s\n", len(plan.Delete), images, demo.Size(plan.Bytes()))
	}
	return table.Flush()
}

// printResult shows the outcome for each image, even after an error.
func printResult(w io.Writer, plan *housekeeping.Plan, result housekeeping.DeleteResult) error {
	outcome := map[string]string{}
	for _, id := range result.Changed {
		outcome[aws.ToString(id.ImageDigest)] = "changed"
	}
	for _, id := range result.OwnerKept {
		outcome[aws.ToString(id.ImageDigest)] = "owner kept"
	}
	for _, id := range result.Unprocessed {
		outcome[aws.ToString(id.ImageDigest)] = "not attempted"
	}
	for _, failure := range result.Referenced {
		outcome[digestOf(failure)] = "still referenced"
	}
	for _, failure := range result.Failed {
		outcome[digestOf(failure)] = "failed"
	}
	table := newTable(w)
	for _, d := range plan.Delete {
		printRow(table, d, cmp.Or(outcome[aws.ToString(d.Image.ImageDigest)], "deleted"))
	}
	for _, d := range plan.Keep {
		printRow(table, d, "kept")
	}
	fmt.Fprintf(table, "\n%s deleted, %d already gone, %d changed, %d kept with their owner, %d still referenced, %d failed, %d not attempted\n",
		demo.Count(len(result.Deleted), "image"), len(result.Gone), len(result.Changed), len(result.OwnerKept), len(result.Referenced), len(result.Failed), len(result.Unprocessed))
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
	fmt.Fprintln(table, "ACTION\tIMAGE\tPUSHED\tSIZE\tTAGS\tWHY")
	return table
}

func printRow(w io.Writer, d housekeeping.Decision, action string) {
	const longest = 24
	tags := cmp.Or(strings.Join(d.Image.ImageTags, ","), "-")
	if len(tags) > longest {
		tags = tags[:longest-3] + "..."
	}
	why := string(d.Reason)
	switch d.Reason {
	case housekeeping.ReasonUnknown:
		why = "unknown: " + d.Unknown
	case housekeeping.ReasonOwnerDeleted:
		why = "belongs to " + demo.Short(d.Owner) + ", which is deleted"
	case housekeeping.ReasonOwnerKept:
		why = "belongs to " + demo.Short(d.Owner) + ", which stays"
	case housekeeping.ReasonExpired:
		why = "expired by " + d.Rule
	case housekeeping.ReasonRetained:
		why = "kept by " + d.Rule
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", action, demo.Short(aws.ToString(d.Image.ImageDigest)), aws.ToTime(d.Image.ImagePushedAt).Format(time.DateOnly),
		demo.Size(aws.ToInt64(d.Image.ImageSizeInBytes)), tags, why)
}
