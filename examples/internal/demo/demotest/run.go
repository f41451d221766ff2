// Package demotest runs example programs in tests.
package demotest

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Program is what demo.Main runs.
type Program func(ctx context.Context, args []string, stdout, stderr io.Writer) error

// Run runs a program that is to succeed and returns its output.
func Run(t *testing.T, program Program, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	require.NoError(t, program(t.Context(), args, &out, &err), err.String())
	return out.String(), err.String()
}

// Refuses checks that a program ends with an error that says something, and prints
// nothing.
func Refuses(t *testing.T, program Program, says string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	assert.ErrorContains(t, program(t.Context(), args, &out, io.Discard), says)
	assert.Empty(t, out.String())
}
