package ecrpublic

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// WithoutDelay is the default retryer without its waits.
func WithoutDelay(o *Options) {
	o.Retryer = newRetryer(o.RetryMode, o.RetryMaxAttempts, func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
}
