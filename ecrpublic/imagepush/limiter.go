package imagepush

import (
	"fmt"
	"math"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/pace"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// maxRate is the highest number of calls per second that makes sense.
const maxRate = 1_000_000

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
// Create one with [NewLimiter]; the zero value sets no limits. If a call's turn comes
// after the deadline of its context, the call fails at once, with
// context.DeadlineExceeded.
type Limiter struct {
	initiate, complete, put *pace.Pacer
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

func newPacer(perSecond float64) *pace.Pacer {
	if perSecond == 0 {
		return pace.Adaptive(limits.WriteRate)
	}
	if !(perSecond > 0) || perSecond > maxRate {
		return nil
	}
	return pace.Fixed(perSecond)
}
