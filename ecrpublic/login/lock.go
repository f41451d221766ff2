package login

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// lockPoll is the time between attempts to take a held lock.
const lockPoll = 5 * time.Millisecond

// lockFile locks out other users of this function from the file at path until
// unlock is called or the program ends. If the file system has no locks, locked
// is false.
func lockFile(ctx context.Context, path string) (unlock func(), locked bool, err error) {
	lock := lockFor(runtime.GOOS, path)
	locked, _ = lock.TryLockContext(ctx, lockPoll)
	if ctx.Err() != nil {
		_ = lock.Close()
		return nil, false, context.Cause(ctx)
	}
	return func() { _ = lock.Close() }, locked, nil
}

// lockFor locks the directory, not the file, because the file is replaced. On
// systems that can only lock files, it locks a separate file, which stays.
func lockFor(system, path string) *flock.Flock {
	switch system {
	case "darwin", "dragonfly", "freebsd", "linux", "netbsd", "openbsd":
		return flock.New(filepath.Dir(path), flock.SetFlag(os.O_RDONLY))
	default:
		return flock.New(path + ".lock")
	}
}
