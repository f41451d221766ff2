package blobs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Disk keeps the bytes of layers in files.
type Disk struct{ dir string }

// The directories of a store. Files that Keep does not have, and uploads, are
// left over from a crash.
const (
	LayersDir  = "layers"  // by repository id and digest
	UploadsDir = "uploads" // by upload id
)

// OpenDisk opens the store in a directory, with the layers it is known to have:
// for each repository, named by its id, the sizes by digest. It removes what it
// does not know, and fails where a layer is missing or has another size.
func OpenDisk(dir string, known map[string]map[string]int64) (*Disk, error) {
	d := &Disk{dir}
	return d, d.clean(known)
}

func (d *Disk) repositoryDir(id string) string { return filepath.Join(d.dir, LayersDir, id) }

func (d *Disk) layerFile(repositoryID, digest string) string {
	return filepath.Join(d.repositoryDir(repositoryID), fileName(digest))
}

// fileName is a digest in the form that all file systems take.
func fileName(digest string) string { return digest[len("sha256:"):] }

// clean removes what is not known, and makes sure that what is known is there.
func (d *Disk) clean(known map[string]map[string]int64) error {
	if err := os.RemoveAll(filepath.Join(d.dir, UploadsDir)); err != nil {
		return err
	}
	for _, sub := range []string{UploadsDir, LayersDir} {
		if err := os.MkdirAll(filepath.Join(d.dir, sub), 0o700); err != nil {
			return err
		}
	}
	repositories := map[string]bool{}
	for id, layers := range known {
		repositories[id] = true
		if err := d.cleanRepository(id, layers); err != nil {
			return err
		}
	}
	return removeUnknown(filepath.Join(d.dir, LayersDir), repositories)
}

func (d *Disk) cleanRepository(id string, layers map[string]int64) error {
	known := map[string]bool{}
	for digest, size := range layers {
		known[fileName(digest)] = true
		info, err := os.Stat(d.layerFile(id, digest))
		if err != nil {
			return fmt.Errorf("layer %s: %w", digest, err)
		}
		if info.Size() != size {
			return fmt.Errorf("layer %s: %d bytes instead of %d", digest, info.Size(), size)
		}
	}
	return removeUnknown(d.repositoryDir(id), known)
}

// removeUnknown empties a directory, which may be missing, of what is not known.
func removeUnknown(dir string, known map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		if !known[entry.Name()] {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, entry.Name())))
		}
	}
	return err
}

// Create implements Store.
func (d *Disk) Create(uploadID string) (Draft, error) {
	return &diskDraft{disk: d, path: filepath.Join(d.dir, UploadsDir, uploadID)}, nil
}

// Open implements Store.
func (d *Disk) Open(repositoryID, digest string) (Reader, error) {
	return os.Open(d.layerFile(repositoryID, digest))
}

// Remove implements Store. It leaves what it cannot remove to the next start.
func (d *Disk) Remove(repositoryID string) { _ = os.RemoveAll(d.repositoryDir(repositoryID)) }

// diskDraft writes an upload's bytes to a file, which is made with the first of
// them.
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
		d.file, err = os.OpenFile(d.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	}
	return err
}

func (d *diskDraft) Seal() error {
	if err := d.begin(); err != nil {
		return err
	}
	return errors.Join(d.file.Sync(), d.file.Close())
}

func (d *diskDraft) Keep(repositoryID, digest string) error {
	dir := d.disk.repositoryDir(repositoryID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Rename(d.path, d.disk.layerFile(repositoryID, digest)); err != nil {
		return err
	}
	return errors.Join(SyncDir(dir), SyncDir(filepath.Dir(dir)))
}

// discard closes the file, if seal did not, and removes it, unless it became a
// layer and moved.
func (d *diskDraft) Discard() {
	if d.file != nil {
		_ = d.file.Close()
		_ = os.Remove(d.path)
	}
}
