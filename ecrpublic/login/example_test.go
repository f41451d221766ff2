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

	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/login"
)

func ExampleGet() {
	srv := ecrpublictest.NewServer(ecrpublictest.WithClock(func() time.Time {
		return time.Date(2030, 5, 1, 0, 0, 0, 0, time.UTC)
	}))
	defer srv.Close()

	credentials, err := login.Get(context.Background(), srv.Client())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(credentials) // safe to log
	// Output: AWS:[redacted] until 2030-05-01T12:00:00Z
}

func ExampleNewProvider() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()

	provider := login.NewProvider(srv.Client(), func(o *login.ProviderOptions) {
		o.OnRefreshError = func(err error) { log.Print(err) } // the login at hand still works
	})
	for range 3 {
		if _, err := provider.Credentials(context.Background()); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(srv.Count("GetAuthorizationToken"), "request")
	// Output: 1 request
}

// A program that sends the credentials itself requests new ones only once.
func ExampleProvider_Invalidate() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	provider := login.NewProvider(srv.Client())

	credentials, err := provider.Credentials(ctx)
	if err != nil {
		log.Fatal(err)
	}
	refused := credentials.Username != "" // by the registry
	if refused {
		provider.Invalidate(credentials)
		if credentials, err = provider.Credentials(ctx); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(credentials.Username, srv.Count("GetAuthorizationToken"), "requests")
	// Output: AWS 2 requests
}

func ExampleProvider_ORASCredential() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer(ecrpublictest.WithAlias("acme"))
	defer srv.Close()
	if _, err := srv.AddImage("team/app", "v1"); err != nil {
		log.Fatal(err)
	}

	provider := login.NewProvider(srv.Client(), func(o *login.ProviderOptions) {
		o.Hosts = []string{srv.RegistryHost()} // leave it out for AWS
	})
	repository, err := remote.NewRepository(srv.RegistryHost() + "/acme/team/app")
	if err != nil {
		log.Fatal(err)
	}
	repository.PlainHTTP = true // leave it out for AWS
	repository.Client = &auth.Client{Credential: provider.ORASCredential}

	_, err = oras.Tag(ctx, repository, "v1", "stable")
	fmt.Println(err)
	// Output: <nil>
}

func ExampleDockerConfig() {
	ctx := context.Background()
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	dir, err := os.MkdirTemp("", "docker")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "config.json")
	if err := os.WriteFile(path, []byte(`{"credHelpers": {"public.ecr.aws": "ecr-login"}}`), 0o600); err != nil {
		log.Fatal(err)
	}

	credentials, err := login.Get(ctx, srv.Client())
	if err != nil {
		log.Fatal(err)
	}
	config := login.DockerConfig{Path: path} // leave the path out for docker's own file
	result, err := config.Write(ctx, credentials)
	if err != nil {
		log.Fatal(err)
	}
	for _, host := range result.Shadowed {
		fmt.Printf("docker asks docker-credential-%s about %s\n", host.Helper, host.Host)
	}

	// A login that has expired is worse than none.
	if _, err := config.Remove(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: docker asks docker-credential-ecr-login about public.ecr.aws
}

// A whole credential helper is a main that passes os.Args[1:], os.Stdin and
// os.Stdout, and exits with status 1 after an error.
func ExampleServeHelper() {
	srv := ecrpublictest.NewServer()
	defer srv.Close()
	provider := login.NewProvider(srv.Client())

	run := func(action, input string) {
		var answer bytes.Buffer
		err := login.ServeHelper(context.Background(), provider, []string{action}, strings.NewReader(input), &answer)
		fmt.Print(err == nil, " ", answer.String())
	}
	run("list", "")
	run("get", "https://index.docker.io/v1/")
	// Output:
	// true {"ecr-public.aws.com":"AWS","public.ecr.aws":"AWS"}
	// false credentials not found in native keychain
}
