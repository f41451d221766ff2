// Package pace delays calls to keep within a rate that a service enforces.
package pace

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// throttledFor is how long an adaptive limit holds after a refused call.
const throttledFor = 5 * time.Second

// Pacer is the limit of one kind of call. A nil one sets none.
type Pacer struct {
	adaptive rate.Limit // 0 for a fixed limit

	mu    sync.Mutex
	turns *rate.Limiter // nil while there is no limit
	until time.Time     // when an adaptive limit ends
}

// Fixed returns a limit of calls per second. Up to a second's worth of calls may be
// made at once after a pause.
func Fixed(perSecond float64) *Pacer {
	return &Pacer{turns: rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))}
}

// Adaptive returns a limit of calls per second that starts when a call is refused, and
// ends when none was refused for five seconds.
func Adaptive(perSecond float64) *Pacer { return &Pacer{adaptive: rate.Limit(perSecond)} }

// Wait waits for a call's turn. It does not start to wait for one that comes after
// the context's deadline.
func (p *Pacer) Wait(ctx context.Context) error {
	turns := p.limit()
	if turns == nil {
		return nil
	}
	err := turns.Wait(ctx)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("the rate limit leaves no time for the call: %w", context.DeadlineExceeded)
	}
	return err
}

func (p *Pacer) limit() *rate.Limiter {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.adaptive > 0 && p.turns != nil && !time.Now().Before(p.until) {
		p.turns = nil
	}
	return p.turns
}

// Throttled records that the service refused a call for its rate.
func (p *Pacer) Throttled() {
	if p == nil || p.adaptive == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = time.Now().Add(throttledFor)
	if p.turns == nil {
		p.turns = rate.NewLimiter(p.adaptive, 1)
		p.turns.Allow() // the service's own bucket is empty, too
	}
}
