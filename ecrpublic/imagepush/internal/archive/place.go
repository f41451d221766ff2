package archive

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/opencontainers/go-digest"
)

// place is where an archive has a layer. A layer that was checked there need not be
// read again.
type place struct {
	state  string
	offset int64
	diffID digest.Digest
}

// key names the place in a [Cache]; empty if the state is.
func (p place) key() digest.Digest {
	if p.state == "" {
		return ""
	}
	return digest.FromString(fmt.Sprint(p.state, " ", p.offset, " ", p.diffID))
}

// stateOf describes a file so that it has another state once it was written. It is
// empty if a further write may leave the same time.
func stateOf(name string, info fs.FileInfo) string {
	const settled = 2 * time.Second // the coarsest times of file systems
	path, err := filepath.Abs(name)
	if err != nil || time.Since(info.ModTime()) < settled {
		return ""
	}
	return fmt.Sprintf("%q %d %d", path, info.Size(), info.ModTime().UnixNano())
}
