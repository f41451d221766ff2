package archive

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/opencontainers/go-digest"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// maxCacheFile is how large a file of digests may get before it starts over.
const maxCacheFile = 4 << 20

// cacheFile is a Cache in a file: lines of JSON, of which the last of a key counts.
// A line is appended in one write, so that programs can share the file.
type cacheFile struct {
	path string
	mu   sync.Mutex
	read bool
	seen map[cacheKey]cacheValue
}

// cacheKey names what was compressed, and by what: another release of Go may write
// other bytes.
type cacheKey struct {
	Uncompressed digest.Digest `json:"uncompressed"`
	Compressor   string        `json:"compressor"`
}

type cacheValue struct {
	Compressed digest.Digest `json:"compressed"`
	Size       int64         `json:"size"`
}

type cacheLine struct {
	cacheKey
	cacheValue
}

// NewCacheFile returns a [Cache] in a file. It ignores what it cannot read or
// write.
func NewCacheFile(path string) Cache { return &cacheFile{path: path} }

func keyOf(uncompressed digest.Digest) cacheKey {
	return cacheKey{uncompressed, "compress/gzip 1 " + runtime.Version()}
}

func (c *cacheFile) Get(uncompressed digest.Digest) (digest.Digest, int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.load()
	v, ok := c.seen[keyOf(uncompressed)]
	return v.Compressed, v.Size, ok
}

func (c *cacheFile) Put(uncompressed, compressed digest.Digest, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.load()
	line := cacheLine{keyOf(uncompressed), cacheValue{compressed, size}}
	c.seen[line.cacheKey] = line.cacheValue
	data, err := json.Marshal(line)
	if err != nil || os.MkdirAll(filepath.Dir(c.path), 0o700) != nil {
		return
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_APPEND
	if info, err := os.Stat(c.path); err == nil && info.Size() > maxCacheFile {
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(c.path, flags, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.Write(append(data, '\n')) // what is not written is found out again
}

// load reads the file once. Invalid lines are skipped.
func (c *cacheFile) load() {
	if c.read {
		return
	}
	c.read, c.seen = true, map[cacheKey]cacheValue{}
	f, err := folder(filepath.Dir(c.path)).open(filepath.Base(c.path))
	if err != nil {
		return
	}
	defer f.Close()
	data, _ := io.ReadAll(io.LimitReader(f, 2*maxCacheFile))
	for line := range bytes.Lines(data) {
		var l cacheLine
		if json.Unmarshal(line, &l) == nil && l.Compressed.Validate() == nil && l.Size > 0 && l.Size <= limits.MaxLayer {
			c.seen[l.cacheKey] = l.cacheValue
		}
	}
}
