//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package registry

import "os"

// lockDir only opens the file: there are no locks here.
func lockDir(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
}

// unlockDir closes the file.
func unlockDir(file *os.File) error { return file.Close() }
