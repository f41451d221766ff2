package main

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestAttemptsAreCounted(t *testing.T) {
	t.Parallel()
	stdout, _ := demotest.Run(t, run)
	withoutTimes := regexp.MustCompile(` +\d+ ms|  +\d+\.\d+ s`).ReplaceAllString(stdout, "")
	assert.Equal(t, `The emulator's faults
  DescribeRegistries is throttled twice
  GetAuthorizationToken loses its connection in the middle of a response
  GetRegistryCatalogData is denied
  DescribeImages fails every time
  DescribeRepositories hangs, and has a deadline

The client's attempts, from its spans
  DescribeRegistries: ok
    1  HTTP 400
    2  HTTP 400
    3  HTTP 200
  GetAuthorizationToken: ok
    1  HTTP 200
    2  HTTP 200
  GetRegistryCatalogData: AccessDeniedException
    1  HTTP 400
  DescribeImages: ServerException
    1  HTTP 500
    2  HTTP 500
    3  HTTP 500
    4  HTTP 500
  DescribeRepositories: context deadline exceeded
    1  no response

client.call.              attempts  errors  duration
  DescribeImages          4         4
  DescribeRegistries      3         2
  DescribeRepositories    1         1
  GetAuthorizationToken   2         1
  GetRegistryCatalogData  1         1
`, withoutTimes)
}

// At an endpoint nothing is meant to fail, but the repository need not exist.
func TestAtAnEndpoint(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL)
	assert.Contains(t, stdout, "DescribeImages: RepositoryNotFoundException")
	for _, operation := range []string{"DescribeRegistries", "GetAuthorizationToken", "GetRegistryCatalogData", "DescribeImages", "DescribeRepositories"} {
		emulator.ClearFaults()
		emulator.Inject(ecrpublictest.Fault{Operation: operation, Effect: ecrpublictest.Status(http.StatusNotImplemented)})
		var out bytes.Buffer
		require.ErrorContains(t, run(t.Context(), []string{"-endpoint", emulator.URL}, &out, io.Discard), operation)
		assert.Contains(t, out.String(), operation, "what was recorded is printed all the same")
	}
}

func TestFailures(t *testing.T) {
	demotest.Failures(t, run, nil, nil)
}
