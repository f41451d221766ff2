package main

import (
	"testing"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestFailures(t *testing.T) {
	demotest.Failures(t, run, nil, nil)
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	demotest.Misuses(t, run, "-repository is empty", "-repository", "")
	demotest.Misuses(t, run, `-repository: repository name "A B" does not match`, "-repository", "A B")
}
