// Package archive reads images on disk: OCI layouts, as directories or tar files,
// and docker save archives.
package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Options are the choices of [Open]. The zero value works.
type Options struct {
	// Cache remembers what uncompressed layers become when they are compressed;
	// nil means that every layer of docker save is compressed.
	Cache Cache
}

// get asks the cache.
func (o Options) get(key digest.Digest) (compressed digest.Digest, size int64, ok bool) {
	if o.Cache == nil || key == "" {
		return "", 0, false
	}
	return o.Cache.Get(key)
}

// put tells the cache.
func (o Options) put(key digest.Digest, l layer) {
	if o.Cache != nil && key != "" {
		o.Cache.Put(key, l.digest, l.size)
	}
}

// Open opens an OCI layout (directory or tar file) or a docker save archive. Close
// the Layout when it is no longer needed.
func Open(ctx context.Context, path string, options Options) (*Layout, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		if _, err := os.Lstat(filepath.Join(path, ocispec.ImageLayoutFile)); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("not an OCI layout: it has no %s: %w", ocispec.ImageLayoutFile, err)
		}
		return openLayout(ctx, folder(path))
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("neither a directory nor a file, but %s", info.Mode().Type())
	}
	t, err := readTar(ctx, path)
	if err != nil {
		return nil, err
	}
	if !t.has(dockerSaveFile) {
		return openTarLayout(ctx, t)
	}
	return openDockerSave(ctx, t, options)
}

// openTarLayout opens a tar file without manifest.json.
func openTarLayout(ctx context.Context, t *tarFile) (*Layout, error) {
	if t.has(ocispec.ImageLayoutFile) {
		return openLayout(ctx, t)
	}
	if t.has("repositories") {
		return nil, fmt.Errorf("repositories without %s: images of Docker before 1.10 cannot be read; load and save them with a newer one: %w", dockerSaveFile, errors.ErrUnsupported)
	}
	return nil, fmt.Errorf("not an OCI layout or a docker save archive: it has neither %s nor %s", ocispec.ImageLayoutFile, dockerSaveFile)
}
