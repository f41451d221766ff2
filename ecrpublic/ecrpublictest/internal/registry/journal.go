package registry

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/blobs"
)

// journal is a file of changes, one a line. A change counts once its line is
// whole and synced.
type journal struct {
	file   *os.File
	lock   *os.File
	size   int64 // up to the end of the last whole line
	broken error // half a line is in the way of all others
}

// append adds a change, or fails without a trace of it.
func (j *journal) append(c change) error {
	if j.broken != nil && !errors.Is(j.broken, os.ErrClosed) { // space may be back
		j.broken = j.file.Truncate(j.size)
	}
	if j.broken != nil {
		return j.broken
	}
	line, err := encodeChange(c)
	if err != nil {
		return err
	}
	if err := j.write(line); err != nil {
		j.broken = j.file.Truncate(j.size)
		return err
	}
	j.size += int64(len(line))
	return nil
}

func (j *journal) write(line []byte) error {
	if _, err := j.file.WriteAt(line, j.size); err != nil {
		return err
	}
	return j.file.Sync()
}

// close closes the files; further calls do nothing.
func (j *journal) close() error {
	if errors.Is(j.broken, os.ErrClosed) {
		return nil
	}
	j.broken = os.ErrClosed
	return errors.Join(j.file.Close(), unlockDir(j.lock))
}

func encodeChange(c change) ([]byte, error) {
	line, err := json.Marshal(c)
	return append(line, '\n'), err
}

// decodeChange reads a line. It fails for what a later version may have added, because
// the journal is written anew without it.
func decodeChange(line []byte) (c change, err error) {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return c, err
	}
	if d.More() {
		return c, errors.New("more than one change")
	}
	if c.Layer != nil && digest.Digest(c.Layer.Digest).Validate() != nil {
		return c, fmt.Errorf("layer %q: want a sha256 digest", c.Layer.Digest)
	}
	if c.Image == nil {
		return c, nil
	}
	m, err := parseManifest(c.Image.Manifest)
	if err != nil {
		return c, err
	}
	c.Image.references, err = referencesOf(m, c.Image.MediaType)
	return c, err
}

// replay applies the changes of a journal, if there is one, and returns their number.
// Half a line at its end is a change that was never acknowledged, and is ignored.
func (s *Store) replay(path string) (changes int, err error) {
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer file.Close()
	lines := bufio.NewReader(file)
	for ; ; changes++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return changes, nil
		}
		if err != nil {
			return changes, err
		}
		c, err := decodeChange(bytes.TrimSuffix(line, []byte("\n")))
		if err == nil {
			err = s.applyRead(c)
		}
		if err != nil {
			return changes, fmt.Errorf("journal, line %d: %w", changes+1, err)
		}
	}
}

// applyRead applies a change that was read, and which may refer to what is not there.
// The state cannot be used after an error.
func (s *Store) applyRead(c change) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("the change does not fit those before it: %v", reason)
		}
	}()
	s.apply(c)
	return nil
}

// rewriteJournal replaces the journal with the shortest one that leads to the
// state, and opens it.
func (s *Store) rewriteJournal(dir string, lock *os.File) (*journal, error) {
	path, fresh := filepath.Join(dir, journalFile), filepath.Join(dir, journalNew)
	size, err := s.writeSnapshot(fresh)
	if err != nil {
		return nil, err
	}
	if err := os.Rename(fresh, path); err != nil {
		return nil, err
	}
	if err := blobs.SyncDir(dir); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	return &journal{file: file, lock: lock, size: size}, err
}

func (s *Store) writeSnapshot(path string) (size int64, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	w := bufio.NewWriter(file)
	for _, c := range s.snapshot() {
		line, err := encodeChange(c)
		if err != nil {
			return 0, err
		}
		n, err := w.Write(line)
		if err != nil {
			return 0, err
		}
		size += int64(n)
	}
	return size, errors.Join(w.Flush(), file.Sync())
}

// snapshot lists the changes that lead from nothing to the state.
func (s *Store) snapshot() []change {
	changes := []change{{Registry: &s.registry}}
	for _, r := range s.order.values {
		changes = append(changes, change{Repository: &r.repositoryState})
		for _, l := range r.layers {
			changes = append(changes, change{In: r.Name, Layer: l})
		}
		written := map[string]bool{}
		for _, img := range slices.SortedFunc(maps.Values(r.images), pushedFirst) {
			changes = r.appendImage(changes, img, written)
		}
	}
	return changes
}

// appendImage adds an image and its tags, after the images that it refers to.
func (r *repository) appendImage(changes []change, img *Image, written map[string]bool) []change {
	if written[img.Digest] {
		return changes
	}
	written[img.Digest] = true
	for _, child := range img.children {
		changes = r.appendImage(changes, r.images[child], written)
	}
	changes = append(changes, change{In: r.Name, Image: img})
	for _, name := range img.tags {
		changes = append(changes, change{In: r.Name, Tag: r.tags[name]})
	}
	return changes
}

func pushedFirst(a, b *Image) int { return a.PushedAt.Compare(b.PushedAt) }
