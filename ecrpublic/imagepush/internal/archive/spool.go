package archive

import (
	"io"
	"os"
	"sync"
)

const (
	// maxSpool is how many bytes of compressed layers are kept. Layers beyond that
	// are compressed again when they are sent.
	maxSpool = 2 << 30

	// spoolChunk is how many bytes belong to one layer in the file.
	spoolChunk = 1 << 20
)

// spool keeps compressed layers in a temporary file that is already unlinked. The
// zero value is ready to use; if the file cannot be created, it keeps nothing.
type spool struct {
	mu   sync.Mutex
	file *os.File
	err  error   // why there is no file
	end  int64   // of the file
	free []int64 // chunks of layers that did not fit
}

// close frees the disk space. The layers can no longer be read.
func (s *spool) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	_ = os.Remove(s.file.Name()) // where the name could not go before
	s.file, s.err = nil, os.ErrClosed
	return err
}

// chunk returns the file and where the next chunk goes.
func (s *spool) chunk() (file *os.File, offset int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil && s.err == nil {
		if s.file, s.err = os.CreateTemp("", "ecr-public-layers-"); s.err == nil {
			_ = os.Remove(s.file.Name())
		}
	}
	if n := len(s.free); n > 0 {
		offset, s.free = s.free[n-1], s.free[:n-1]
		return s.file, offset, true
	}
	if s.err != nil || s.end+spoolChunk > maxSpool {
		return nil, 0, false
	}
	offset, s.end = s.end, s.end+spoolChunk
	return s.file, offset, true
}

func (s *spool) giveBack(chunks []int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, chunks...)
}

// spooled is one layer in a spool. It is written once, and then read.
type spooled struct {
	spool  *spool
	file   *os.File
	chunks []int64
	size   int64
	lost   bool // it is not kept
}

// Write never fails: what cannot be kept is dropped.
func (k *spooled) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0 && !k.lost; {
		within := k.size % spoolChunk
		if within == 0 && !k.grow() {
			break
		}
		n := min(len(rest), int(spoolChunk-within))
		if _, err := k.file.WriteAt(rest[:n], k.chunks[len(k.chunks)-1]+within); err != nil {
			k.drop()
			break
		}
		k.size, rest = k.size+int64(n), rest[n:]
	}
	return len(p), nil
}

func (k *spooled) grow() bool {
	file, offset, ok := k.spool.chunk()
	if !ok {
		k.drop()
		return false
	}
	k.file, k.chunks = file, append(k.chunks, offset)
	return true
}

func (k *spooled) drop() {
	k.spool.giveBack(k.chunks)
	k.chunks, k.lost = nil, true
}

// ReadAt implements io.ReaderAt.
func (k *spooled) ReadAt(p []byte, offset int64) (read int, err error) {
	for len(p) > 0 && offset < k.size {
		within := offset % spoolChunk
		n := min(int64(len(p)), spoolChunk-within, k.size-offset)
		got, err := k.file.ReadAt(p[:n], k.chunks[offset/spoolChunk]+within)
		read += got
		if err != nil {
			return read, err
		}
		p, offset = p[n:], offset+n
	}
	if len(p) > 0 {
		return read, io.EOF
	}
	return read, nil
}

// open returns a reader of what was written.
func (k *spooled) open() (io.ReadCloser, error) {
	return section{io.NewSectionReader(k, 0, k.size), io.NopCloser(nil)}, nil
}
