package login

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func secretPair() Credentials { return Credentials{Username: "AWS", Password: "hunter2"} }

// A program without a lock, such as docker, changes the file between reading and
// writing. Its entry is kept, at whatever step it appears.
func TestForeignWriteDuringAChangeIsNotLost(t *testing.T) {
	t.Parallel()
	const foreignText = `{"auths": {"ghcr.io": {}}, "call": %d}`
	for name, foreign := range map[string]func(t *testing.T, path string, call int){
		"replaces the file": func(t *testing.T, path string, call int) {
			temp := path + ".docker"
			require.NoError(t, os.WriteFile(temp, fmt.Appendf(nil, foreignText, call), 0o600))
			require.NoError(t, os.Rename(temp, path))
		},
		"writes into the file": func(t *testing.T, path string, call int) {
			require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, foreignText, call), 0o600))
		},
	} {
		for _, start := range []string{"existing", "missing"} {
			t.Run(name+", "+start, func(t *testing.T) {
				t.Parallel()
				path := filepath.Join(t.TempDir(), "config.json")
				if start == "existing" {
					require.NoError(t, os.WriteFile(path, []byte(`{"auths": {"old": {}}}`), 0o600))
				}
				calls := 0
				err := rewrite(t.Context(), path, func(config *object) (bool, error) {
					if calls++; calls <= 3 {
						foreign(t, path, calls)
					}
					return true, writeLogin(config, []string{"public.ecr.aws"}, secretPair())
				})
				require.NoError(t, err)
				assert.Equal(t, 4, calls)
				text, err := os.ReadFile(path)
				require.NoError(t, err)
				assert.JSONEq(t, `{"auths": {"ghcr.io": {}, "public.ecr.aws": {"auth": "QVdTOmh1bnRlcjI="}}, "call": 3}`, string(text))
			})
		}
	}
}

// The file is deleted between reading and writing. The new one has only our entry.
func TestForeignDeletionDuringAChange(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"auths": {"old": {}}}`), 0o600))
	err := rewrite(t.Context(), path, func(config *object) (bool, error) {
		_ = os.Remove(path)
		return true, writeLogin(config, []string{"public.ecr.aws"}, secretPair())
	})
	require.NoError(t, err)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.JSONEq(t, `{"auths": {"public.ecr.aws": {"auth": "QVdTOmh1bnRlcjI="}}}`, string(text))
}

func TestFileThatNeverStopsChanging(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.json")
	calls := 0
	err := rewrite(t.Context(), path, func(config *object) (bool, error) {
		calls++
		text := append([]byte("{}"), make([]byte, calls)...)
		for i := range text[2:] {
			text[2+i] = ' '
		}
		return true, os.WriteFile(path, text, 0o600)
	})
	require.ErrorContains(t, err, "keep modifying")
	assert.Equal(t, maxRewrites, calls)
}

// A program that is killed while it writes leaves a temporary file behind, which the
// next one removes. Files with other names stay.
func TestNextWriterRemovesLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "config.json")
	left, err := writeTemp(path, []byte(`{"auths": {}}`))
	require.NoError(t, err)
	kept := []string{"config.json.bak", "config.json.20260501", "config.json123", "config.json.ecr-public-1", "other.json.ecr-public-1.tmp"}
	for _, name := range kept {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	_, err = DockerConfig{Path: path}.Write(t.Context(), secretPair())
	require.NoError(t, err)
	assert.NoFileExists(t, left)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, len(kept)+1)
}
