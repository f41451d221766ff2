package main

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestDemonstration(t *testing.T) {
	t.Parallel()
	stdout, _ := demotest.Run(t, run)
	assert.Regexp(t, `^GET /latest/demo/app: 200 {"tag":"v1.1",.*}\nGET /latest/demo/missing: 404 no release\nGET /latest/demo/app: 503 try again later\n$`, stdout)
}

func TestInterruptedIsNoAnswer(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := ask(ctx, http.NotFoundHandler(), "app", io.Discard)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestFailures(t *testing.T) {
	args := []string{"-repository", "app"}
	demotest.Failures(t, run, args, args)
}

func TestAtAnEndpoint(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	_, err := emulator.AddImage("app", "v1")
	require.NoError(t, err)
	stdout, _ := demotest.Run(t, run, "-endpoint", emulator.URL, "-repository", "app")
	assert.Regexp(t, `^GET /latest/app: 200 {"tag":"v1",.*}\n$`, stdout)
	err = run(t.Context(), []string{"-endpoint", emulator.URL, "-repository", "missing"}, io.Discard, io.Discard)
	require.ErrorContains(t, err, "repository missing has no image with a tag")
	emulator.Inject(ecrpublictest.Fault{Effect: ecrpublictest.Status(http.StatusNotImplemented)})
	require.Error(t, run(t.Context(), []string{"-endpoint", emulator.URL, "-repository", "app"}, io.Discard, io.Discard))
}
