package registry

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// burst is how many manifests may be requested at once after a pause: docker pull of
// an image of several platforms sends three in a row.
const burst = 3

// pacer makes requests wait for their turn. Nil lets all of them pass.
type pacer struct {
	pulls *rate.Limiter

	mu    sync.Mutex
	until time.Time // the end of a pause that the host asked for
}

func newPacer(perSecond float64, loggedIn bool) *pacer {
	switch {
	case perSecond < 0:
		return &pacer{pulls: rate.NewLimiter(rate.Inf, 0)}
	case perSecond == 0 && loggedIn:
		perSecond = limits.LoginRate
	case perSecond == 0:
		perSecond = limits.AnonymousRate
	}
	return &pacer{pulls: rate.NewLimiter(rate.Limit(perSecond), max(burst, int(perSecond)))}
}

// wait waits until the host's pause is over and, for a paced request, for its
// turn. It does not start to wait for what comes after the context's deadline.
func (p *pacer) wait(req *http.Request, paced bool) error {
	if p == nil {
		return nil
	}
	ctx := req.Context()
	for {
		pause := time.Until(p.pausedUntil())
		if pause <= 0 {
			break
		}
		if outlasts(ctx, pause) {
			return &Error{
				Method: req.Method, URL: shown(req.URL), StatusCode: http.StatusTooManyRequests,
				Message: "not sent, because the host asked to wait", RetryAfter: pause,
			}
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	if !paced {
		return nil
	}
	err := p.pulls.Wait(ctx)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("the limit of %v manifests per second leaves no time for the request: %w", p.pulls.Limit(), context.DeadlineExceeded)
	}
	return err
}

func (p *pacer) pausedUntil() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until
}

// pause stops all requests for a while.
func (p *pacer) pause(d time.Duration) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.until) {
		p.until = until
	}
}

// outlasts reports whether a wait ends after the context's deadline.
func outlasts(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < wait
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
