// Command ecr-public-emulator runs the emulator of package ecrpublictest as a
// program, for the AWS CLI, container tools and programs in other languages. Its -h
// lists the flags and shows how to point clients at it.
package main

import (
	"context"
	"crypto/tls"
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
	switch {
	case errors.Is(err, flag.ErrHelp):
		usage(stdout)
		return exitOK
	case err != nil:
		return complain(stderr, exitUsage, err)
	case s.version:
		fmt.Fprintln(stdout, version())
		return exitOK
	}
	if _, err := ecrpublictest.NewHandler(s.options()...); err != nil { // without the directory, what is wrong are the flags
		return complain(stderr, exitUsage, err)
	}
	emulator, err := ecrpublictest.NewHandler(append(s.options(), ecrpublictest.WithDataDir(s.dataDir))...)
	if err != nil {
		return complain(stderr, exitFailure, fmt.Errorf("-data: %w", err))
	}
	if err := errors.Join(s.serve(ctx, emulator, stdout, stderr), emulator.Close()); err != nil {
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

// serve listens as the settings say, and prints where.
func (s *settings) serve(ctx context.Context, emulator http.Handler, stdout, stderr io.Writer) error {
	listener, err := net.Listen("tcp", s.addr)
	if err != nil {
		return fmt.Errorf("-addr %s: %w", s.addr, err)
	}
	scheme := "http"
	if s.tlsCert != "" {
		certificate, err := tls.LoadX509KeyPair(s.tlsCert, s.tlsKey)
		if err != nil {
			return errors.Join(fmt.Errorf("-tls-cert %s, -tls-key %s: %w", s.tlsCert, s.tlsKey, err), listener.Close())
		}
		scheme = "https"
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{certificate}})
	}
	if addr, ok := listener.Addr().(*net.TCPAddr); ok && !addr.IP.IsLoopback() {
		fmt.Fprintf(stderr, "ecr-public-emulator: warning: other machines can reach %s; requests are authenticated only with -access-key\n", addr)
	}
	if s.log {
		emulator = logged(stderr, emulator)
	}
	fmt.Fprintln(stdout, baseURL(scheme, listener.Addr()))
	return serve(ctx, listener, emulator)
}

// serve serves requests until ctx ends, and lets those in progress finish.
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

// baseURL returns the address of the listener for clients on this machine.
func baseURL(scheme string, addr net.Addr) string {
	host, port, _ := net.SplitHostPort(addr.String())
	if net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
