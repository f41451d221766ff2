package archive

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
)

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
