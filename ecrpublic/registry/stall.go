package registry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// stallLimit is how long a request and its response may make no progress.
const stallLimit = time.Minute

// stalled is the error of an exchange that made no progress. It is a net.Error.
type stalled struct{}

func (stalled) Error() string   { return "the host sent nothing for " + stallLimit.String() }
func (stalled) Timeout() bool   { return true }
func (stalled) Temporary() bool { return true }

// unstalled sends a request and cancels it if nothing moves for too long: if the host
// takes nothing of the request's body, if the header does not arrive, or if a Read of
// the response's body gets nothing.
func unstalled(base http.RoundTripper, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	sent := &sentBody{ReadCloser: req.Body, begun: time.Now(), unread: req.ContentLength}
	watch := time.AfterFunc(stallLimit, func() {
		if !sent.moved() {
			cancel(stalled{})
		}
	})
	req = req.WithContext(ctx)
	answered := func() { watch.Stop() }
	if req.Body != nil && req.Body != http.NoBody {
		req.Body, answered = sent.watched(watch), sent.answered
	}
	resp, err := base.RoundTrip(req)
	answered()
	if err != nil {
		err = causeOf(ctx, err)
		cancel(nil)
		return nil, err
	}
	if resp.Body == nil || resp.Body == http.NoBody {
		cancel(nil)
		return resp, nil
	}
	resp.Body = &watchedBody{
		body:  resp.Body,
		watch: watch,
		cause: func(err error) error { return causeOf(ctx, err) },
		end:   func() { cancel(nil) },
	}
	return resp, nil
}

// sentBody is a request's body. A Read shows that the host has taken what was read
// before. What the Read itself takes is the source's time and not the host's.
type sentBody struct {
	io.ReadCloser
	begun time.Time

	mu     sync.Mutex
	unread int64       // bytes; negative if that is not known
	file   file        // nil if the body is none
	at     int64       // the file's position when unread was last changed
	watch  *time.Timer // nil before watched, and once there is a response, which has the timer then
}

// file is a body that Linux can copy to a connection without a Read, which advances
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

// watched returns the body to send.
func (b *sentBody) watched(watch *time.Timer) io.ReadCloser {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watch = watch
	if f, ok := b.ReadCloser.(file); ok && runtime.GOOS == "linux" {
		if at, err := f.Seek(0, io.SeekCurrent); err == nil {
			b.file, b.at = f, at
			return sentFile{b, f}
		}
	}
	return b
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	if b.watch != nil {
		b.watch.Stop()
	}
	b.mu.Unlock()
	n, err := b.ReadCloser.Read(p)
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := int64(n)
	if b.file != nil {
		taken = b.advance()
	}
	b.taken(taken, err != nil)
	return n, err
}

// moved reports whether bytes of a file were sent without a Read, and waits on if so.
func (b *sentBody) moved() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.file == nil {
		return false
	}
	taken := b.advance()
	if taken > 0 {
		b.taken(taken, false)
	}
	return taken > 0
}

// advance returns how far the file's position is from where it was before. The caller
// holds the lock.
func (b *sentBody) advance() int64 {
	before := b.at
	if at, err := b.file.Seek(0, io.SeekCurrent); err == nil {
		b.at = at
	}
	return b.at - before
}

// taken records that bytes were read. The caller holds the lock.
func (b *sentBody) taken(n int64, end bool) {
	b.unread -= n
	wait := stallLimit
	if b.unread == 0 || end { // the operating system may still hold megabytes
		wait += time.Since(b.begun)
	}
	if b.watch != nil {
		b.watch.Reset(wait)
	}
}

// answered stops the timer. A transport may still read the body.
func (b *sentBody) answered() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watch.Stop()
	b.watch = nil
}

// causeOf replaces the error of a request that was cancelled for making no progress.
func causeOf(ctx context.Context, err error) error {
	if _, ok := errors.AsType[stalled](context.Cause(ctx)); ok {
		return stalled{}
	}
	return err
}

type watchedBody struct {
	body  io.ReadCloser
	watch *time.Timer
	cause func(error) error
	end   func()
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.watch.Reset(stallLimit)
	n, err := b.body.Read(p)
	b.watch.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.cause(err)
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.watch.Stop()
	err := b.body.Close()
	b.end()
	return err
}
