package main

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"golang.org/x/time/rate"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// patient returns a client that keeps retrying calls that the service throttles. After
// the first of them all calls together are made at ten per second, which is a quota of
// other operations; that of listings is not documented.
func patient(client *ecrpublic.Client) *ecrpublic.Client {
	return ecrpublic.New(client.Options(), func(o *ecrpublic.Options) {
		o.Retryer = &paced{RetryerV2: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.RateLimiter = 30, ratelimit.None
		})}
	})
}

// paced is a retryer that paces all attempts while the service throttles some.
type paced struct {
	aws.RetryerV2

	mu    sync.Mutex
	turns *rate.Limiter // nil before the first throttled call
}

func (p *paced) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	p.mu.Lock()
	turns := p.turns
	p.mu.Unlock()
	if turns != nil {
		if err := turns.Wait(ctx); err != nil {
			return nil, err
		}
	}
	return p.RetryerV2.GetAttemptToken(ctx)
}

// RetryDelay is short at first for a throttled call, which waits for its turn anyway.
// A call that fails in another way is given up after a few seconds.
func (p *paced) RetryDelay(attempt int, err error) (time.Duration, error) {
	if retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err) != aws.TrueTernary {
		const most = 10
		if attempt >= most {
			return 0, &retry.MaxAttemptsError{Attempt: attempt, Err: err}
		}
		return p.RetryerV2.RetryDelay(attempt, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.turns == nil {
		const perSecond = 10
		p.turns = rate.NewLimiter(perSecond, 1)
	}
	const short = 3
	if attempt <= short {
		return 0, nil
	}
	return p.RetryerV2.RetryDelay(attempt-short, err)
}
