package archive

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"oras.land/oras-go/v2/errdef"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// maxMetadata is how large index.json, manifest.json, a config or a manifest may
// be.
const maxMetadata = limits.MaxManifest

// files are the files of a layout, which have slash-separated names.
type files interface {
	// size returns how large a file is. It fails with fs.ErrNotExist for a
	// missing file, and with another error for anything but a regular file.
	size(name string) (int64, error)

	// open opens a regular file.
	open(name string) (File, error)
}

// File is an open file. Its bytes can be read in any order.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
}

// folder holds the files below a directory.
type folder string

// size checks the type before opening, because opening a FIFO would wait for its
// writer.
func (f folder) size(name string) (int64, error) {
	info, err := os.Stat(f.path(name))
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, &fs.PathError{Op: "open", Path: name, Err: fmt.Errorf("not a regular file, but %s", info.Mode().Type())}
	}
	return info.Size(), nil
}

func (f folder) open(name string) (File, error) {
	if _, err := f.size(name); err != nil {
		return nil, err
	}
	return os.Open(f.path(name))
}

func (f folder) path(name string) string { return filepath.Join(string(f), filepath.FromSlash(name)) }

// readMetadata reads a small file.
func readMetadata(files files, name string) ([]byte, error) {
	f, err := files.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxMetadata+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxMetadata {
		return nil, fmt.Errorf("%s has more than %d bytes: %w", name, maxMetadata, errdef.ErrSizeExceedsLimit)
	}
	return data, nil
}

// readJSON reads a small file of JSON.
func readJSON(files files, name string, value any) error {
	data, err := readMetadata(files, name)
	if err != nil {
		return err
	}
	if err := manifest.CheckElements(data); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := json.Unmarshal(data, value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := checkKeys(data); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
