package archive

import (
	"archive/tar"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"oras.land/oras-go/v2/errdef"
)

const (
	// maxEntries is how many entries a tar file may have.
	maxEntries = 100_000

	// maxName is how long the name of an entry may be, as on Linux, and maxNames how
	// long the names of all entries and the links among them may be together.
	maxName  = 4096
	maxNames = 8 << 20

	// maxLinks is how many links may lead to a file one after another, as on Linux.
	maxLinks = 40
)

// tarFile has the files of a tar file as they would be if it was unpacked: the last
// entry of a name counts, whatever its type.
type tarFile struct {
	path    string
	state   string // of the file; empty if it may still be written
	entries map[string]entry
	folders map[string]bool   // those that entries stand in
	mixed   map[string]string // names that are not in lower case, by their lower case
	names   int               // bytes of all names
}

// entry is a file, a folder, a link or something else.
type entry struct {
	kind         byte   // a type flag of package tar
	offset, size int64  // of a file
	target       string // of a symbolic link, from the top of the archive
	link         string // the same, as the link says it
	first        *entry // of the same name, if there were several
}

func readTar(ctx context.Context, name string) (*tarFile, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := refuseCompressed(f); err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	t := &tarFile{path: name, state: stateOf(name, info), entries: map[string]entry{}, folders: map[string]bool{}, mixed: map[string]string{}}
	end := int64(0) // of the entry before
	for r := tar.NewReader(f); ; {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		header, err := r.Next()
		switch {
		case errors.Is(err, io.EOF):
			return t, nil
		case errors.Is(err, io.ErrUnexpectedEOF) && len(t.entries) > 0:
			return nil, fmt.Errorf("the tar file is truncated: %w", err)
		case err != nil:
			return nil, fmt.Errorf("not a tar file: %w", err)
		}
		offset, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		err = t.add(header, offset)
		if err == nil {
			err = checkHeaders(f, end, offset)
		}
		if err != nil {
			return nil, fmt.Errorf("entry %.300q: %w", header.Name, err)
		}
		end = padded(offset + header.Size)
	}
}

// refuseCompressed names how a file is compressed.
func refuseCompressed(f *os.File) error {
	start := make([]byte, 6)
	n, err := f.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	for how, magic := range map[string]string{"gzip": "\x1f\x8b", "bzip2": "BZh", "xz": "\xfd7zXZ\x00", "zstd": "\x28\xb5\x2f\xfd"} {
		if bytes.HasPrefix(start[:n], []byte(magic)) {
			return fmt.Errorf("compressed with %s as a whole: decompress it first: %w", how, errdef.ErrUnsupported)
		}
	}
	return nil
}

// add does what unpacking an entry would do. It rejects what tools unpack in
// different ways.
func (t *tarFile) add(header *tar.Header, offset int64) error {
	if isSparse(header) {
		return fmt.Errorf("sparse file in a tar: %w", errdef.ErrUnsupported)
	}
	if err := checkRecords(header); err != nil {
		return err
	}
	if header.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	if err := checkHeader(header); err != nil {
		return err
	}
	if header.Typeflag == tar.TypeDir && strings.Trim(header.Name, "/") == "" { // the top folder, as Python may name it
		return nil
	}
	name, err := inside("", header.Name)
	if err != nil {
		return err
	}
	if name == "." { // the top folder
		return nil
	}
	if len(t.entries) == maxEntries {
		return fmt.Errorf("more than %d entries: %w", maxEntries, errdef.ErrSizeExceedsLimit)
	}
	if t.names += len(name) + len(header.Linkname); t.names > maxNames {
		return fmt.Errorf("the names of the entries have more than %d bytes together: %w", maxNames, errdef.ErrSizeExceedsLimit)
	}
	name = strings.Clone(name) // which may be part of a header of a megabyte
	lower := lowerCase(name)
	if err := t.checkCase(name, lower); err != nil {
		return err
	}
	if err := t.addFolders(name, lower); err != nil {
		return err
	}
	if t.folders[name] && header.Typeflag != tar.TypeDir {
		return errors.New("it replaces a directory that is not empty")
	}
	e := entry{kind: header.Typeflag, offset: offset, size: header.Size}
	switch header.Typeflag {
	case tar.TypeSymlink:
		e.link = strings.Clone(header.Linkname)
		e.target, err = linkTarget(name, e.link)
	case tar.TypeLink:
		e, err = t.hardLink(name, header.Linkname)
	}
	if err != nil {
		return fmt.Errorf("link to %q: %w", header.Linkname, err)
	}
	e.first = nil
	if old, ok := t.entries[name]; ok {
		if header.Typeflag == tar.TypeDir && old.kind == tar.TypeSymlink {
			return errors.New("a directory must not replace a link")
		}
		e.first = cmp.Or(old.first, &old)
	}
	t.entries[name] = e
	return nil
}

// addFolders adds the folders that an entry stands in. It refuses an entry below a
// link or a file. The names of the folders are parts of the entry's, and so are those in
// lower case: copies of all would be large.
func (t *tarFile) addFolders(name, lower string) error {
	for dir := path.Dir(name); dir != "." && !t.folders[dir]; dir = path.Dir(dir) {
		lower = path.Dir(lower)
		if e, ok := t.entries[dir]; ok && e.kind != tar.TypeDir {
			return fmt.Errorf("its parent %q is not a directory", dir)
		}
		if len(t.folders) == maxEntries {
			return fmt.Errorf("more than %d directories: %w", maxEntries, errdef.ErrSizeExceedsLimit)
		}
		if err := t.checkCase(dir, lower); err != nil {
			return err
		}
		t.folders[dir] = true
	}
	return nil
}
