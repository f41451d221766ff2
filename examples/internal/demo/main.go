package demo

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// Program is what an example does, from its arguments to its output. A nil error
// means success.
type Program func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Main runs a program and ends the process. SIGINT (Ctrl-C) and SIGTERM end the
// program's context, so that it can clean up; a second one ends the process at once.
// The exit status is 0 after success and -h, 2 after a [*UsageError], 130 after
// SIGINT, 143 after SIGTERM, and 1 after any other error, also of a write to stdout.
func Main(name string, program Program) {
	ctx, stop := notify(context.Background(), os.Stderr)
	stdout := &output{w: os.Stdout}
	err := stdout.check(program(ctx, os.Args[1:], stdout, os.Stderr))
	stop()
	os.Exit(Report(ctx, os.Stderr, name, err))
}

// output remembers that a write failed, so that a program need not check each one.
type output struct {
	w   io.Writer
	mu  sync.Mutex
	err error // the first
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n, err := o.w.Write(p)
	o.err = cmp.Or(o.err, err)
	return n, err
}

// check returns the error of a program, or else that of its output.
func (o *output) check(err error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil && (err == nil || errors.Is(err, flag.ErrHelp)) {
		return o.err
	}
	return err
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

// Report prints the error of a program, once and with what to do about it, and returns
// the exit status.
func Report(ctx context.Context, stderr io.Writer, name string, err error) int {
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
	fmt.Fprintf(stderr, "%s: %v\n", name, Advise(err))
	return 1
}
