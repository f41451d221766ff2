package demo

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// Program is what an example does, from its arguments to its output. A nil error
// means success.
type Program func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Main runs a program and ends the process. SIGINT (Ctrl-C) and SIGTERM end the
// program's context, so that it can clean up; a second one ends the process at once.
// The exit status is 0 after success and -h, 2 after a [*UsageError], 130 after
// SIGINT, 143 after SIGTERM, and 1 after any other error.
func Main(name string, program Program) {
	ctx, stop := notify(context.Background(), os.Stderr)
	err := program(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(report(ctx, os.Stderr, name, err))
}

// interruption is the cause of a context that a signal has ended.
type interruption struct{ signal syscall.Signal }

func (i interruption) Error() string {
	if i.signal == syscall.SIGTERM {
		return "terminated"
	}
	return "interrupted"
}

// notify returns a context that the first SIGINT or SIGTERM ends. After that signal,
// or stop, the signals end the process as usual.
func notify(parent context.Context, stderr io.Writer) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	done := make(chan struct{})
	go func() { // ends with the first signal, or with stop
		defer close(done)
		select {
		case s := <-signals:
			signal.Stop(signals)
			number, _ := s.(syscall.Signal) // what both signals are
			cancel(interruption{number})
			fmt.Fprintln(stderr, "\ninterrupted, cleaning up; interrupt again to exit at once")
		case <-ctx.Done():
			signal.Stop(signals)
		}
	}()
	return ctx, func() {
		cancel(context.Canceled)
		<-done // the notice precedes the error, and the end of the process
	}
}

// report prints an error, once, and returns the exit status.
func report(ctx context.Context, stderr io.Writer, name string, err error) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if i, ok := errors.AsType[interruption](context.Cause(ctx)); ok {
		if err.Error() != i.Error() {
			err = fmt.Errorf("%w: %w", i, err)
		}
		fmt.Fprintf(stderr, "%s: %v\n", name, err)
		return 128 + int(i.signal)
	}
	if _, ok := errors.AsType[*UsageError](err); ok {
		fmt.Fprintf(stderr, "%s: %v; %[1]s -h lists the flags\n", name, err)
		return 2
	}
	fmt.Fprintf(stderr, "%s: %v\n", name, err)
	return 1
}
