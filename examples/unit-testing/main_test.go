package main

import (
	"context"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

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
	assert.ErrorIs(t, ask(ctx, http.NotFoundHandler(), "app", io.Discard), context.Canceled)
}
