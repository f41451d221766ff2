package archive

import (
	"archive/tar"
	"bytes"
	"cmp"
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

// inside resolves a name in a directory of the archive. It is an error if the
// result is outside the archive or depends on the tool.
func inside(dir, name string) (string, error) {
	if len(name) > maxName {
		return "", fmt.Errorf("a name of %d bytes: %w", len(name), errdef.ErrSizeExceedsLimit)
	}
	if path.IsAbs(name) {
		return "", errors.New("the name must not be absolute")
	}
	if dir == "" && strings.Contains("/"+name+"/", "/../") {
		return "", errors.New(`the name must not contain ".."`)
	}
	name = path.Join(dir, name)
	if name == ".." || strings.HasPrefix(name, "../") {
		return "", errors.New("leads out of the archive")
	}
	return path.Clean(name), nil
}

// checkHeader refuses headers that some tools read as a folder, and others not, or
// after which some tools skip bytes that others read as entries.
func checkHeader(header *tar.Header) error {
	switch header.Typeflag {
	case tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeDir, tar.TypeFifo:
		if header.Size != 0 {
			return fmt.Errorf("has %d bytes, but an entry of tar type %q must have none", header.Size, header.Typeflag)
		}
	}
	last := header.Name[strings.LastIndexByte(header.Name, '/')+1:]
	if header.Typeflag != tar.TypeDir && (last == "" || last == ".") {
		return fmt.Errorf("has a directory's name, but tar type %q", header.Typeflag)
	}
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

// linkTarget resolves what a symbolic link says. It refuses ".." after a name, which
// leads elsewhere if that name is a link.
func linkTarget(name, link string) (string, error) {
	below := link
	for strings.HasPrefix(below, "../") || strings.HasPrefix(below, "./") || strings.HasPrefix(below, "/") {
		_, below, _ = strings.Cut(below, "/")
	}
	if below != ".." && strings.Contains("/"+below+"/", "/../") && !path.IsAbs(link) {
		return "", errors.New(`".." must not follow a name`)
	}
	return inside(path.Dir(name), link)
}

// hardLink is another name of an entry before it.
func (t *tarFile) hardLink(name, target string) (entry, error) {
	target, err := inside("", target)
	if err != nil {
		return entry{}, err
	}
	e, ok := t.entries[target]
	if !ok {
		return entry{}, errors.New("no entry before it has that name")
	}
	if e.kind != tar.TypeSymlink {
		return e, nil
	}
	if same, err := linkTarget(name, e.link); err != nil || same != e.target {
		return entry{}, errors.New("a hard link to a symbolic link that leads elsewhere from here")
	}
	return e, nil
}

// isSparse reports whether the tar file does not hold an entry's bytes in one
// range.
func isSparse(header *tar.Header) bool {
	for key := range header.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return header.Typeflag == tar.TypeGNUSparse
}

// find follows links to a regular file.
func (t *tarFile) find(name string) (entry, error) {
	failed := func(err error) (entry, error) {
		return entry{}, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	for at, links := name, 0; links <= maxLinks; links++ {
		e, ok := t.entries[at]
		switch {
		case !ok:
			return failed(fs.ErrNotExist)
		case e.kind == tar.TypeReg:
			return e, nil
		case e.kind != tar.TypeSymlink:
			return failed(fmt.Errorf("not a regular file, but an entry of tar type %q", e.kind))
		}
		at = e.target
	}
	return failed(fmt.Errorf("more than %d links, or a cycle of links", maxLinks))
}

// has reports whether there is an entry of a name, of any type.
func (t *tarFile) has(name string) bool {
	_, ok := t.entries[name]
	return ok
}

func (t *tarFile) size(name string) (int64, error) {
	e, err := t.find(name)
	return e.size, err
}

func (t *tarFile) open(name string) (File, error) {
	e, err := t.find(name)
	if err != nil {
		return nil, err
	}
	return t.openEntry(e)
}

func (t *tarFile) openEntry(e entry) (File, error) {
	f, err := os.Open(t.path)
	if err != nil {
		return nil, err
	}
	return section{io.NewSectionReader(f, e.offset, e.size), f}, nil
}

// section is a range of a file, which it closes.
type section struct {
	*io.SectionReader
	io.Closer
}

// checkUnique refuses a name that has two entries which differ, and one that a link
// leads to from there. Tools that read single entries take the first, tools that unpack
// the archive the last.
func (t *tarFile) checkUnique(name string) error {
	for links := 0; links <= maxLinks; links++ {
		last, ok := t.entries[name]
		if !ok {
			return nil
		}
		if last.first != nil {
			if same, err := t.equal(*last.first, last); err != nil {
				return err
			} else if !same {
				return fmt.Errorf("two entries named %q differ, and tools disagree on which one counts", name)
			}
		}
		if last.kind != tar.TypeSymlink {
			return nil
		}
		name = last.target
	}
	return nil // reading it fails
}

func (t *tarFile) equal(a, b entry) (bool, error) {
	if a.kind != tar.TypeReg || b.kind != tar.TypeReg || a.size != b.size || a.size > maxMetadata {
		return false, nil
	}
	var contents [2][]byte
	for i, e := range []entry{a, b} {
		f, err := t.openEntry(e)
		if err != nil {
			return false, err
		}
		contents[i], err = io.ReadAll(f)
		f.Close()
		if err != nil {
			return false, err
		}
	}
	return bytes.Equal(contents[0], contents[1]), nil
}
