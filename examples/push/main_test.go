package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2"
	"oras.land/oras-go/v2/content/memory"
	"oras.land/oras-go/v2/content/oci"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo"
	"github.com/ecr-public/ecr-public-go/examples/internal/demo/demotest"
)

func TestDemonstration(t *testing.T) {
	t.Parallel()
	stdout, stderr := demotest.Run(t, run)
	assert.Regexp(t, `^repositoryUri: public.ecr.aws/\w+/demo/app\ndigest: sha256:[0-9a-f]{64}\n$`, stdout)
	assert.Contains(t, stderr, "176 KiB  sent\n")
	assert.Contains(t, stderr, "uploaded 3 of 3 blobs, 176 KiB\n")
}

func TestLayoutToEndpoint(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	folder := filepath.Join(t.TempDir(), "layout")
	layout, err := oci.New(folder)
	require.NoError(t, err)
	store := memory.New()
	require.NoError(t, demo.AddArtifact(t.Context(), store, "v1", []byte("hello")))
	image, err := oras.Copy(t.Context(), store, "v1", layout, "v1", oras.DefaultCopyOptions)
	require.NoError(t, err)

	args := []string{"-endpoint", emulator.URL, "-source", folder, "-repository", "web", "-tag", "v1"}
	stdout, _ := demotest.Run(t, run, append(args, "-create")...)
	assert.Contains(t, stdout, "digest: "+image.Digest.String())
	stdout, stderr := demotest.Run(t, run, args...)
	assert.Contains(t, stdout, "digest: "+image.Digest.String())
	assert.Contains(t, stderr, "uploaded 0 of 1 blob, 0 B\n")
}

func TestEndpointNeedsSource(t *testing.T) {
	t.Parallel()
	demotest.Refuses(t, run, "-live and -endpoint need -source and -repository", "-endpoint", "http://127.0.0.1:1")
	demotest.Refuses(t, run, "missing.tar", "-source", "missing.tar")
}
