// Command parity compares Amazon ECR Public with the emulator, probe by probe.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/internal/probes"
	"github.com/ecr-public/ecr-public-go/internal/records"
)

const about = `
Runs some 200 probes, each a few calls that check one fact about ECR Public, and
compares the responses with those of the emulator, field by field. Exits with 1 if
there is a difference.

Without flags it compares the emulator with itself. With -live -yes it probes the real
service, with some 700 calls and 10 MB. It uses only new repositories, parity-RANDOM/...,
and deletes them at the end and after Ctrl-C; if a run was killed, -clean deletes them.
README.md in the program's directory says what to do with the result.`

// settings are the flags.
type settings struct {
	yes, first, registry, clean, facts, policy bool

	run, json, markdown, compare, result, journals, host string
}

func (s *settings) add(flags *demo.Flags) {
	flags.StringVar(&s.run, "run", "", "run only the probes whose name matches this regular `expression`")
	flags.StringVar(&s.json, "json", "", "write the result, with scrubbed requests and responses, to this `file`")
	flags.StringVar(&s.markdown, "markdown", "", "write the report to this `file`")
	flags.StringVar(&s.compare, "compare", "", "compare with the result in this `file` of -json instead of with the emulator")
	flags.StringVar(&s.result, "result", "", "run nothing; use the result in this `file` of -json")
	flags.BoolVar(&s.yes, "yes", false, "with -live: confirm that repositories are created in the account")
	flags.BoolVar(&s.first, "first-repository", false, "with -live: continue if the account has no repository; the first one gives it a permanent alias")
	flags.BoolVar(&s.registry, "registry-data", false, "with -live: also set the registry's display name, then restore it")
	flags.StringVar(&s.host, "registry-host", "", "`URL` of the registry host; default: public.ecr.aws with -live, or that of -endpoint. Needed to probe it if both are set")
	flags.BoolVar(&s.clean, "clean", false, "delete what earlier runs on the same service left behind, and exit")
	flags.BoolVar(&s.facts, "facts", false, "print the undocumented facts with their probes, and exit")
	flags.BoolVar(&s.policy, "policy", false, "print the IAM policy that -live needs, and exit")
	flags.StringVar(&s.journals, "journals", "", "`folder` of the journals that -clean reads; default: a folder in the user's cache directory")
}

