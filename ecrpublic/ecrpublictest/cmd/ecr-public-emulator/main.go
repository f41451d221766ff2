// Command ecr-public-emulator runs the emulator of package ecrpublictest as a
// program, for the AWS CLI, for docker and its kin, and for programs in other
// languages. Run it with -h for its flags and for how to point clients at it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

// Exit codes.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program without its process: it serves until ctx ends and returns
// the exit code.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		usage(stdout)
		return exitOK
	}
	if err != nil {
		return complain(stderr, exitUsage, err)
	}
	emulator, err := ecrpublictest.NewHandler(s.options()...)
	if err != nil {
		return complain(stderr, exitUsage, err)
	}
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return complain(stderr, exitFailure, errors.Join(err, emulator.Close()))
	}
	var root http.Handler = emulator
	if s.log {
		root = logged(stderr, emulator)
	}
	fmt.Fprintln(stdout, baseURL(listener.Addr()))
	if err := errors.Join(serve(ctx, listener, root), emulator.Close()); err != nil {
		return complain(stderr, exitFailure, err)
	}
	return exitOK
}

func complain(stderr io.Writer, code int, err error) int {
	fmt.Fprintf(stderr, "ecr-public-emulator: %v\n", err)
	if code == exitUsage {
		fmt.Fprintln(stderr, "Run ecr-public-emulator -h for its flags.")
	}
	return code
}

// serve answers requests until ctx ends, and lets those under way finish.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	const patience = 5 * time.Second
	server := http.Server{Handler: handler, ReadHeaderTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if server.Shutdown(ending) != nil {
		_ = server.Close() // cuts off what did not finish
	}
	<-failed
	return nil
}

// baseURL is where this machine reaches the listener.
func baseURL(addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String())
	if net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
