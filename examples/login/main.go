// Command login writes a login for ECR Public to docker's configuration.
package main

import (
	"context"
	"fmt"
	"io"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

const about = `
Puts a login for ECR Public into docker's configuration, so that docker, crane,
podman, skopeo, helm and oras can push.

Without flags it does so in a temporary directory, for an emulator in its own
process, and shows that the login works: from the file, and without it in programs with
oras-go and go-containerregistry, whose tokens a client of the registry renews.`

func main() { demo.Main("login", run) }

func run(ctx context.Context, args []string, stdout, _ io.Writer) error {
	flags := demo.NewFlags("login", about)
	remove := flags.Bool("remove", false, "take the login out again")
	path := flags.String("config", "", "the configuration `file`; without it, config.json in $DOCKER_CONFIG or in ~/.docker")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if flags.Emulated() && (*remove || *path != "") {
		return demo.Usagef("-remove and -config need -live or -endpoint")
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
		fmt.Fprintln(stdout, "no login is in", result.Path)
		return nil
	}
	return write(ctx, stdout, login.NewProvider(service.Client), file)
}

// write puts the provider's login into a file, and tells about hosts for which
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
			fmt.Fprintf(stdout, "also in the entry of %s, which podman prefers\n", host.Key)
			continue
		}
		fmt.Fprintf(stdout, "but %s makes docker ask docker-credential-%s about %s\n", host.Key, host.Helper, host.Host)
	}
	return nil
}
