// Command unit-testing is a small HTTP service. Its tests show four ways to test code
// that uses ECR Public.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

const about = `
A small HTTP service that returns the newest release in a repository, at
/latest/REPOSITORY. Its tests use a mock, the emulator, injected faults
(latest_test.go) and a recorded session (record_test.go):

  go -C examples test -v ./unit-testing

Without flags the program starts the service with an emulator. It asks for a repository
that exists, for one that does not, and again while the emulator throttles.`

func main() { demo.Main("unit-testing", run) }

func run(ctx context.Context, args []string, stdout, _ io.Writer) error {
	flags := demo.NewFlags("unit-testing", about)
	repository := flags.String("repository", "", "`name` of the repository to ask about, without the registry's alias")
	if err := flags.Parse(args, stdout); err != nil {
		return err
	}
	if err := flags.Require("repository"); err != nil {
		return err
	}
	*repository = cmp.Or(*repository, "demo/app")
	service, err := flags.Connect(ctx)
	if err != nil {
		return err
	}
	defer service.Close()
	var cause error
	handler := newService(service.Client, func(err error) { cause = err })
	if service.Emulator == nil {
		status, err := ask(ctx, handler, *repository, stdout)
		if err == nil && status == http.StatusNotFound {
			return fmt.Errorf("repository %s has no image with a tag; name another one with -repository", *repository)
		}
		return cmp.Or(err, cause)
	}
	if _, err := service.Emulator.AddImage(*repository, "v1.1"); err != nil {
		return err
	}
	for _, repository := range []string{*repository, "demo/missing"} {
		if _, err := ask(ctx, handler, repository, stdout); err != nil {
			return err
		}
	}
	service.Emulator.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Throttle()})
	_, err = ask(ctx, handler, *repository, stdout)
	return err
}

// ask sends a request to the service, prints the response and returns its status.
func ask(ctx context.Context, handler http.Handler, repository string, stdout io.Writer) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/latest/"+repository, nil)
	if err != nil {
		return 0, err
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if err := context.Cause(ctx); err != nil { // the answer says nothing about the registry
		return 0, err
	}
	_, err = fmt.Fprintf(stdout, "GET %s: %d %s\n", request.URL.Path, answer.Code, strings.TrimSpace(answer.Body.String()))
	return answer.Code, err
}
