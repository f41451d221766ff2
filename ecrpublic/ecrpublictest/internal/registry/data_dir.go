package registry

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
)

// The contents of a data directory. The journal is authoritative: layers that it
// does not name, and uploads, are left over from a crash and are removed.
const (
	lockFile    = "lock"
	journalFile = "journal"
	journalNew  = "journal.new" // becomes the journal when it is complete
)

// openDir reads the state from a directory and keeps it there from now on.
func (s *Store) openDir(dir string) (err error) {
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
	changes, err := s.replay(filepath.Join(dir, journalFile))
	if err == nil && changes == 0 {
		err = refuseLayers(dir)
	}
	if err != nil {
		return err
	}
	if s.registry.Secret == nil {
		s.registry.Secret = newSecret()
	}
	if s.content, err = blobs.OpenDisk(dir, s.layerSizes()); err != nil {
		return err
	}
	s.journal, err = s.rewriteJournal(dir, lock)
	return err
}

// prepareDir creates the directory, or fails if it has other contents.
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
		if !slices.Contains([]string{lockFile, journalFile, journalNew, blobs.LayersDir, blobs.UploadsDir}, entry.Name()) {
			return fmt.Errorf("not an emulator's: it holds %s", entry.Name())
		}
	}
	return nil
}

// refuseLayers fails if there are layers, for a directory whose journal is lost: without
// it they would be removed.
func refuseLayers(dir string) error {
	entries, err := os.ReadDir(filepath.Join(dir, blobs.LayersDir))
	if err == nil && len(entries) > 0 {
		return fmt.Errorf("%s has layers, but the journal is missing or empty: restore it, or remove the directory", blobs.LayersDir)
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// layerSizes returns the sizes of all layers, by digest.
func (s *Store) layerSizes() map[string]int64 {
	sizes := map[string]int64{}
	for _, r := range s.repositories {
		for digest, l := range r.layers {
			sizes[digest] = l.Size
		}
	}
	return sizes
}