func main() { demo.Main("parity", run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var s settings
	flags := demo.NewFlags("parity", about)
	s.add(flags)
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	switch {
	case s.facts:
		return printFacts(stdout)
	case s.policy:
		return printPolicy(stdout, s.registry)
	case s.result != "" && (flags.Live || s.clean || s.run != "" || s.json != ""):
		return demo.Usagef("-result runs nothing, and cannot be combined with -live, -clean, -run or -json")
	case s.result != "":
		return s.compareFiles(ctx, stdout)
	case flags.Live && !s.clean && !s.yes:
		return demo.Usagef("-live makes and deletes repositories in your account; add -yes to confirm (-policy prints the permissions it needs)")
	}
	if s.host != "" {
		if err := demo.CheckHost("registry-host", s.host); err != nil {
			return err
		}
	}
	list, err := s.choose(flags.Emulated())
	if err != nil {
		return err
	}
	if err := s.checkFiles(); err != nil { // before the probes take their time
		return err
	}
	folder, err := journalFolder(s.journals)
	if err != nil {
		return err
	}
	target, err := connect(ctx, flags.Where, s.host)
	if err != nil {
		return err
	}
	defer target.close()
	if s.clean {
		return clean(ctx, target, folder, stdout)
	}
	if err := s.announce(ctx, target, len(list), stderr); err != nil {
		return err
	}
	show, finish := demo.Steps(stderr)
	result, err := probeAll(ctx, target, folder, s.registry || flags.Emulated(), list, show)
	finish()
	return cmp.Or(errors.Join(err, s.report(ctx, result, stdout)), context.Cause(ctx))
}

// checkFiles reports files that cannot be read or written.
func (s settings) checkFiles() error {
	if s.compare != "" {
		if _, err := readResult(s.compare); err != nil {
			return fmt.Errorf("-compare: %w", err)
		}
	}
	for name, file := range map[string]string{"json": s.json, "markdown": s.markdown} {
		if file == "" {
			continue
		}
		if err := demo.CheckWritable(name, file); err != nil {
			return err
		}
	}
	return nil
}

// choose returns the probes that match -run. Those that change the registry itself need
// their flag, or an emulator of the program's own.
func (s settings) choose(emulated bool) ([]probes.Probe, error) {
	pattern, err := regexp.Compile(s.run)
	if err != nil {
		return nil, demo.Usagef("-run %s: %v", s.run, err)
	}
	var list []probes.Probe
	for _, p := range probes.All() {
		if pattern.MatchString(p.Name) && (!p.Registry || s.registry || emulated) {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil, demo.Usagef("-run %s matches no probe; -facts lists them", s.run)
	}
	return list, nil
}

// announce says what will happen where, and stops where something would stay behind.
func (s settings) announce(ctx context.Context, t *target, n int, stderr io.Writer) error {
	if !t.live {
		return nil
	}
	fmt.Fprintf(stderr, "account   %s\nidentity  %s\nregistry  %s\nprobes    %d, in repositories %s/...\n",
		cmp.Or(t.account, "not known before its first repository"), t.identity, cmp.Or(t.host, "not probed: -registry-host names none"), n, t.prefix)
	has, err := t.hasRegistry(ctx)
	if err != nil {
		return fmt.Errorf("-live: look for the account's registry: %w", err)
	}
	if !has && !s.first {
		return errors.New("this account has no repository yet, and the first one gives it a permanent alias: add -first-repository to accept that")
	}
	return nil
}

// report compares a result with its reference and writes it.
func (s settings) report(ctx context.Context, result *records.File, stdout io.Writer) error {
	if len(result.Header.Probes) == 0 {
		return nil
	}
	if s.json != "" {
		if err := result.Write(s.json); err != nil {
			return fmt.Errorf("-json: %w", err)
		}
	}
	reference, err := s.reference(ctx, result)
	if err != nil {
		return err
	}
	r := newReport(result, reference)
	if s.markdown != "" {
		if err := r.writeMarkdown(s.markdown); err != nil {
			return fmt.Errorf("-markdown: %w", err)
		}
	}
	if err := r.print(stdout); err != nil {
		return err
	}
	if n := r.differing(); n > 0 {
		return fmt.Errorf("%s with a difference", demo.Count(n, "probe"))
	}
	return nil
}

// reference is the result of -compare, or that of a new emulator for the same
// probes.
func (s settings) reference(ctx context.Context, of *records.File) (*records.File, error) {
	if s.compare != "" {
		reference, err := readResult(s.compare)
		if err != nil {
			return nil, fmt.Errorf("-compare: %w", err)
		}
		return reference, nil
	}
	wanted := map[string]bool{}
	for _, p := range of.Header.Probes {
		wanted[p.Name] = true
	}
	var list []probes.Probe
	for _, p := range probes.All() {
		if wanted[p.Name] {
			list = append(list, p)
		}
	}
	emulator, err := connect(ctx, demo.Where{}, "")
	if err != nil {
		return nil, err
	}
	defer emulator.close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Minute) // for a report after Ctrl-C, too
	defer cancel()
	return probeAll(ctx, emulator, "", true, list, func(string, int, int) {})
}

func (s settings) compareFiles(ctx context.Context, stdout io.Writer) error {
	got, err := readResult(s.result)
	if err != nil {
		return fmt.Errorf("-result: %w", err)
	}
	return s.report(ctx, got, stdout)
}

func readResult(file string) (*records.File, error) {
	result, err := records.Read(file)
	if err == nil && len(result.Header.Probes) == 0 {
		return nil, fmt.Errorf("%s is not a result of -json: it has no probes", file)
	}
	return result, err
}
