package ecrpublic

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// usualStall is the read timeout of botocore.
const usualStall = time.Minute

// exchange sends a request. If no byte moves for too long, it or the reading of the
// response body ends with a [stallError].
func (s sender) exchange(ctx context.Context, r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(ctx)
	now := time.Now()
	x := &exchange{limit: s.stall, timer: time.AfterFunc(s.stall, cancel), cancel: cancel, begun: now, handed: now, unsent: r.ContentLength, chunk: minChunk}
	r = r.WithContext(ctx)
	if r.Body != nil {
		x.sent, r.Body = r.Body, (*sentBody)(x)
	}
	response, err := s.client.Do(r)
	if err != nil || response == nil || response.Body == nil {
		err = x.explain(err)
		x.end()
		return response, err
	}
	x.moved(s.stall)
	x.received, response.Body = response.Body, (*receivedBody)(x)
	return response, nil
}

// exchange is a request and its response in transit.
type exchange struct {
	limit    time.Duration
	timer    *time.Timer // calls cancel
	cancel   context.CancelFunc
	state    atomic.Int32
	begun    time.Time
	received io.ReadCloser

	// Of the request's body.
	sent   io.ReadCloser
	unsent int64     // bytes
	chunk  int       // how many bytes are handed over at a time
	quick  int       // how many chunks were taken quickly, in a row
	handed time.Time // the last ones
}

// The request's body is handed over in chunks, each of which proves progress:
// large ones on a fast connection, small ones on a slow one.
const minChunk, maxChunk = 4 << 10, 1 << 20

// States of an exchange. It ends once.
const (
	running = iota
	stalled
	ended
)

// moved extends the exchange's time unless it has expired.
func (x *exchange) moved(time time.Duration) {
	if x.state.Load() == running && !x.timer.Reset(time) {
		x.state.CompareAndSwap(running, stalled)
	}
}

// explain returns the reason why an exchange ended early.
func (x *exchange) explain(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	if x.state.CompareAndSwap(running, ended) && !x.timer.Stop() {
		x.state.Store(stalled) // it had expired
	}
	if x.state.Load() == stalled {
		return &stallError{x.limit}
	}
	return err
}

func (x *exchange) end() {
	x.state.CompareAndSwap(running, ended)
	x.timer.Stop()
	x.cancel()
}

// sentBody is the body of the request.
type sentBody exchange

// Read records that bytes are being sent. Once all are handed over, the operating
// system may still buffer megabytes of them, unobserved, so the limit is extended by
// the time that handing over took.
func (b *sentBody) Read(p []byte) (int, error) {
	now := time.Now()
	b.adapt(now.Sub(b.handed))
	b.handed = now
	n, err := b.sent.Read(p[:min(len(p), b.chunk)])
	b.unsent -= int64(n)
	wait := b.limit
	if b.unsent <= 0 {
		wait += now.Sub(b.begun)
	}
	(*exchange)(b).moved(wait)
	return n, err
}

// adapt chooses the size of the next chunk by how long the last one took. It takes many
// quick ones to double it, because buffers accept some at once.
func (b *sentBody) adapt(took time.Duration) {
	const many = 16
	switch b.quick++; {
	case took > b.limit/8:
		b.quick, b.chunk = 0, minChunk
	case b.quick%many == 0:
		b.chunk = min(2*b.chunk, maxChunk)
	}
}

func (b *sentBody) Close() error { return b.sent.Close() }

// receivedBody is the body of the response.
type receivedBody exchange

func (b *receivedBody) Read(p []byte) (int, error) {
	n, err := b.received.Read(p)
	x := (*exchange)(b)
	if n > 0 {
		x.moved(b.limit)
	}
	return n, x.explain(err)
}

func (b *receivedBody) Close() error {
	(*exchange)(b).end()
	return b.received.Close()
}

// stallError reports an exchange that was cut off. It is a connection error, which is
// retried.
type stallError struct{ limit time.Duration }

func (e *stallError) Error() string {
	return fmt.Sprintf("no byte was sent or received for %v (Options.StallTimeout)", e.limit)
}

func (*stallError) Timeout() bool         { return true }
func (*stallError) Temporary() bool       { return true }
func (*stallError) ConnectionError() bool { return true }
