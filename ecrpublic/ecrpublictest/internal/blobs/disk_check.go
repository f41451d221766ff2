package blobs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// fileState changes when a file is changed.
type fileState struct {
	size    int64
	changed time.Time
}

func stateOf(info os.FileInfo) fileState { return fileState{info.Size(), info.ModTime()} }

// ErrDamaged says that the bytes of a layer differ from those that were
// stored.
var ErrDamaged = errors.New("the stored bytes are damaged")

// note remembers that the file of a layer is intact.
func (d *Disk) note(digest, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.checked[digest] = stateOf(info)
	return nil
}

// check reports whether a file holds the bytes of a digest, and leaves it at its
// start.
func (d *Disk) check(digest string, file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	d.mu.Lock()
	known := d.checked[digest]
	d.mu.Unlock()
	if stateOf(info) == known {
		return nil
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != fileName(digest) {
		return fmt.Errorf("layer %s: %w", digest, ErrDamaged)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.checked[digest] = stateOf(info)
	_, err = file.Seek(0, io.SeekStart)
	return err
}
