//go:build unix

package login

import (
	"os"
	"syscall"
)

// keepOwner gives a file written by root the owner of the file it replaces.
func keepOwner(path, temp string) {
	info, err := os.Stat(path)
	if err != nil {
		return
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		_ = os.Chown(temp, int(stat.Uid), int(stat.Gid))
	}
}
