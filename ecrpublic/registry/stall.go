package registry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
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
	watch := time.AfterFunc(stallLimit, func() { cancel(stalled{}) })
	req = req.WithContext(ctx)
	answered := func() { watch.Stop() }
	if req.Body != nil && req.Body != http.NoBody {
		sent := &sentBody{ReadCloser: req.Body, watch: watch, begun: time.Now(), unread: req.ContentLength}
		req.Body, answered = sent, sent.answered
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
	begun  time.Time
	unread int64 // bytes; negative if that is not known

	mu    sync.Mutex
	watch *time.Timer // nil once there is a response, which has the timer then
}

func (b *sentBody) Read(p []byte) (int, error) {
	b.extend(func(watch *time.Timer) { watch.Stop() })
	n, err := b.ReadCloser.Read(p)
	b.unread -= int64(n)
	wait := stallLimit
	if b.unread == 0 || err != nil { // the operating system may still hold megabytes
		wait += time.Since(b.begun)
	}
	b.extend(func(watch *time.Timer) { watch.Reset(wait) })
	return n, err
}

func (b *sentBody) extend(change func(*time.Timer)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watch != nil {
		change(b.watch)
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
