package ecrpublic

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/types"
)

// newRetryer creates the default retryer.
func newRetryer(mode aws.RetryMode, maxAttempts int, more ...func(*retry.StandardOptions)) aws.Retryer {
	standard := func(o *retry.StandardOptions) {
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(retryable)}, o.Retryables...)
		o.MaxAttempts = cmp.Or(maxAttempts, o.MaxAttempts)
	}
	if mode == aws.RetryModeAdaptive {
		return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(append(o.StandardOptions, standard), more...)
		})
	}
	return retry.NewStandard(append([]func(*retry.StandardOptions){standard}, more...)...)
}

// retryable departs from the standard rules where they do not fit ECR Public:
// waiting a second does not restore an exhausted quota. It also decides about
// the exceptions of the service's model, before the standard rules look for a
// broken connection in their text. A reader that returned different bytes is
// not retried.
func retryable(err error) aws.Ternary {
	var response *awshttp.ResponseError
	var api smithy.APIError
	switch {
	case errors.Is(err, codec.ErrChanged):
		return aws.FalseTernary
	case !errors.As(err, &api) || !errors.As(err, &response):
		return aws.UnknownTernary
	}
	_, quota := api.(*types.LimitExceededException)
	if quota || response.HTTPStatusCode() < http.StatusInternalServerError && api.ErrorFault() == smithy.FaultClient {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// retryStep is the retry loop of aws-sdk-go-v2, set up for this client.
func (e *engine) retryStep(cloner retry.RequestCloner) *retry.Attempt {
	return retry.NewAttemptMiddleware(e.options.Retryer, cloner, func(a *retry.Attempt) {
		a.LogAttempts = e.options.ClientLogMode.IsRetries()
		a.OperationMeter = e.options.MeterProvider.Meter(scope)
		a.ClientSkew = e.clock
		a.DisableClockSkewCorrection = e.options.DisableClockSkewCorrection
	})
}

// limitedRetryer is a retryer with another limit of attempts, which keeps the
// original.
type limitedRetryer struct {
	aws.RetryerV2
	inner aws.Retryer
}

func limitAttempts(r aws.Retryer, attempts int) aws.Retryer {
	return limitedRetryer{retry.AddWithMaxAttempts(r, attempts).(aws.RetryerV2), r}
}
