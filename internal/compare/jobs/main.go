// Command jobs times whole jobs, such as pushing an image or listing a registry, done
// by this module's examples and by other tools.
//
// Usage, from internal/compare:
//
//	go run ./jobs [flags]
//
// Each tool runs as a process of its own, in turns with the others and in a new order
// each time, against an emulator in this process, behind a proxy that delivers everything
// -delay later in each direction. Every run starts with an empty repository, and
// afterwards the content of the repository is compared with what it should be. The output
// has a row for each job and tool: medians of the wall time, of the CPU time of the
// process and its children, and of the number of requests; what is missing from the
// repository in the worst round; and ratios.
//
// The tools are the examples, through the registry host and through the API, crane and
// skopeo, and small programs that use boto3, the official Go client or the AWS CLI. A
// tool that is not installed is named and left out, and so is a run of another tool that
// fails, except under quotas, where what it has not done is counted. The AWS CLI, which
// takes minutes, runs only if -tools names it ("awscli"). With -before, the examples of
// another checkout of this module run too.
//
// Use a machine that does nothing else. -list prints the jobs.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/signal"
	"regexp"
	"syscall"
	"time"
)

// settings are the flags.
type settings struct {
	rounds      int
	delay       time.Duration
	once        time.Duration
	quotas      bool
	before      string
	jobs, tools *regexp.Regexp
}

func main() {
	log.SetFlags(0)
	s := settings{jobs: regexp.MustCompile(""), tools: regexp.MustCompile("^(registry|api|before|crane|skopeo|official|boto3)$")}
	list := flag.Bool("list", false, "print the jobs and their tools")
	flag.IntVar(&s.rounds, "rounds", 5, "how often each tool does each job")
	flag.DurationVar(&s.delay, "delay", 30*time.Millisecond, "latency in each direction; 0 leaves out the proxy")
	flag.DurationVar(&s.once, "once", 10*time.Second, "a tool that takes longer does the job only once")
	flag.BoolVar(&s.quotas, "quotas", false, "refuse more than ten requests per second of each kind that the service limits, and of DescribeImages")
	flag.StringVar(&s.before, "before", "", "`directory` of another checkout, whose examples run too")
	flag.Func("jobs", "`pattern` of the jobs to run", matching(&s.jobs))
	flag.Func("tools", "`pattern` of the tools to run; default: all but awscli", matching(&s.tools))
	flag.Parse()
	if flag.NArg() > 0 || s.rounds < 1 || s.delay < 0 {
		flag.Usage()
		os.Exit(2)
	}
	if *list {
		for _, j := range allJobs() {
			fmt.Printf("%-18s %v\n", j.name, j.tools())
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, s); err != nil {
		stop()
		log.Fatal(err)
	}
}

func matching(pattern **regexp.Regexp) func(string) error {
	return func(text string) (err error) {
		*pattern, err = regexp.Compile("^(" + text + ")$")
		return err
	}
}

func run(ctx context.Context, s settings) error {
	b, err := newBench(ctx, s)
	if err != nil {
		return err
	}
	defer b.close()
	results := newTable()
	defer func() { fmt.Print(results.String()) }() // of an interrupted run, too
	for round := range s.rounds {
		for _, j := range allJobs() {
			if !s.jobs.MatchString(j.name) {
				continue
			}
			for _, tool := range inTurns(j.tools(), round) {
				if !s.tools.MatchString(tool) || results.slow(j.name, tool, s.once) || !b.has(tool) {
					continue
				}
				r, err := b.measure(ctx, j, tool, round)
				switch {
				case err == nil:
					results.add(j.name, tool, r)
				case isOurs(tool) || ctx.Err() != nil:
					return fmt.Errorf("%s by %s: %w", j.name, tool, err)
				default:
					log.Printf("FAILED: %s by %s: %v", j.name, tool, err)
				}
			}
		}
	}
	return nil
}

// inTurns returns the tools in the order of a round. The first round is in the order of
// the rows; the others are shuffled, because a run depends on what ran before it.
func inTurns(tools []string, round int) []string {
	if round > 0 {
		rand.Shuffle(len(tools), func(i, j int) { tools[i], tools[j] = tools[j], tools[i] })
	}
	return tools
}

// has reports whether a tool is there, and says once if it is not.
func (b *bench) has(tool string) bool {
	reason, known := b.missing[tool]
	if !known {
		reason = b.whyMissing(tool)
		b.missing[tool] = reason
		if reason != "" {
			fmt.Printf("NOT RUN: %s: %s\n", tool, reason)
		}
	}
	return reason == ""
}
