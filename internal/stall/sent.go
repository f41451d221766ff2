package stall

import (
	"io"
	"net/http"
	"runtime"
	"syscall"
	"time"
)

// sentBody is the body of a request. Reading from it shows that the other side has
// accepted what was read before.
type sentBody struct {
	x      *exchange
	source io.ReadCloser
	chunk  int // how many bytes are handed over at a time
	quick  int // how many chunks were accepted quickly, in a row

	// Guarded by the exchange's mutex:
	unsent int64         // bytes; not positive if that is not known
	handed time.Duration // when bytes were last handed over, since the exchange began
	waited time.Duration // for bytes to be accepted, in all
	file   file          // the source, if it is one
	at     int64         // the file's position when bytes were last handed over
}

// file is a source that Linux can copy to a connection without a Read, which advances
// the file's position.
type file interface {
	io.Seeker
	syscall.Conn
}

// sentFile is a sentBody that net/http recognizes as a file.
type sentFile struct {
	*sentBody
	file
}

// The body is handed over in chunks, each of which proves progress: large ones on a
// fast connection, small ones on a slow one.
const minChunk, maxChunk = 4 << 10, 1 << 20

// watchBody watches the request's body, and the one that a transport gets from GetBody
// if it has to start again.
func (x *exchange) watchBody() {
	r := &x.request
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	r.Body = x.watch(&x.firstBody, r.Body)
	if again := r.GetBody; again != nil {
		r.GetBody = func() (io.ReadCloser, error) {
			source, err := again()
			if err != nil {
				return nil, err
			}
			return x.watch(new(sentBody), source), nil
		}
	}
}

// watch makes b the body that is sent from a source.
func (x *exchange) watch(b *sentBody, source io.ReadCloser) io.ReadCloser {
	x.mu.Lock()
	defer x.mu.Unlock()
	*b = sentBody{x: x, source: source, chunk: minChunk, unsent: x.request.ContentLength, handed: x.elapsed()}
	x.sent = b
	if f, ok := source.(file); ok && runtime.GOOS == "linux" {
		if at, err := f.Seek(0, io.SeekCurrent); err == nil {
			b.file, b.at = f, at
			return sentFile{b, f}
		}
	}
	return b
}

// Read does not count the time of the source.
func (b *sentBody) Read(p []byte) (int, error) {
	b.adapt(b.pause())
	n, err := b.source.Read(p[:min(len(p), b.chunk)])
	b.proceed(int64(n), err != nil)
	return n, err
}

func (b *sentBody) Close() error { return b.source.Close() }

// adapt chooses the size of the next chunk by how long the last one took. It takes many
// quick ones to double it, because buffers accept some at once.
func (b *sentBody) adapt(took time.Duration) {
	const many = 16
	switch b.quick++; {
	case took > b.x.bound.Limit/8:
		b.quick, b.chunk = 0, minChunk
	case b.quick%many == 0:
		b.chunk = min(2*b.chunk, maxChunk)
	}
}

// pause suspends the deadline. It returns how long the last bytes took to be accepted.
func (b *sentBody) pause() time.Duration {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	took := b.x.elapsed() - b.handed
	b.waited += took
	b.extend(never)
	return took
}

// proceed sets a new deadline after a Read.
func (b *sentBody) proceed(n int64, end bool) {
	b.x.mu.Lock()
	defer b.x.mu.Unlock()
	b.handed = b.x.elapsed()
	if b.file != nil {
		n = b.advance()
	}
	b.handOver(n, end)
}

// The caller of the methods below holds the mutex.

// moved reports whether bytes of a file were sent without a Read. It then sets a new
// deadline.
func (b *sentBody) moved() bool {
	if b == nil || b.file == nil || !b.x.sending {
		return false
	}
	n := b.advance()
	if n <= 0 {
		return false
	}
	now := b.x.elapsed()
	b.waited += now - b.handed
	b.handed = now
	b.handOver(n, false)
	return true
}

// advance returns how far the file's position is from where it was before.
func (b *sentBody) advance() int64 {
	before := b.at
	if at, err := b.file.Seek(0, io.SeekCurrent); err == nil {
		b.at = at
	}
	return b.at - before
}

// handOver records that bytes were handed over. Once all are, the operating system may
// still buffer megabytes of them, unobserved, so the other side then has as much more
// time as accepting them took.
func (b *sentBody) handOver(n int64, end bool) {
	b.unsent -= n
	deadline := b.handed + b.x.bound.Limit
	if b.unsent == 0 || end {
		deadline += b.waited
	}
	b.extend(deadline)
}

// extend moves the deadline while there is no response; a transport may read on
// afterwards.
func (b *sentBody) extend(deadline time.Duration) {
	if b.x.sending {
		b.x.deadline = deadline
	}
}
