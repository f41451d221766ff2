package imagepush

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/pace"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
	"github.com/ecr-public/ecr-public-go/internal/errtype"
	"github.com/ecr-public/ecr-public-go/types"
)

// Bounds on the attempts of a call. One failed call fails a push of hundreds, so
// retries outlast an outage of half a minute, or every second call failing.
const (
	maxAttempts = 30
	minAttempts = 3               // however long they take
	maxRetrying = 2 * time.Minute // from the first failure to the start of an attempt

	minDelay = time.Millisecond
	maxDelay = 5 * time.Second

	// throttledDelay is the delay of a throttled call, which its pacer delays as well.
	throttledDelay = 25 * time.Millisecond

	// recent is how long before an attempt a success shows that the service is up.
	recent = 25 * time.Millisecond
)

// errOutOfTime says that a call is not retried because of maxRetrying.
var errOutOfTime = fmt.Errorf("not tried again: it has failed for %v", maxRetrying)

// budget is the retryer of one call. All calls of this package can be repeated.
// Retries do not use the client's token bucket: a hundred failures would empty
// it, also for other calls of the program.
type budget struct {
	aws.RetryerV2 // says what is tried again
	pacer         *pace.Pacer
	max           int
	own           bool // the retryer is the caller's
	timed         bool // maxRetrying applies
	health        *health
	attempts      int
	failing       time.Time // since when; zero before the first failure
	started       time.Time // the attempt
	silent        int       // failures since the last success of any call
}

// health records when a target's calls last succeeded.
type health struct{ last atomic.Int64 }

func (h *health) succeed() { h.last.Store(time.Now().UnixNano()) }

func (h *health) since(t time.Time) bool { return h.last.Load() >= t.UnixNano() }

// withRetries is the option of a call that makes it use the budget. A client that
// was given a number of attempts, by itself or in a Retryer that has another than
// the default of three, keeps it; a Retryer of the caller's keeps its delays and its
// tokens as well.
func (b *budget) withRetries(o *ecrpublic.Options) {
	r, ok := o.Retryer.(aws.RetryerV2)
	if !ok || r.MaxAttempts() == 1 {
		return
	}
	b.RetryerV2, b.max, b.own = r, r.MaxAttempts(), r.IsErrorRetryable(exhausted())
	if o.RetryMaxAttempts > 0 {
		b.max = o.RetryMaxAttempts
	} else if b.max == retry.DefaultMaxAttempts {
		b.max, b.timed = maxAttempts, true
	}
	o.Retryer = b
}

// exhausted reports an exhausted quota. The standard retryers retry it, the
// client's own does not.
func exhausted() error {
	response := &smithyhttp.Response{Response: &http.Response{StatusCode: http.StatusBadRequest}}
	return &awshttp.ResponseError{ResponseError: &smithyhttp.ResponseError{Response: response, Err: &types.LimitExceededException{}}}
}

func (b *budget) MaxAttempts() int { return b.max }

// IsErrorRetryable also accepts a truncated response, but not a wrong server.
func (b *budget) IsErrorRetryable(err error) bool {
	return isTruncated(err) || !isWrongServer(err) && b.RetryerV2.IsErrorRetryable(err)
}

// GetAttemptToken lets repeated attempts wait for their turn, as the first did.
func (b *budget) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	b.attempts++
	if b.attempts > 1 {
		if err := b.pacer.Wait(ctx); err != nil {
			return nil, err
		}
	}
	b.started = time.Now()
	release, err := b.RetryerV2.GetAttemptToken(ctx)
	if err != nil {
		return nil, err
	}
	return func(err error) error {
		if err == nil {
			b.health.succeed()
		}
		return release(err)
	}, nil
}

func (b *budget) GetRetryToken(ctx context.Context, err error) (func(error) error, error) {
	if isThrottle(err) {
		b.pacer.Throttled()
	}
	if b.failing.IsZero() {
		b.failing = time.Now()
	}
	if b.timed && b.attempts >= minAttempts && time.Since(b.failing) > maxRetrying {
		return nil, errOutOfTime
	}
	if b.own {
		return b.RetryerV2.GetRetryToken(ctx, err)
	}
	return func(error) error { return nil }, nil
}

// RetryDelay grows from 1 ms to 5 s by doubling, less up to a half. If other calls
// succeed at that time, the service is not down, and it grows by half each time: most
// calls succeed soon, but thirty attempts still outlast an outage of one operation.
func (b *budget) RetryDelay(attempt int, err error) (time.Duration, error) {
	if b.own {
		return b.RetryerV2.RetryDelay(attempt, err)
	}
	if b.pacer != nil && isThrottle(err) {
		return throttledDelay, nil
	}
	b.silent++
	delay := grown(2, b.silent)
	if b.health.since(b.started.Add(-recent)) {
		b.silent = 0
		delay = grown(1.5, attempt)
	}
	return delay - rand.N(delay/2), nil
}

// grown returns the nth of delays of which each is the one before it times a factor.
func grown(factor float64, n int) time.Duration {
	return time.Duration(min(float64(maxDelay), float64(minDelay)*math.Pow(factor, float64(n-1))))
}

// isThrottle reports whether a call was refused for its rate.
func isThrottle(err error) bool {
	if retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) == aws.TrueTernary {
		return true
	}
	response, ok := errors.AsType[*smithyhttp.ResponseError](err)
	return ok && response.HTTPStatusCode() == http.StatusTooManyRequests || hostStatus(err) == http.StatusTooManyRequests
}

// isWrongServer reports whether a server is not the one that was meant: its certificate
// was rejected, or it does not speak TLS. The standard retryers retry that like any
// failure to connect.
func isWrongServer(err error) bool {
	return errtype.Is[*tls.CertificateVerificationError](err) || errors.Is(err, http.ErrSchemeMismatch)
}

// isTruncated reports whether a response was truncated: a success, or a failure
// before its code. Anything else that is no JSON, such as a proxy's page, is final.
func isTruncated(err error) bool {
	cut := errors.Is(err, io.ErrUnexpectedEOF)
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		response, ok := errors.AsType[*smithyhttp.ResponseError](err)
		empty := api.ErrorMessage() == awsjson.NoCode
		return ok && response.HTTPStatusCode() == http.StatusBadRequest && api.ErrorCode() == awsjson.NoCode && (cut || empty)
	}
	return errtype.Is[*smithy.DeserializationError](err) && cut
}
