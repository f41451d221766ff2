//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package login

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLockIsWaitedForUntilTheContextEnds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unlock, err := lockDir(t.Context(), dir)
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = rewrite(ctx, filepath.Join(dir, "config.json"), func(*object) (bool, error) {
		t.Error("edited without the lock")
		return false, nil
	})
	require.ErrorIs(t, err, context.DeadlineExceeded)

	unlock()
	unlock, err = lockDir(t.Context(), dir)
	require.NoError(t, err)
	unlock()
}

// Many writers change the file at once and none of their entries is lost.
func TestDockerConfigWritersWaitForEachOther(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"auths": {"ghcr.io": {"auth": "a2VwdA=="}}, "unknown": {"kept": true}}`), 0o600))
	const writers = 20
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			config := DockerConfig{Path: path, Hosts: []string{fmt.Sprintf("host-%d", i)}}
			_, err := config.Write(t.Context(), secretPair())
			assert.NoError(t, err)
			if i%2 == 0 {
				_, err = config.Remove(t.Context())
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var got struct {
		Auths   map[string]any
		Unknown map[string]any
	}
	require.NoError(t, json.Unmarshal(text, &got))
	assert.Len(t, got.Auths, 1+writers/2)
	assert.Contains(t, got.Auths, "ghcr.io")
	assert.Equal(t, map[string]any{"kept": true}, got.Unknown)
}
