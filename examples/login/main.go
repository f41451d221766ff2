// Command login writes a login for ECR Public to docker's configuration file.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

const about = `
Writes a login for ECR Public to docker's configuration, so that docker, crane,
podman, skopeo, helm and oras can push.

Without flags it uses a temporary directory and an emulator that it starts itself. It
shows that the login works from the file, and without a file in programs that use
oras-go or go-containerregistry with package registry.`

func main() { demo.Main("login", run) }

func run(ctx context.Context, args []string, stdout, _ io.Writer) error {
	flags := demo.NewFlags("login", about)
	remove := flags.Bool("remove", false, "remove the login from the file")
	path := flags.String("config", "", "the configuration `file`; default: config.json in $DOCKER_CONFIG or in ~/.docker")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if flags.Emulated() && (*remove || *path != "") {
		return demo.Usagef("-remove and -config need -live or -endpoint")
	}
	if info, err := os.Stat(*path); err == nil && info.IsDir() {
		return demo.Usagef("-config %s is a directory: name a file in it, such as config.json", *path)
	}

	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	if service.Emulator != nil {
		return demonstrate(ctx, stdout, service.Emulator)
	}
	file := login.DockerConfig{Path: *path, Hosts: service.RegistryHosts()}
	if *remove {
		result, err := file.Remove(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "logged out: %s has no login for ECR Public\n", result.Path)
		return nil
	}
	return write(ctx, stdout, login.NewProvider(service.Client), file)
}

// write writes the provider's login to a file, and reports hosts for which
// docker does not read the file.
func write(ctx context.Context, stdout io.Writer, provider *login.Provider, file login.DockerConfig) error {
	credentials, err := provider.Credentials(ctx)
	if err != nil {
		return err
	}
	result, err := file.Write(ctx, credentials)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "login  %v\nfile   %s\n", credentials, result.Path)
	for _, host := range result.Shadowed {
		if host.Helper == "" {
			fmt.Fprintf(stdout, "also changed the entry of %s, which podman prefers\n", host.Key)
			continue
		}
		fmt.Fprintf(stdout, "warning: because of %s in the file, docker asks docker-credential-%s for the login to %s\n", host.Key, host.Helper, host.Host)
	}
	return nil
}
