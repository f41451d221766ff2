package main

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/opencontainers/go-digest"
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
	assert.Regexp(t, `^repositoryUri: public.ecr.aws/\w+/demo/app\ndigest: sha256:[0-9a-f]{64}\ntag: latest\n$`, stdout)
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
	stdout, _ = demotest.Run(t, run, "-endpoint", emulator.URL, "-source", folder, "-repository", "web", "-via", "api")
	assert.Contains(t, stdout, "tag: none\n", "an image without a tag says so")
	stdout, _ = demotest.Run(t, run, "-endpoint", emulator.URL, "-source", folder, "-repository", "api", "-create", "-tag", "v1", "-via", "api")
	assert.Contains(t, stdout, "tag: v1\n")
	assert.Equal(t, 2, emulator.Count("InitiateLayerUpload"), "through the API the second time alone")
}

// An archive of docker save that was pushed before takes two requests.
func TestDockerSaveAgain(t *testing.T) {
	t.Parallel()
	emulator := ecrpublictest.NewServer()
	t.Cleanup(emulator.Close)
	archive := filepath.Join(t.TempDir(), "image.tar")
	layer := []byte("a layer")
	config := []byte(`{"rootfs":{"diff_ids":["` + digest.FromBytes(layer).String() + `"]}}`)
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	for name, content := range map[string][]byte{"layer": layer, "config": config, "manifest.json": []byte(`[{"Config":"config","RepoTags":["app:v1"],"Layers":["layer"]}]`)} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644}))
		_, err := w.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	require.NoError(t, os.WriteFile(archive, data.Bytes(), 0o600))
	cache := filepath.Join(t.TempDir(), "cache", "layers")
	args := []string{"-endpoint", emulator.URL, "-source", archive, "-repository", "web", "-tag", "v1", "-cache", cache}
	first, _ := demotest.Run(t, run, append(args, "-create")...)
	assert.FileExists(t, cache)
	before := len(emulator.Requests())
	again, _ := demotest.Run(t, run, args...)
	assert.Equal(t, first, again)
	assert.Len(t, emulator.Requests(), before+2)
}

func TestEndpointNeedsSource(t *testing.T) {
	t.Parallel()
	demotest.Refuses(t, run, "-live and -endpoint need -source and -repository", "-endpoint", "http://127.0.0.1:1")
	demotest.Refuses(t, run, "missing.tar", "-source", "missing.tar")
	demotest.Refuses(t, run, "-via carrier: want registry or api", "-via", "carrier")
}

func TestRefusesTag(t *testing.T) {
	t.Parallel()
	demotest.Refuses(t, run, `-tag: tag "v 1" does not match`, "-tag", "v 1")
}

func TestWrongFlags(t *testing.T) {
	t.Parallel()
	args := []string{"-source", ".", "-repository", "app"}
	for _, platform := range []string{"linux", "linux/", "/amd64", "linux/arm/v7/x", "linux amd64"} {
		demotest.Misuses(t, run, `-platform "`+platform+`": want os/architecture or os/architecture/variant, such as linux/arm64`, append(args, "-platform", platform)...)
	}
	demotest.Misuses(t, run, "-repository public.ecr.aws/acme/app: leave out the host", append(args, "-repository", "public.ecr.aws/acme/app")...)
	demotest.Misuses(t, run, `-tag: tag "v 1" does not match`, append(args, "-tag", "v 1")...)
	demotest.Misuses(t, run, "-tag is empty", append(args, "-tag", "")...)
	demotest.Misuses(t, run, "-via host: want registry or api", append(args, "-via", "host")...)
	demotest.Refuses(t, run, "-source: ", "-endpoint", "http://127.0.0.1:1", "-source", "missing", "-repository", "app")
}

func TestFailures(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "layout")
	layout, err := oci.New(folder)
	require.NoError(t, err)
	store := memory.New()
	require.NoError(t, demo.AddArtifact(t.Context(), store, "v1", []byte("hello")))
	_, err = oras.Copy(t.Context(), store, "v1", layout, "v1", oras.DefaultCopyOptions)
	require.NoError(t, err)
	args := []string{"-source", folder, "-repository", "app"}
	demotest.Failures(t, run, args, args)
}
