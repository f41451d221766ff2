//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package blobs

import (
	"errors"
	"os"
)

// SyncDir flushes the entries of a directory to disk.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
