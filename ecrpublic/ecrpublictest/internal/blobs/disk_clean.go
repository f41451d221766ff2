package blobs

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// clean removes unknown files, and checks that known layers exist.
func (d *Disk) clean(known map[string]int64) error {
	if err := os.RemoveAll(filepath.Join(d.dir, UploadsDir)); err != nil {
		return err
	}
	for _, sub := range []string{UploadsDir, LayersDir} {
		if err := os.MkdirAll(filepath.Join(d.dir, sub), 0o700); err != nil {
			return err
		}
	}
	if err := d.flatten(); err != nil {
		return err
	}
	names := map[string]bool{}
	for digest, size := range known {
		names[fileName(digest)] = true
		info, err := os.Stat(d.layerFile(digest))
		if err != nil {
			return fmt.Errorf("layer %s: %w", digest, err)
		}
		if info.Size() != size {
			return fmt.Errorf("layer %s: %d bytes instead of %d", digest, info.Size(), size)
		}
	}
	return d.removeUnknown(names)
}

// flatten moves up layers that an earlier version kept in a directory per
// repository.
func (d *Disk) flatten() error {
	layers := filepath.Join(d.dir, LayersDir)
	old, err := filepath.Glob(filepath.Join(layers, "*", "*"))
	for _, path := range old {
		err = errors.Join(err, os.Rename(path, filepath.Join(layers, filepath.Base(path))))
	}
	return err
}

// removeUnknown removes unknown files from the directory of layers.
func (d *Disk) removeUnknown(known map[string]bool) error {
	layers := filepath.Join(d.dir, LayersDir)
	entries, err := os.ReadDir(layers)
	for _, entry := range entries {
		if !known[entry.Name()] {
			err = errors.Join(err, os.RemoveAll(filepath.Join(layers, entry.Name())))
		}
	}
	return err
}
