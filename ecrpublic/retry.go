package ecrpublic

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"github.com/ecr-public/ecr-public-go/internal/codec"
	"github.com/ecr-public/ecr-public-go/types"
)

// newRetryer makes the retryer of a client that was given none.
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

// retryable departs from the standard rules where they do not fit ECR Public: a
// used-up quota does not come back by waiting a second. A refusal that the service
// models is settled here too, before the standard rules look for a broken
// connection in its text. A reader that changed will not change back.
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
func (p *pipeline) retryStep(cloner retry.RequestCloner) *retry.Attempt {
	return retry.NewAttemptMiddleware(p.options.Retryer, cloner, func(a *retry.Attempt) {
		a.LogAttempts = p.options.ClientLogMode.IsRetries()
		a.OperationMeter = p.options.MeterProvider.Meter(scope)
		a.ClientSkew = p.skew
		a.DisableClockSkewCorrection = p.options.DisableClockSkewCorrection
	})
}

// limitedRetryer is a retryer with another limit, which still tells what is
// behind it.
type limitedRetryer struct {
	aws.RetryerV2
	inner aws.Retryer
}

func limitAttempts(r aws.Retryer, attempts int) aws.Retryer {
	return limitedRetryer{retry.AddWithMaxAttempts(r, attempts).(aws.RetryerV2), r}
}

// freeFirst tells whether a retryer never delays or refuses a first attempt, as
// the standard one does not.
func freeFirst(r aws.Retryer) (aws.RetryerV2, bool) {
	switch r := r.(type) {
	case *retry.Standard:
		return r, true
	case limitedRetryer:
		_, free := freeFirst(r.inner)
		return r, free
	}
	return nil, false
}

// observe keeps the clock skew that an attempt saw, for the signature of the
// next one.
func (c *call) observe(metadata middleware.Metadata) {
	c.attemptSkew, _ = awsmiddleware.GetAttemptSkew(metadata)
}

// signingTime is now, by the service's clock as far as it is known.
func (c *call) signingTime() time.Time {
	if c.options.DisableClockSkewCorrection {
		return time.Now()
	}
	return time.Now().Add(c.attemptSkew)
}

// firstMetadata is the metadata of a retry loop that ended with its first
// attempt. It is to be cloned.
var firstMetadata = sync.OnceValue(func() middleware.Metadata {
	succeed := middleware.FinalizeHandlerFunc(func(context.Context, middleware.FinalizeInput) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
		return out, metadata, nil
	})
	_, metadata, _ := retry.NewAttemptMiddleware(aws.NopRetryer{}, sameRequest).HandleFinalize(context.Background(), middleware.FinalizeInput{}, succeed)
	return metadata
})

func sameRequest(request any) any { return request }
