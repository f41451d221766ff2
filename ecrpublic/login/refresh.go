package login

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// refresh is a request that callers share. Its result is written before done is
// closed and read after.
type refresh struct {
	done        chan struct{}
	credentials Credentials
	err         error

	// hearers counts the callers that would return err; it is guarded by the
	// provider's lock.
	hearers int
}

// waitBriefly waits for the end of the refresh, but not longer than a moment.
func (r *refresh) waitBriefly(ctx context.Context) {
	timer := time.NewTimer(moment)
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// start makes the request on a goroutine that ends when the client returns.
// The caller must hold the provider's lock. The refresh itself ends with ctx
// at the latest.
func (p *Provider) start(ctx context.Context) *refresh {
	r := &refresh{done: make(chan struct{})}
	p.inFlight = r
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), refreshTimeout)
	stop := context.AfterFunc(ctx, func() { p.finish(r, nil, errTimeout()) })
	go func() {
		defer cancel()
		var fresh *held
		err := errors.New("log in to ECR Public: the client ended its goroutine")
		defer func() {
			if value := recover(); value != nil {
				err = &panicError{value: value, stack: debug.Stack()}
			}
			if stop() || err == nil { // else the refresh is over, and err late
				p.finish(r, fresh, err)
			}
		}()
		fresh, err = p.fetch(ctx)
	}()
	return r
}

func (p *Provider) fetch(ctx context.Context) (*held, error) {
	c, date, err := get(ctx, p.client)
	if err != nil {
		return nil, err
	}
	return newHeld(c, date, p.options.Now()), nil
}

// finish ends r. Credentials that come after its end are kept as well.
func (p *Provider) finish(r *refresh, fresh *held, err error) {
	switch p.settle(r, fresh, err) {
	case over:
	case heard:
		close(r.done)
	case renewalFailed: // reported before its caller returns what is held
		p.options.OnRefreshError(err)
		close(r.done)
	case unheard:
		close(r.done)
		p.options.OnRefreshError(err)
	}
}

// outcome says who gets the result of a refresh.
type outcome int

const (
	over          outcome = iota // the refresh had ended before
	heard                        // those who wait for it, and return it
	renewalFailed                // nobody: there are valid credentials
	unheard                      // nobody: the callers that would return the error have left
)

func (p *Provider) settle(r *refresh, fresh *held, err error) outcome {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.held = fresh
	}
	if p.inFlight != r {
		return over
	}
	p.inFlight = nil
	if err == nil {
		r.credentials = fresh.credentials()
		return heard
	}
	if now := p.options.Now(); p.held.valid(now) {
		p.held.postpone(now)
		r.credentials = p.held.credentials()
		return renewalFailed
	}
	if r.err = err; r.hearers == 0 {
		return unheard
	}
	return heard
}

func errTimeout() error {
	return fmt.Errorf("log in to ECR Public: no response within %v: %w", refreshTimeout, context.DeadlineExceeded)
}

// panicError is a panic of the client.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string {
	return fmt.Sprintf("log in to ECR Public: the client panicked: %v", e.value)
}

// Unwrap returns the value of the panic if it is an error.
func (e *panicError) Unwrap() error {
	err, _ := e.value.(error)
	return err
}

// Format adds the stack for %+v.
func (e *panicError) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprint(f, e.Error())
	if verb == 'v' && f.Flag('+') {
		_, _ = fmt.Fprintf(f, "\n\n%s", e.stack)
	}
}
