package ecrpublictest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// What a data directory holds. The journal is the truth: layers that it does not
// name, and uploads, are left over from a crash and are removed.
const (
	lockFile    = "lock"
	journalFile = "journal"
	journalNew  = "journal.new" // becomes the journal when it is complete
	layersDir   = "layers"      // by repository id and digest
	uploadsDir  = "uploads"     // by upload id
)

// openDir reads the state from a directory and keeps it there from now on.
func (s *store) openDir(dir string) (err error) {
	if err := prepareDir(dir); err != nil {
		return err
	}
	lock, err := lockDir(filepath.Join(dir, lockFile))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = lock.Close()
		}
	}()
	if err := s.replay(filepath.Join(dir, journalFile)); err != nil {
		return err
	}
	if s.registry.Secret == nil {
		s.registry.Secret = newSecret()
	}
	disk := &disk{dir}
	if err := disk.clean(s.repositories); err != nil {
		return err
	}
	s.content = disk
	s.journal, err = s.rewriteJournal(dir, lock)
	return err
}

// prepareDir makes the directory, unless it is one that belongs to somebody else.
func prepareDir(dir string) error {
	const private = 0o700 // the journal holds a secret
	if err := os.MkdirAll(dir, private); err != nil {
		return err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !slices.Contains([]string{lockFile, journalFile, journalNew, layersDir, uploadsDir}, entry.Name()) {
			return fmt.Errorf("not an emulator's: it holds %s", entry.Name())
		}
	}
	return nil
}

// disk keeps the bytes of layers in files.
type disk struct{ dir string }

func (d *disk) repositoryDir(id string) string { return filepath.Join(d.dir, layersDir, id) }

func (d *disk) layerFile(repositoryID, digest string) string {
	return filepath.Join(d.repositoryDir(repositoryID), fileName(digest))
}

// fileName is a digest in the form that all file systems take.
func fileName(digest string) string { return digest[len("sha256:"):] }

// clean removes what is not of these repositories, and makes sure that what is
// is there.
func (d *disk) clean(repositories map[string]*repository) error {
	if err := os.RemoveAll(filepath.Join(d.dir, uploadsDir)); err != nil {
		return err
	}
	for _, sub := range []string{uploadsDir, layersDir} {
		if err := os.MkdirAll(filepath.Join(d.dir, sub), 0o700); err != nil {
			return err
		}
	}
	known := map[string]bool{}
	for _, r := range repositories {
		known[r.ID] = true
		if err := d.cleanRepository(r); err != nil {
			return err
		}
	}
	return removeUnknown(filepath.Join(d.dir, layersDir), known)
}

func (d *disk) cleanRepository(r *repository) error {
	known := map[string]bool{}
	for _, l := range r.layers {
		known[fileName(l.Digest)] = true
		info, err := os.Stat(d.layerFile(r.ID, l.Digest))
		if err != nil {
			return fmt.Errorf("layer of repository %s: %w", r.Name, err)
		}
		if info.Size() != l.Size {
			return fmt.Errorf("layer %s of repository %s: %d bytes instead of %d", l.Digest, r.Name, info.Size(), l.Size)
		}
	}
	return removeUnknown(d.repositoryDir(r.ID), known)
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

func (d *disk) create(uploadID string) (draft, error) {
	return &diskDraft{disk: d, path: filepath.Join(d.dir, uploadsDir, uploadID)}, nil
}

func (d *disk) open(repositoryID, digest string) (layerReader, error) {
	return os.Open(d.layerFile(repositoryID, digest))
}

// remove leaves what it cannot remove to the next start.
func (d *disk) remove(repositoryID string) { _ = os.RemoveAll(d.repositoryDir(repositoryID)) }

// diskDraft writes an upload's bytes to a file, which is made with the first of
// them.
type diskDraft struct {
	disk *disk
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

func (d *diskDraft) seal() error {
	if err := d.begin(); err != nil {
		return err
	}
	return errors.Join(d.file.Sync(), d.file.Close())
}

func (d *diskDraft) keep(repositoryID, digest string) error {
	dir := d.disk.repositoryDir(repositoryID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := os.Rename(d.path, d.disk.layerFile(repositoryID, digest)); err != nil {
		return err
	}
	return errors.Join(syncDir(dir), syncDir(filepath.Dir(dir)))
}

// discard closes the file, if seal did not, and removes it, unless it became a
// layer and moved.
func (d *diskDraft) discard() {
	if d.file != nil {
		_ = d.file.Close()
		_ = os.Remove(d.path)
	}
}
