package imagepush

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"
)

// defaultRate is the service's default quota, in calls per second, for each of
// the operations of [Rates].
const defaultRate = 10

// Rates are numbers of calls per second. 0 stands for the service's default
// quota, which is 10 for each; a negative number for no limit.
type Rates struct {
	// InitiateLayerUpload opens an upload; there is one for each missing layer.
	InitiateLayerUpload float64

	// CompleteLayerUpload closes an upload; there is one for each missing layer.
	CompleteLayerUpload float64

	// PutImage stores a manifest; there is one for each missing image and tag.
	PutImage float64
}

// Limiter keeps calls within rates by making them wait. The service counts them
// by account: targets that push at the same time should share a Limiter. The
// client's own retries are not counted; they wait by its rules. Make one with
// [NewLimiter]; the zero value sets no limits.
type Limiter struct {
	initiate, complete, put *rate.Limiter
}

// NewLimiter makes a Limiter. After a pause, up to a second's worth of calls
// go at once, as the service itself allows.
func NewLimiter(rates Rates) *Limiter {
	return &Limiter{
		initiate: newBucket(rates.InitiateLayerUpload),
		complete: newBucket(rates.CompleteLayerUpload),
		put:      newBucket(rates.PutImage),
	}
}

func newBucket(perSecond float64) *rate.Limiter {
	if perSecond < 0 {
		return rate.NewLimiter(rate.Inf, 0)
	}
	if perSecond == 0 {
		perSecond = defaultRate
	}
	return rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))
}

// wait waits for a call's turn. It does not begin to wait for one that comes after
// the context's deadline.
func wait(ctx context.Context, turns *rate.Limiter) error {
	if turns == nil {
		return nil
	}
	err := turns.Wait(ctx)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("the rate limit leaves no time for the call: %w", context.DeadlineExceeded)
	}
	return err
}
