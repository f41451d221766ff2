//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package blobs

// SyncDir does nothing: directories cannot be synced here.
func SyncDir(string) error { return nil }
