package login

import (
	"context"
	"encoding/json"
	"errors"
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
	path := filepath.Join(t.TempDir(), "config.json")
	unlock, locked, err := lockFile(t.Context(), path)
	require.NoError(t, err)
	require.True(t, locked)

	reason := errors.New("tired of waiting")
	ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, reason)
	defer cancel()
	err = rewrite(ctx, path, func(*object) (bool, error) {
		t.Error("edited without the lock")
		return false, nil
	})
	require.ErrorIs(t, err, reason)

	unlock()
	unlock, locked, err = lockFile(t.Context(), path)
	require.NoError(t, err)
	assert.True(t, locked)
	unlock()
}

// Both kinds of locks exclude other programs; only one leaves a file behind.
func TestLocksOfEverySystem(t *testing.T) {
	t.Parallel()
	for system, leaves := range map[string]int{"linux": 0, "darwin": 0, "windows": 1, "solaris": 1} {
		dir := t.TempDir()
		path := filepath.Join(dir, "config.json")
		first, second := lockFor(system, path), lockFor(system, path)
		locked, err := first.TryLock()
		require.NoError(t, err)
		assert.True(t, locked, system)
		locked, err = second.TryLock()
		require.NoError(t, err)
		assert.False(t, locked, system)
		require.NoError(t, first.Close())
		locked, err = second.TryLock()
		require.NoError(t, err)
		assert.True(t, locked, system)
		require.NoError(t, second.Close())
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, leaves, system)
	}
}

// If many writers change the file at once, no entry is lost.
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
