//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package blobs

import (
	"errors"
	"os"
)

// SyncDir makes the names in a directory safe.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
