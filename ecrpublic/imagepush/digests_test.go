package imagepush_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/ecrpublic/imagepush"
)

// savedAs makes an archive of docker save of one layer, in which the layer may have
// other bytes than the config says.
func savedAs(t *testing.T, layer, claimed string) string {
	t.Helper()
	return archiveOf(t, file("config", configOf(claimed)), file("layer", layer),
		file("manifest.json", `[{"Config":"config","RepoTags":["app:v1"],"Layers":["layer"]}]`))
}

func TestDigestsAreRemembered(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new", "digests")
	layer := strings.Repeat("layer ", 1000)
	remember := func(o *imagepush.OpenOptions) { o.Digests = imagepush.NewDigestFile(path) }
	archive := savedAs(t, layer, layer)
	want := digestOf(t, open(t, archive), "")
	for range 2 {
		source, err := imagepush.Open(t.Context(), archive, remember)
		require.NoError(t, err)
		assert.Equal(t, want, digestOf(t, source, ""))
		f := newFake()
		_, err = imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
		require.NoError(t, err, "a layer that is remembered can be sent")
		require.NoError(t, source.Close())
		compressed := manifestFor(t, open(t, archive), "").Layers[0].Digest
		assert.Equal(t, layer, gunzipped(t, f.layers[compressed.String()]))
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, 1, strings.Count(string(data), "\n"), "once")

	_, err = imagepush.Open(t.Context(), savedAs(t, "damaged", layer), remember)
	require.ErrorIs(t, err, content.ErrMismatchedDigest, "layers are checked all the same")
}

// An archive whose layers were checked is not read again until it changes.
func TestArchiveThatDidNotChange(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after time.Duration // how long ago the archive was written
		read          bool
	}{
		"unchanged":                   {time.Hour, time.Hour, false},
		"changed":                     {time.Hour, time.Minute, true},
		"written just before":         {0, 0, true},
		"written in the future":       {-time.Hour, -time.Hour, true},
		"an older copy in its place":  {time.Hour, 2 * time.Hour, true},
		"checked when it was in work": {0, time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			digests := filepath.Join(t.TempDir(), "digests")
			now := time.Now()
			archive := savedAs(t, "some bytes", "some bytes")
			opened := func(written time.Time) error {
				require.NoError(t, os.Chtimes(archive, written, written))
				source, err := imagepush.Open(t.Context(), archive, func(o *imagepush.OpenOptions) { o.Digests = imagepush.NewDigestFile(digests) })
				if err == nil {
					require.NoError(t, source.Close())
				}
				return err
			}
			require.NoError(t, opened(now.Add(-test.before)))
			data, err := os.ReadFile(archive)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(archive, bytes.Replace(data, []byte("some bytes"), []byte("some BYTES"), 1), 0o600))
			err = opened(now.Add(-test.after))
			if test.read {
				require.ErrorIs(t, err, content.ErrMismatchedDigest)
			} else {
				require.NoError(t, err)
			}
		})
	}
}

// What the file says wrong is found out when the layer is sent, and a file that
// makes no sense is none.
func TestDigestsThatAreWrong(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "digests")
	remember := func(o *imagepush.OpenOptions) { o.Digests = imagepush.NewDigestFile(path) }
	archive := savedAs(t, "layer", "layer")
	_, err := imagepush.Open(t.Context(), archive, remember)
	require.NoError(t, err)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	right := manifestFor(t, open(t, archive), "").Layers[0].Digest
	wrong := strings.Replace(string(data), right.String(), digest.FromString("wrong").String(), 1)
	require.NoError(t, os.WriteFile(path, []byte(wrong), 0o600))
	source, err := imagepush.Open(t.Context(), archive, remember)
	require.NoError(t, err)
	f := newFake()
	_, err = imagepush.Push(t.Context(), f, source, imagepush.PushOptions{Repository: "team/app", Tag: "v1"}, unlimited)
	require.ErrorIs(t, err, content.ErrMismatchedDigest)
	assert.Empty(t, f.images)

	for _, text := range []string{"", "{", "[]\n{}\n", strings.Repeat("x", 1<<20), wrong[:len(wrong)/2], strings.Replace(wrong, `"size":`, `"size":-`, 1)} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		source, err := imagepush.Open(t.Context(), archive, remember)
		require.NoError(t, err)
		assert.Equal(t, right, manifestFor(t, source, "").Layers[0].Digest)
	}
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Mkdir(path, 0o700))
	_, err = imagepush.Open(t.Context(), archive, remember)
	require.NoError(t, err, "a place that cannot be written to")
}

func TestDigestFileOfManyPrograms(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "digests")
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			cache := imagepush.NewDigestFile(path)
			for j := range 20 {
				cache.Put(digest.FromString(fmt.Sprint(i, j)), digest.FromString("compressed"), 7)
			}
		})
	}
	group.Wait()
	cache := imagepush.NewDigestFile(path)
	for i := range 8 {
		for j := range 20 {
			d, size, ok := cache.Get(digest.FromString(fmt.Sprint(i, j)))
			assert.True(t, ok)
			assert.EqualValues(t, 7, size)
			assert.Equal(t, digest.FromString("compressed"), d)
		}
	}
}

// Layers that were compressed are read again where a lost upload starts over, and
// no longer when the source is closed.
func TestCompressedLayersAreKeptUntilClose(t *testing.T) {
	t.Parallel()
	layer := string(random(1, 3<<20))
	source := open(t, savedAs(t, layer, layer))
	desc := manifestFor(t, source, "").Layers[0]
	for range 2 {
		data, err := content.FetchAll(t.Context(), source, desc)
		require.NoError(t, err)
		assert.Equal(t, layer, gunzipped(t, data))
	}
	require.NoError(t, source.Close())
	_, err := content.FetchAll(t.Context(), source, desc)
	require.ErrorIs(t, err, os.ErrClosed)
	require.NoError(t, source.Close())
}
