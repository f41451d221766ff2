package main

import (
	"testing"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestFailures(t *testing.T) {
	demotest.Failures(t, run, nil, nil)
}
