package blobs

import (
	"io"
	"slices"
)

// blockSize is the size in bytes of each block but the last.
const blockSize = 1 << 20

// blocks are bytes that grow without being moved.
type blocks struct {
	list [][]byte
	size int64
}

// Write appends p.
func (b *blocks) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		last := b.last()
		n := min(len(rest), blockSize-len(*last))
		*last = append(*last, rest[:n]...)
		rest = rest[n:]
	}
	b.size += int64(len(p))
	return len(p), nil
}

// last returns a block with room. The first one grows as slices do, because most
// layers are smaller than a block.
func (b *blocks) last() *[]byte {
	n := len(b.list)
	switch {
	case n == 0:
		b.list = append(b.list, nil)
	case len(b.list[n-1]) == blockSize:
		b.list = append(b.list, make([]byte, 0, blockSize))
	}
	return &b.list[len(b.list)-1]
}

// truncate drops the bytes after the first size.
func (b *blocks) truncate(size int64) {
	if size >= b.size {
		return
	}
	b.size = size
	whole, part := size/blockSize, size%blockSize
	if part > 0 {
		b.list[whole] = b.list[whole][:part]
		whole++
	}
	clear(b.list[whole:])
	b.list = b.list[:whole]
}

// clip releases unused memory.
func (b *blocks) clip() {
	if n := len(b.list); n > 0 {
		b.list[n-1] = slices.Clip(b.list[n-1])
	}
}

// ReadAt implements io.ReaderAt.
func (b *blocks) ReadAt(p []byte, offset int64) (n int, err error) {
	for n < len(p) && offset < b.size {
		copied := copy(p[n:], b.list[offset/blockSize][offset%blockSize:])
		n += copied
		offset += int64(copied)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
