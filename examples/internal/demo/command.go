// Package demo holds what the example programs share: how they start, where they
// work, what they show of their progress, and images for their emulators.
package demo

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
)

// Main runs a program until it is done or interrupted. It ends the process with
// status 1 after an error.
func Main(name string, run func(ctx context.Context, args []string, stdout, stderr io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Flags are the flags of a program: its own, and those for [Where] it works.
type Flags struct {
	*flag.FlagSet
	Where
	about string
}

// NewFlags makes the flags of a program. About is for -h and tells what the
// program does.
func NewFlags(name, about string) *Flags {
	f := &Flags{FlagSet: flag.NewFlagSet(name, flag.ContinueOnError), about: strings.TrimSpace(about)}
	f.BoolVar(&f.Live, "live", false, "work with AWS, with the credentials and settings of this machine")
	f.StringVar(&f.Endpoint, "endpoint", "", "work with the emulator at this `URL`, or with another address of the service")
	return f
}

// Parse reads the arguments. For -h it prints help and returns flag.ErrHelp.
func (f *Flags) Parse(args []string, stdout io.Writer) error {
	f.SetOutput(io.Discard) // an error is printed once, by Main
	err := f.FlagSet.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stdout, "Usage: %s [flags]\n\n%s\n\n", f.Name(), f.about)
		f.SetOutput(stdout)
		f.PrintDefaults()
		return err
	case err != nil:
		return fmt.Errorf("%w; -h lists the flags", err)
	case f.NArg() > 0:
		return fmt.Errorf("what is %q? -h lists the flags", f.Arg(0))
	}
	return nil
}
