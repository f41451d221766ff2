package compare

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	official "github.com/aws/aws-sdk-go-v2/service/ecrpublic"
	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
)

// retrySetup holds the options about retries, of a client or of a call.
type retrySetup struct {
	retryer     string // a key of retryers; "" means the client's own
	n           int    // its number
	maxAttempts int
	mode        aws.RetryMode
}

// retryers has functions that create retryers. Each client gets its own, because they
// have state.
var retryers = map[string]func(n int) aws.Retryer{
	"standard":            func(int) aws.Retryer { return retry.NewStandard() },
	"standard, own waits": func(n int) aws.Retryer { return retry.NewStandard(attemptsOf(n), waits) },
	"standard, no quota": func(n int) aws.Retryer {
		return retry.NewStandard(attemptsOf(n), func(o *retry.StandardOptions) { o.RateLimiter = ratelimit.None })
	},
	"standard, small quota": func(n int) aws.Retryer {
		return retry.NewStandard(attemptsOf(n), func(o *retry.StandardOptions) { o.RateLimiter = ratelimit.NewTokenRateLimit(20) })
	},
	"limited":          func(n int) aws.Retryer { return retry.AddWithMaxAttempts(retry.NewStandard(), n) },
	"with codes":       func(int) aws.Retryer { return retry.AddWithErrorCodes(retry.NewStandard(), "Zap") },
	"with short waits": func(int) aws.Retryer { return retry.AddWithMaxBackoffDelay(retry.NewStandard(), 30*time.Millisecond) },
	"adaptive":         func(int) aws.Retryer { return retry.NewAdaptiveMode() },
	"none":             func(int) aws.Retryer { return aws.NopRetryer{} },
	"own":              func(n int) aws.Retryer { return ownRetryer{n} },
	"own, second kind": func(n int) aws.Retryer { return ownRetryerV2{ownRetryer{n}} },
}

// retryerNames is sorted, so that a seed always means the same.
var retryerNames = []string{
	"", "", "", "standard", "standard, own waits", "standard, no quota", "standard, small quota", "limited", "with codes", "with short waits", "adaptive", "none", "own", "own, second kind",
}

func attemptsOf(n int) func(*retry.StandardOptions) {
	return func(o *retry.StandardOptions) { o.MaxAttempts = n }
}

func waits(o *retry.StandardOptions) {
	o.Backoff = retry.BackoffDelayerFunc(func(attempt int, _ error) (time.Duration, error) {
		return time.Duration(attempt) * 70 * time.Millisecond, nil
	})
}

func (r random) setup() retrySetup {
	s := retrySetup{retryer: pickOne(r, retryerNames), n: 1 + r.IntN(6)}
	if r.once(3) {
		s.maxAttempts = r.IntN(6)
	}
	if r.once(5) {
		s.mode = pickOne(r, []aws.RetryMode{aws.RetryModeAdaptive, aws.RetryModeStandard})
	}
	return s
}

func (s retrySetup) adaptive() bool {
	return s.retryer == "adaptive" || s.mode == aws.RetryModeAdaptive
}

func (s retrySetup) make() aws.Retryer {
	if s.retryer == "" {
		return nil
	}
	return retryers[s.retryer](s.n)
}

// ownRetryer is a program's own retryer. It has only the methods of aws.Retryer.
type ownRetryer struct{ attempts int }

func (ownRetryer) IsErrorRetryable(err error) bool {
	var status interface{ HTTPStatusCode() int }
	return !errors.As(err, &status) || status.HTTPStatusCode() >= 429
}
func (r ownRetryer) MaxAttempts() int { return r.attempts }
func (ownRetryer) RetryDelay(attempt int, _ error) (time.Duration, error) {
	return time.Duration(attempt) * 90 * time.Millisecond, nil
}
func (ownRetryer) GetRetryToken(context.Context, error) (func(error) error, error) {
	return func(error) error { return nil }, nil
}
func (ownRetryer) GetInitialToken() func(error) error { return func(error) error { return nil } }

type ownRetryerV2 struct{ ownRetryer }

func (ownRetryerV2) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("no attempt: %w", ctx.Err())
	}
	return func(error) error { return nil }, nil
}

// caller makes a call and returns its metadata.
type caller func(context.Context, historicCall) (middleware.Metadata, error)

var historicCredentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "SECRETEXAMPLE0123456789abcdefghijklmnopq"}, nil
})

func ourSubject(h history, s *script) caller {
	client := ecrpublic.New(ecrpublic.Options{
		Region: "us-east-1", Credentials: historicCredentials, HTTPClient: s,
		Retryer: h.setup.make(), RetryMaxAttempts: h.setup.maxAttempts, RetryMode: h.setup.mode,
	})
	return func(ctx context.Context, c historicCall) (middleware.Metadata, error) {
		out, err := client.DescribeRegistries(ctx, nil, func(o *ecrpublic.Options) {
			if c.setup != nil {
				o.Retryer, o.RetryMaxAttempts, o.RetryMode = orKeep(c.setup.make(), o.Retryer), c.setup.maxAttempts, c.setup.mode
			}
			if c.onStack {
				o.APIOptions = append(o.APIOptions, func(*middleware.Stack) error { return nil })
			}
		})
		if out == nil {
			return middleware.Metadata{}, err
		}
		return out.ResultMetadata, err
	}
}

func officialSubject(h history, s *script) caller {
	client := official.New(official.Options{
		Region: "us-east-1", Credentials: historicCredentials, HTTPClient: s,
		Retryer: h.setup.make(), RetryMaxAttempts: h.setup.maxAttempts, RetryMode: h.setup.mode,
	})
	return func(ctx context.Context, c historicCall) (middleware.Metadata, error) {
		out, err := client.DescribeRegistries(ctx, nil, func(o *official.Options) {
			if c.setup != nil {
				o.Retryer, o.RetryMaxAttempts, o.RetryMode = orKeep(c.setup.make(), o.Retryer), c.setup.maxAttempts, c.setup.mode
			}
			if c.onStack {
				o.APIOptions = append(o.APIOptions, func(*middleware.Stack) error { return nil })
			}
		})
		if out == nil {
			return middleware.Metadata{}, err
		}
		return out.ResultMetadata, err
	}
}

func orKeep(r, before aws.Retryer) aws.Retryer {
	if r == nil {
		return before
	}
	return r
}

// script is a transport that responds as the history says, and records the attempts.
type script struct {
	start   time.Time
	call    historicCall
	outcome outcome
}

func (s *script) begin(c historicCall) { s.call, s.outcome = c, outcome{} }

// Do responds to an attempt, unless its context ends before.
func (s *script) Do(r *http.Request) (*http.Response, error) {
	s.outcome.attempts = append(s.outcome.attempts, attempted{time.Since(s.start), headersOf(r)})
	a := s.call.answers[min(len(s.outcome.attempts), len(s.call.answers))-1]
	select {
	case <-r.Context().Done():
		return nil, r.Context().Err()
	case <-time.After(a.after):
	}
	if a.err != nil {
		return nil, a.err
	}
	return a.response(r), nil
}
