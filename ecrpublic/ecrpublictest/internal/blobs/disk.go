package blobs

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// The directories of a storage. Unknown layers and uploads are left over from
// a crash.
const (
	LayersDir  = "layers"  // by digest
	UploadsDir = "uploads" // by upload id
)

// Disk keeps the bytes of layers in files.
type Disk struct {
	dir string

	mu      sync.Mutex
	checked map[string]fileState // by digest, files whose bytes were found right
}

// OpenDisk opens the storage in a directory with the given layers: their sizes
// by digest. It removes all other files, and fails if a layer is missing or has
// another size.
func OpenDisk(dir string, known map[string]int64) (*Disk, error) {
	d := &Disk{dir: dir, checked: map[string]fileState{}}
	return d, d.clean(known)
}

func (d *Disk) layerFile(digest string) string {
	return filepath.Join(d.dir, LayersDir, fileName(digest))
}

// fileName returns a digest in a form that all file systems accept.
func fileName(digest string) string { return digest[len("sha256:"):] }

// Create implements Storage.
func (d *Disk) Create(uploadID string) (Draft, error) {
	return &diskDraft{disk: d, path: filepath.Join(d.dir, UploadsDir, uploadID)}, nil
}

// Open implements Storage. It reads the whole file to check it, unless it did
// so before and the file has not changed since.
func (d *Disk) Open(digest string) (Reader, error) {
	file, err := os.Open(d.layerFile(digest))
	if err != nil {
		return nil, err
	}
	if err := d.check(digest, file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Remove implements Storage. It leaves what it cannot remove to the next start.
func (d *Disk) Remove(digest string) {
	_ = os.Remove(d.layerFile(digest))
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.checked, digest)
}

// diskDraft writes an upload's bytes to a file, which is created with the first
// byte.
type diskDraft struct {
	disk *Disk
	path string
	file *os.File
	size int64
}

func (d *diskDraft) Write(p []byte) (int, error) {
	if err := d.begin(); err != nil {
		return 0, err
	}
	if _, err := d.file.WriteAt(p, d.size); err != nil {
		return 0, errors.Join(err, d.file.Truncate(d.size))
	}
	d.size += int64(len(p))
	return len(p), nil
}

func (d *diskDraft) begin() (err error) {
	if d.file == nil {
		d.file, err = os.OpenFile(d.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	}
	return err
}

func (d *diskDraft) After(position int64) io.Reader {
	return io.NewSectionReader(d.file, position, d.size-position)
}

func (d *diskDraft) Flush() error { return d.file.Sync() }

func (d *diskDraft) Truncate(size int64) error {
	if d.file == nil || size >= d.size {
		return nil
	}
	d.size = size
	return d.file.Truncate(size)
}

func (d *diskDraft) Seal() error {
	if err := d.begin(); err != nil {
		return err
	}
	return errors.Join(d.file.Sync(), d.file.Close())
}

func (d *diskDraft) Keep(digest string) error {
	path := d.disk.layerFile(digest)
	if err := os.Rename(d.path, path); err != nil {
		return err
	}
	if err := d.disk.note(digest, path); err != nil {
		return fmt.Errorf("layer %s: %w", digest, err)
	}
	return SyncDir(filepath.Dir(path))
}

// Discard closes the file unless Seal did, and removes it unless it became a
// layer.
func (d *diskDraft) Discard() {
	if d.file != nil {
		_ = d.file.Close()
		_ = os.Remove(d.path)
	}
}
