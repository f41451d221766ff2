// Package archive reads images on disk: OCI layouts, as folders or tar files, and
// archives of docker save.
package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// ReadIndex reads the index of a layout.
func ReadIndex(fsys fs.FS) (index ocispec.Index, err error) {
	data, err := fs.ReadFile(fsys, ocispec.ImageIndexFile)
	if err != nil {
		return index, err
	}
	if err := json.Unmarshal(data, &index); err != nil {
		return index, fmt.Errorf("%s: %w", ocispec.ImageIndexFile, err)
	}
	return index, nil
}

// Open opens an OCI layout, a folder or a tar of one, or an archive of docker save.
func Open(ctx context.Context, path string) (fs.FS, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return os.DirFS(path), nil
	}
	a, err := openArchive(ctx, path)
	if err != nil {
		return nil, err
	}
	if a.has(dockerSaveFile) {
		return a, a.addLayout(ctx)
	}
	if a.has(ocispec.ImageLayoutFile) {
		return a, nil
	}
	return nil, fmt.Errorf("neither %s nor %s in it: want an OCI layout or an archive of docker save", ocispec.ImageLayoutFile, dockerSaveFile)
}
