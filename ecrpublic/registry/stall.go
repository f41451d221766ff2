package registry

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// stallLimit is how long a response may make no progress.
const stallLimit = time.Minute

// stalled is the error of a response that made no progress. It is a net.Error.
type stalled struct{}

func (stalled) Error() string   { return "the host sent nothing for " + stallLimit.String() }
func (stalled) Timeout() bool   { return true }
func (stalled) Temporary() bool { return true }

// unstalled sends a request and cancels it if the response makes no progress: if its
// header does not arrive in time, unless the request has a body, which may take long
// to send, or if a Read of its body gets nothing.
func unstalled(base http.RoundTripper, req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(req.Context())
	watch := time.AfterFunc(stallLimit, func() { cancel(stalled{}) })
	if req.Body != nil && req.Body != http.NoBody {
		watch.Stop()
	}
	resp, err := base.RoundTrip(req.WithContext(ctx))
	watch.Stop()
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
