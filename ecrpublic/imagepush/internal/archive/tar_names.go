package archive

import (
	"archive/tar"
	"errors"
	"fmt"
	"path"
	"strings"

	"oras.land/oras-go/v2/errdef"
)

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
