package imagepush

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// defaultRate is the service's default quota for each operation of [Rates], in
	// calls per second.
	defaultRate = 10

	// throttledFor is how long calls are paced after the service refused one.
	throttledFor = 5 * time.Second

	// maxRate is the highest number of calls per second that makes sense.
	maxRate = 1_000_000
)

// Rates are numbers of calls per second, for quotas that are raised or shared
// with other programs. A negative number means no limit. 0 means no limit until
// the service refuses a call for its rate; from then on the calls are paced by
// the default quota, 10 a second, until none was refused for five seconds.
type Rates struct {
	// InitiateLayerUpload opens an upload; there is one for each missing layer.
	InitiateLayerUpload float64

	// CompleteLayerUpload closes an upload; there is one for each missing layer.
	CompleteLayerUpload float64

	// PutImage stores a manifest; there is one for each missing image and tag.
	PutImage float64
}

// Limiter keeps calls within rates by delaying each attempt. The service counts
// calls per account, so targets that push at the same time should share a Limiter.
// Create one with [NewLimiter]; the zero value sets no limits.
type Limiter struct {
	initiate, complete, put *pacer
	err                     error // in the rates
}

// NewLimiter creates a Limiter. At a positive rate, up to a second's worth of
// calls may be made at once after a pause, as the service allows. A rate that is
// NaN or over a million makes [NewTarget] fail.
func NewLimiter(rates Rates) *Limiter {
	l := &Limiter{
		initiate: newPacer(rates.InitiateLayerUpload),
		complete: newPacer(rates.CompleteLayerUpload),
		put:      newPacer(rates.PutImage),
	}
	for _, r := range []struct {
		name string
		rate float64
	}{{"InitiateLayerUpload", rates.InitiateLayerUpload}, {"CompleteLayerUpload", rates.CompleteLayerUpload}, {"PutImage", rates.PutImage}} {
		if math.IsNaN(r.rate) || r.rate > maxRate {
			l.err = fmt.Errorf("Rates.%s is %v calls a second: want up to %d, 0 for the default, or a negative number for no limit", r.name, r.rate, maxRate)
		}
	}
	return l
}

// pacer is the limit of one operation. A nil one sets none.
type pacer struct {
	adaptive bool

	mu    sync.Mutex
	turns *rate.Limiter // nil while there is no limit
	until time.Time     // when an adaptive limit ends
}

func newPacer(perSecond float64) *pacer {
	if perSecond == 0 {
		return &pacer{adaptive: true}
	}
	if !(perSecond > 0) || perSecond > maxRate {
		return nil
	}
	return &pacer{turns: rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))}
}

// wait waits for a call's turn. It does not start to wait for one that comes after
// the context's deadline.
func (p *pacer) wait(ctx context.Context) error {
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

func (p *pacer) limit() *rate.Limiter {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.adaptive && p.turns != nil && !time.Now().Before(p.until) {
		p.turns = nil
	}
	return p.turns
}

// throttled records that the service refused a call for its rate.
func (p *pacer) throttled() {
	if p == nil || !p.adaptive {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = time.Now().Add(throttledFor)
	if p.turns == nil {
		p.turns = rate.NewLimiter(defaultRate, 1)
		p.turns.Allow() // the service's own bucket is empty, too
	}
}
