// Command unit-testing is a small HTTP service. Its tests show four ways to test code
// that uses ECR Public.
package main

import (
	"cmp"
	"context"
	"errors"
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
	handler := newService(service.Client)
	if service.Emulator == nil {
		return ask(ctx, handler, *repository, stdout)
	}
	if _, err := service.Emulator.AddImage(*repository, "v1.1"); err != nil {
		return err
	}
	if err := errors.Join(ask(ctx, handler, *repository, stdout), ask(ctx, handler, "demo/missing", stdout)); err != nil {
		return err
	}
	service.Emulator.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Throttle()})
	return ask(ctx, handler, *repository, stdout)
}

// ask sends a request to the service and prints the response.
func ask(ctx context.Context, handler http.Handler, repository string, stdout io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "/latest/"+repository, nil)
	if err != nil {
		return err
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if err := context.Cause(ctx); err != nil { // the answer says nothing about the registry
		return err
	}
	_, err = fmt.Fprintf(stdout, "GET %s: %d %s\n", request.URL.Path, answer.Code, strings.TrimSpace(answer.Body.String()))
	return err
}
