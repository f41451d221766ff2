// Command login puts a login for ECR Public into docker's configuration, so that
// docker, crane, podman, skopeo, helm and oras can push.
//
// Without flags it does so in a temporary directory, for an emulator in its own
// process, and shows that the login works: oras uses the file, and
// go-containerregistry, which is crane's library, a keychain that needs no file.
// With -live it uses the AWS credentials of this machine and docker's own file;
// with -remove it takes the login out of there again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

type settings struct {
	live, remove bool
	path         string
}

func parse(args []string) (s settings, err error) {
	flags := flag.NewFlagSet("login", flag.ContinueOnError)
	flags.BoolVar(&s.live, "live", false, "log in to AWS, with the credentials and settings of this machine, rather than to an emulator in this process")
	flags.BoolVar(&s.remove, "remove", false, "remove the login instead of writing one")
	flags.StringVar(&s.path, "config", "", "`path` of the configuration; without it, config.json in $DOCKER_CONFIG or in ~/.docker")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if !s.live && (s.remove || s.path != "") {
		return s, errors.New("-remove and -config need -live")
	}
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
		err = run(ctx, s, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "login:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, s settings, stdout io.Writer) error {
	file := login.DockerConfig{Path: s.path}
	switch {
	case !s.live:
		return demonstrate(ctx, stdout)
	case s.remove:
		result, err := file.Remove(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintln(stdout, "no login is in", result.Path)
		warn(stdout, result)
		return nil
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	return write(ctx, stdout, login.NewProvider(ecrpublic.NewFromConfig(cfg)), file)
}

// write puts the provider's login into a file.
func write(ctx context.Context, stdout io.Writer, provider *login.Provider, file login.DockerConfig) error {
	credentials, err := provider.Credentials(ctx)
	if err != nil {
		return err
	}
	result, err := file.Write(ctx, credentials)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%v\nis in %s\n", credentials, result.Path)
	warn(stdout, result)
	return nil
}

// warn tells about hosts for which the file is not read.
func warn(stdout io.Writer, result login.DockerConfigResult) {
	for _, host := range result.Shadowed {
		fmt.Fprintf(stdout, "but %s makes docker ask docker-credential-%s about %s\n", host.Key, host.Helper, host.Host)
	}
}
