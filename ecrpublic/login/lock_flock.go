//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package login

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lockPoll is how often a lock that is taken is tried.
const lockPoll = 5 * time.Millisecond

// lockDir keeps other users of this function out of a directory until unlock is
// called or the program ends. The directory is locked, not the file, because the
// file is replaced. Where the file system has no locks it does nothing.
func lockDir(ctx context.Context, dir string) (unlock func(), err error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	poll := time.NewTicker(lockPoll)
	defer poll.Stop()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return func() { _ = f.Close() }, nil
		}
		select {
		case <-poll.C:
		case <-ctx.Done():
			_ = f.Close()
			return nil, context.Cause(ctx)
		}
	}
}

// keepOwner gives a file that root writes to the owner of the file it replaces.
func keepOwner(path, temp string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(temp, int(stat.Uid), int(stat.Gid))
	}
}
