// Package demotest runs example programs in tests.
package demotest

import (
	"bytes"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
)

// Run runs a program that must succeed and returns its output.
func Run(t *testing.T, program demo.Program, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	require.NoError(t, program(t.Context(), args, &out, &err), "%s%s", out.String(), err.String())
	return out.String(), err.String()
}

// Refuses checks that a program ends with an error that says something, and prints
// nothing on stdout.
func Refuses(t *testing.T, program demo.Program, says string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	assert.ErrorContains(t, program(t.Context(), args, &out, io.Discard), says)
	assert.Empty(t, out.String())
}

// Misuses checks that a program ends with status 2, an error that says something, and
// before any input or output.
func Misuses(t *testing.T, program demo.Program, says string, args ...string) {
	t.Helper()
	var out, stderr bytes.Buffer
	err := program(t.Context(), append(args, "-endpoint", "http://"+closed(t)), &out, &stderr)
	assert.ErrorContains(t, err, says)
	assert.Equal(t, 2, demo.Report(t.Context(), io.Discard, "program", err), args)
	assert.Empty(t, out.String()+stderr.String())
}
