package login

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is how often a lock that is taken is tried.
const lockPoll = 5 * time.Millisecond

// lockFile keeps other users of this function from the file at path until unlock
// is called or the program ends. Where the file system has no locks, locked is
// false.
func lockFile(ctx context.Context, path string) (unlock func(), locked bool, err error) {
	lock := lockFor(runtime.GOOS, path)
	locked, _ = lock.TryLockContext(ctx, lockPoll)
	if ctx.Err() != nil {
		_ = lock.Close()
		return nil, false, context.Cause(ctx)
	}
	return func() { _ = lock.Close() }, locked, nil
}

// lockFor locks the directory, not the file, because the file is replaced.
// Systems that lock files only get one beside it, which stays.
func lockFor(system, path string) *flock.Flock {
	switch system {
	case "darwin", "dragonfly", "freebsd", "linux", "netbsd", "openbsd":
		return flock.New(filepath.Dir(path), flock.SetFlag(os.O_RDONLY))
	default:
		return flock.New(path + ".lock")
	}
}
