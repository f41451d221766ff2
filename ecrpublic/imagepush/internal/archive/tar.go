package archive

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"oras.land/oras-go/v2/errdef"
)

// archive is a tar file whose entries can be read in any order, and the files
// that were added to it.
type archive struct {
	path    string
	entries map[string]entry
}

// entry is a file of an archive: a range of the tar file, or else data.
type entry struct {
	header       *tar.Header
	offset, size int64
	compress     bool // with gzip, on reading
	data         []byte
}

// maxLinks is how many links may lead to an entry one after another, as on Linux.
const maxLinks = 40

func openArchive(ctx context.Context, name string) (*archive, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()

	a := &archive{path: name, entries: map[string]entry{}}
	links := map[string]string{}
	var offset int64
	for r := tar.NewReader(f); ; {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			a.addLinks(links)
			return a, nil
		}
		if errors.Is(err, io.ErrUnexpectedEOF) && offset > 0 {
			return nil, fmt.Errorf("the tar file is truncated: %w", err)
		}
		if err != nil {
			return nil, fmt.Errorf("not a tar file, or a compressed one: %w", err)
		}
		if isSparse(header) {
			return nil, fmt.Errorf("%s: sparse file in a tar: %w", header.Name, errdef.ErrUnsupported)
		}
		offset, err = f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		entryName := path.Clean(header.Name)
		switch header.Typeflag {
		case tar.TypeReg:
			a.entries[entryName] = entry{header: header, offset: offset, size: header.Size}
		case tar.TypeSymlink:
			links[entryName] = path.Join(path.Dir(entryName), header.Linkname)
		case tar.TypeLink:
			links[entryName] = path.Clean(header.Linkname)
		}
	}
}

// isSparse tells that the tar file does not hold an entry's bytes in one range.
func isSparse(header *tar.Header) bool {
	for key := range header.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return header.Typeflag == tar.TypeGNUSparse
}

// addLinks makes entries of links, also of links to links; docker save has them
// where images share a layer.
func (a *archive) addLinks(links map[string]string) {
	for name := range links {
		if e, ok := a.entries[follow(links, name)]; ok {
			a.entries[name] = e
		}
	}
}

// follow returns where a link ends. That is "", which no entry is called, for a
// circle and after maxLinks.
func follow(links map[string]string, name string) string {
	for range maxLinks + 1 {
		target, ok := links[name]
		if !ok {
			return name
		}
		name = target
	}
	return ""
}

func (a *archive) has(name string) bool {
	_, ok := a.entries[name]
	return ok
}

// add puts a file that is not in the tar file into the archive.
func (a *archive) add(name string, data []byte) {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o444}
	a.entries[name] = entry{header: header, data: data}
}

// Open implements fs.FS.
func (a *archive) Open(name string) (fs.File, error) {
	e, ok := a.entries[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return a.open(e)
}

func (a *archive) open(e entry) (fs.File, error) {
	if e.data != nil {
		return &archiveFile{bytes.NewReader(e.data), io.NopCloser(nil), e.header}, nil
	}
	f, err := os.Open(a.path)
	if err != nil {
		return nil, err
	}
	section := io.NewSectionReader(f, e.offset, e.size)
	if e.compress {
		return &archiveFile{newCompressor(section), f, e.header}, nil
	}
	return struct {
		*archiveFile
		io.ReaderAt
		io.Seeker
	}{&archiveFile{section, f, e.header}, section, section}, nil
}

type archiveFile struct {
	io.Reader
	io.Closer
	header *tar.Header
}

func (f *archiveFile) Stat() (fs.FileInfo, error) { return f.header.FileInfo(), nil }
