package login

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	// maxRewrites bounds how often a change starts over because another program
	// was faster.
	maxRewrites = 100

	// maxLinks bounds a chain of symbolic links, as the system does.
	maxLinks = 40
)

// edit changes a configuration and reports whether it did.
type edit func(*object) (changed bool, err error)

// rewrite applies an edit to the file, whose directory exists.
func rewrite(ctx context.Context, path string, do edit) error {
	unlock, locked, err := lockFile(ctx, path)
	if err != nil {
		return err
	}
	defer unlock()
	if locked {
		removeLeftovers(path)
	}
	for range maxRewrites {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if done, err := tryRewrite(path, do); done || err != nil {
			return err
		}
	}
	return errors.New("gave up: other programs keep modifying the file")
}

// tryRewrite reports whether it is done: nothing had to change, or the file
// was replaced.
func tryRewrite(path string, do edit) (done bool, err error) {
	old, err := readIfExists(path)
	if err != nil {
		return false, err
	}
	config, err := parseObject(old)
	if err != nil {
		return false, err
	}
	if changed, err := do(&config); err != nil || !changed {
		return err == nil, err
	}
	text, err := config.indented()
	if err != nil {
		return false, err
	}
	return swap(path, old, text)
}

// swap replaces the file if its content is still old; no system offers that in
// one step.
func swap(path string, old, text []byte) (swapped bool, err error) {
	temp, err := writeTemp(path, text)
	if err != nil {
		return false, err
	}
	defer func() { _ = os.Remove(temp) }() // finds nothing after the rename
	now, err := readIfExists(path)
	if err != nil || !bytes.Equal(now, old) {
		return false, err
	}
	return true, os.Rename(temp, path)
}

// A temporary file is named like the configuration, with these affixes around a
// random part, which no other program uses.
const (
	tempInfix  = ".ecr-public-"
	tempSuffix = ".tmp"
)

// writeTemp creates a file beside path, readable only by the owner of path.
func writeTemp(path string, text []byte) (name string, err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+tempInfix+"*"+tempSuffix)
	if err != nil {
		return "", err
	}
	_, err = temp.Write(text)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err != nil {
		_ = os.Remove(temp.Name())
		return "", err
	}
	keepOwner(path, temp.Name())
	return temp.Name(), nil
}

// removeLeftovers removes temporary files of killed programs. The caller must
// hold the lock, because otherwise they may be in use.
func removeLeftovers(path string) {
	dir, base := filepath.Split(path)
	entries, _ := os.ReadDir(filepath.Clean(dir)) // what cannot be listed stays
	for _, entry := range entries {
		random, ok := strings.CutPrefix(entry.Name(), base+tempInfix)
		if ok && strings.HasSuffix(random, tempSuffix) && entry.Type().IsRegular() {
			_ = os.Remove(filepath.Join(dir, entry.Name()))
		}
	}
}

// readIfExists reads a file, or nothing when there is none.
func readIfExists(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// followLinks returns what path leads to, whether or not that exists.
func followLinks(path string) (string, error) {
	for range maxLinks {
		target, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link; any other error shows when it is opened
		}
		if !filepath.IsAbs(target) {
			// Not cleaned: ".." behind a linked directory leads elsewhere.
			target = filepath.Dir(path) + string(filepath.Separator) + target
		}
		path = target
	}
	return "", &fs.PathError{Op: "readlink", Path: path, Err: errors.New("too many symbolic links")}
}
