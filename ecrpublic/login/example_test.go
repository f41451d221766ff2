package login_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

// exampleClient stands for an ecrpublic.Client.
func exampleClient() login.Client {
	return always(token("eyJwYXlsb2FkIjoi", time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC)), nil)
}

func ExampleGet() {
	credentials, err := login.Get(context.Background(), exampleClient())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(credentials.Username, len(credentials.Password))
	fmt.Println(credentials) // safe to log
	// Output:
	// AWS 16
	// AWS:[redacted] until 2030-05-01T12:00:00Z
}

func ExampleProvider_ORASCredential() {
	provider := login.NewProvider(exampleClient())

	repository, err := remote.NewRepository("public.ecr.aws/a1b2c3d4/team/app")
	if err != nil {
		log.Fatal(err)
	}
	repository.Client = &auth.Client{
		Client:     retry.DefaultClient,
		Cache:      auth.NewCache(),
		Credential: provider.ORASCredential,
	}

	credential, err := provider.ORASCredential(context.Background(), "public.ecr.aws")
	fmt.Println(credential.Username, err)
	credential, err = provider.ORASCredential(context.Background(), "docker.io")
	fmt.Println(credential == auth.EmptyCredential, err)
	// Output:
	// AWS <nil>
	// true <nil>
}

func ExampleDockerConfig() {
	dir, err := os.MkdirTemp("", "docker")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()

	credentials, err := login.Get(ctx, exampleClient())
	if err != nil {
		log.Fatal(err)
	}
	config := login.DockerConfig{Path: filepath.Join(dir, "config.json")} // empty for docker's own
	result, err := config.Write(ctx, credentials)
	if err != nil {
		log.Fatal(err)
	}
	for _, host := range result.Shadowed {
		fmt.Printf("docker asks docker-credential-%s about %s\n", host.Helper, host.Host)
	}
	text, err := os.ReadFile(result.Path)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))

	// An expired login is worse than none.
	if _, err := config.Remove(ctx); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {
	// 	"auths": {
	// 		"public.ecr.aws": {
	// 			"auth": "QVdTOmV5SndZWGxzYjJGa0lqb2k="
	// 		},
	// 		"ecr-public.aws.com": {
	// 			"auth": "QVdTOmV5SndZWGxzYjJGa0lqb2k="
	// 		}
	// 	}
	// }
}

// A whole credential helper is a main that passes os.Args[1:], os.Stdin and
// os.Stdout, and exits with status 1 after an error.
func ExampleServeHelper() {
	provider := login.NewProvider(exampleClient())
	run := func(action, input string) {
		var answer bytes.Buffer
		err := login.ServeHelper(context.Background(), provider, []string{action}, strings.NewReader(input), &answer)
		fmt.Print(err != nil, " ", answer.String())
	}
	run("get", "https://public.ecr.aws")
	run("get", "https://index.docker.io/v1/")
	run("list", "")
	// Output:
	// false {"ServerURL":"https://public.ecr.aws","Username":"AWS","Secret":"eyJwYXlsb2FkIjoi"}
	// true credentials not found in native keychain
	// false {"ecr-public.aws.com":"AWS","public.ecr.aws":"AWS"}
}
