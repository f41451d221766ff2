package imagepush_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// openBelow lists the files below a folder that this process has open.
func openBelow(t *testing.T, folder string) (files []string) {
	t.Helper()
	const descriptors = "/proc/self/fd"
	entries, err := os.ReadDir(descriptors)
	require.NoError(t, err)
	for _, entry := range entries {
		file, err := os.Readlink(filepath.Join(descriptors, entry.Name()))
		if err == nil && strings.HasPrefix(file, folder) { // it may have been closed since
			files = append(files, file)
		}
	}
	return files
}

// No file of the source stays open, whenever a push is cancelled.
func TestCancelledPushClosesFiles(t *testing.T) {
	t.Parallel()
	srv := smallParts(t)
	images := newImages(t)
	images.tag(images.ofLayers(4, 3*testPart), "v1")
	folder := layout(t, images, "v1")
	archive := pack(t, folder)
	client := srv.Client()
	for name, path := range map[string]string{"folder": folder, "tar": archive} {
		seen := 0
		for after := range 14 {
			ctx, cancel := context.WithCancel(t.Context())
			options := imagepush.PushOptions{Repository: fmt.Sprintf("%s/%d", name, after), Reference: "v1", CreateRepository: client}
			calls := 0
			_, err := imagepush.Push(ctx, client, open(t, path), options, unlimited, func(o *imagepush.TargetOptions) {
				o.Progress = func(imagepush.Progress) {
					seen = max(seen, len(openBelow(t, filepath.Dir(path))))
					if calls++; calls > after {
						cancel()
					}
				}
			})
			cancel()
			require.ErrorIs(t, err, context.Canceled, after)
			assert.Empty(t, openBelow(t, filepath.Dir(path)), after)
		}
		assert.NotZero(t, seen, "files were open in between")
	}
}
