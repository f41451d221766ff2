package imagepush

import (
	"io"
	"os"
	"sync"
	"syscall"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// stream reads the layer from its first byte to the last.
func (c layerContent) stream() io.Reader {
	if c.at == nil || c.file != nil {
		return c.reader
	}
	return wholeOf(c.at)
}

// hostBody is a layer that is being sent.
type hostBody struct {
	desc   ocispec.Descriptor
	report *report
	file   *os.File // the source, if it may be copied without a Read

	mu     sync.Mutex
	source io.Reader // nil once nobody may read any more
	read   int64
	err    error
}

// request returns the body of the request.
func (b *hostBody) request(file *os.File) (io.ReadCloser, error) {
	if file == nil {
		return b, nil
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Size() > b.desc.Size:
		return nil, content.ErrTrailingData
	case info.Size() < b.desc.Size:
		return nil, io.ErrUnexpectedEOF
	}
	b.file = file
	return hostFile{b}, nil
}

// stop ends reading, because a transport may still read after its request has
// ended. It returns the error of the source, if any.
func (b *hostBody) stop() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.source = nil
	return b.err
}

// Read returns an error for a layer whose size differs from its descriptor.
func (b *hostBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.source == nil {
		return 0, io.ErrClosedPipe
	}
	if b.file != nil {
		at, err := b.file.Seek(0, io.SeekCurrent)
		if err != nil {
			b.err = err
			return 0, err
		}
		b.read = at
	}
	n, err := b.source.Read(p)
	before := b.read / limits.UsualPart
	b.read += int64(n)
	switch {
	case b.read > b.desc.Size || b.read == b.desc.Size && n > 0 && b.hasMore():
		b.err = content.ErrTrailingData
		return 0, b.err
	case err == io.EOF && b.read < b.desc.Size:
		b.err = io.ErrUnexpectedEOF
		return n, b.err
	case err != nil && err != io.EOF:
		b.err = err
	case b.read/limits.UsualPart > before && b.read < b.desc.Size:
		b.report.progress(b.desc, b.read)
	}
	return n, err
}

// Close does nothing: whoever opened the layer closes it.
func (b *hostBody) Close() error { return nil }

func (b *hostBody) hasMore() bool {
	var next [1]byte
	n, _ := io.ReadFull(b.source, next[:])
	return n > 0
}

// hostFile is a layer in a file. Over plain HTTP the system may copy it to the
// connection without a Read; progress is then reported when it is there.
type hostFile struct{ *hostBody }

// Seek returns how much of the file was read or copied.
func (f hostFile) Seek(offset int64, whence int) (int64, error) { return f.file.Seek(offset, whence) }

// SyscallConn is what net/http copies a file by.
func (f hostFile) SyscallConn() (syscall.RawConn, error) { return f.file.SyscallConn() }
