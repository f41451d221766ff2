// Package stall ends HTTP exchanges in which no byte is sent or received.
package stall

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"sync"
	"time"
)

// Usual is the read timeout of botocore.
const Usual = time.Minute

// Bound limits how long the other side of an exchange may be silent: accept nothing of
// the request's body, send no header, or send nothing while the response's body is being
// read. The time that a request's body takes to come from its source does not count, nor
// does the time between reads of a response.
type Bound struct {
	Limit   time.Duration // negative: none
	Setting string        // what errors call the limit; empty if users cannot set it
}

// Send sends a request with a context, by a function such as that of a transport. If the
// other side is silent for too long, that function, or the next Read of the response's
// body, fails with an [Error].
func (b Bound) Send(ctx context.Context, r *http.Request, send func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	if b.Limit < 0 {
		return send(r.WithContext(ctx))
	}
	b.Limit = min(b.Limit, never/4) // so that sums do not overflow
	x := &exchange{cancelContext: cancelContext{parent: ctx}, bound: b, begun: time.Now()}
	x.request = *r.WithContext(x) // in the exchange's allocation
	x.watchBody()
	x.start()
	response, err := send(&x.request)
	x.answered()
	if err != nil || response == nil || response.Body == nil || response.Body == http.NoBody {
		return response, x.fail(err)
	}
	x.http2 = response.ProtoMajor == 2
	x.received, response.Body = response.Body, (*receivedBody)(x)
	return response, nil
}

// exchange is a request and its response in transit, and the context of both.
type exchange struct {
	cancelContext
	bound    Bound
	begun    time.Time
	request  http.Request
	received io.ReadCloser
	http2    bool // of the response

	mu        sync.Mutex
	timer     *time.Timer   // runs check; nil once nothing more is to come
	deadline  time.Duration // since begun
	sending   bool          // there is no response yet
	sent      *sentBody     // nil if there is no body
	stalled   bool
	firstBody sentBody // in the exchange's allocation
}

// never is the deadline while the other side owes nothing.
const never time.Duration = math.MaxInt64

func (x *exchange) elapsed() time.Duration { return time.Since(x.begun) }

func (x *exchange) start() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sending, x.deadline = true, x.bound.Limit
	x.timer = time.AfterFunc(x.bound.Limit, x.check)
}

// check cuts the exchange off if the deadline has passed, and otherwise sleeps on: a
// deadline moves with every read, and resetting the timer each time would cost more.
func (x *exchange) check() {
	if body := x.cutOff(); body != nil {
		_ = body.Close()
	}
}

// cutOff cancels the exchange if the deadline has passed. It returns the body of an
// HTTP/2 response, which must be closed: net/http ignores the context while the host
// accepts nothing of the request's body.
func (x *exchange) cutOff() io.Closer {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.timer == nil {
		return nil
	}
	if x.elapsed() < x.deadline || x.sent.moved() {
		x.timer.Reset(min(x.deadline-x.elapsed(), x.bound.Limit))
		return nil
	}
	x.stalled = true
	x.cancel()
	if !x.http2 {
		return nil
	}
	return x.received
}

// extend moves the deadline.
func (x *exchange) extend(deadline time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.deadline = deadline
}

// answered ends the request's influence on the deadline.
func (x *exchange) answered() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.sending, x.deadline = false, never
}

// unwatch ends the watching.
func (x *exchange) unwatch() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.timer != nil {
		x.timer.Stop()
		x.timer = nil
	}
}

// end ends the exchange.
func (x *exchange) end() {
	x.unwatch()
	x.release()
}

// fail ends the exchange. It replaces an error that is due to silence.
func (x *exchange) fail(err error) error {
	x.end()
	if err != nil && x.stalled {
		return &Error{x.bound}
	}
	return err
}

// receivedBody is the body of the response.
type receivedBody exchange

func (b *receivedBody) Read(p []byte) (int, error) {
	x := (*exchange)(b)
	x.extend(x.elapsed() + x.bound.Limit)
	n, err := x.received.Read(p)
	x.extend(never)
	if errors.Is(err, io.EOF) {
		if x.unwatch(); x.stalled { // the other side ended the body because it was cut off
			err = &Error{x.bound}
		}
	} else if err != nil {
		err = x.fail(err)
	}
	return n, err
}

func (b *receivedBody) Close() error {
	err := b.received.Close()
	(*exchange)(b).end()
	return err
}

// Error reports an exchange that was cut off. It is a net.Error, and a connection error
// to the retryers of the AWS SDK.
type Error struct{ bound Bound }

func (e *Error) Error() string {
	text := fmt.Sprintf("no byte was sent or received for %v", e.bound.Limit)
	if e.bound.Setting != "" {
		text += " (" + e.bound.Setting + ")"
	}
	return text
}

// Timeout returns true.
func (*Error) Timeout() bool { return true }

// Temporary returns true.
func (*Error) Temporary() bool { return true }

// ConnectionError returns true.
func (*Error) ConnectionError() bool { return true }
