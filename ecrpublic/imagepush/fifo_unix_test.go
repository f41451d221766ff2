//go:build unix

package imagepush_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// Opening a FIFO without a writer would block forever.
func TestFIFOsAreNotOpened(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(t.TempDir(), "image.tar")
	require.NoError(t, syscall.Mkfifo(fifo, 0o600))
	_, err := imagepush.Open(t.Context(), fifo)
	require.ErrorContains(t, err, "neither a directory nor a file")

	images := newImages(t)
	image := images.tag(images.image("{}", images.layer("abc")), "v1")
	for _, name := range []string{"index.json", "oci-layout", "blobs/sha256/" + image.Digest.Encoded()} {
		folder := layout(t, images, "v1")
		require.NoError(t, os.Remove(filepath.Join(folder, name)))
		require.NoError(t, syscall.Mkfifo(filepath.Join(folder, name), 0o600))
		_, err := imagepush.Open(t.Context(), folder)
		require.ErrorContains(t, err, "not a regular file", name)
	}
	folder := layout(t, images, "v1")
	layer := filepath.Join(folder, "blobs", "sha256", digest.FromString("abc").Encoded())
	require.NoError(t, os.Remove(layer))
	require.NoError(t, os.Symlink("/dev/zero", layer))
	_, err = imagepush.Push(t.Context(), newFake(), open(t, folder), imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
	require.ErrorContains(t, err, "is incomplete")
	require.ErrorContains(t, err, "not a regular file")
}
