package ecrpublic

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// The first attempt, which is usually the only one, runs outside of the retry loop of
// aws-sdk-go-v2, at about 30 % less CPU time for a small call. Everything here
// replaces something that the loop does for a first attempt:
//
//	ctx.Err() in tryDirect    an attempt does not begin when the context has ended
//	firstHeader               the header Amz-Sdk-Request
//	isFinal                   IsErrorRetryable, and the search for a clock that is off
//	credit                    GetAttemptToken, and its release after a success
//	keepSkew                  the last response's clock skew, kept for later calls
//	firstMetadata             the metadata for retry.GetAttemptResults
//
// If a failure may be retried, the loop takes over, and gets the outcome as that of its
// own first attempt (retryDirect).

// firstAttempt is what the first attempts of an engine share.
type firstAttempt struct {
	retryer  aws.RetryerV2       // nil if the loop must run every attempt
	header   string              // without a deadline
	metadata middleware.Metadata // of a loop that ended with its first attempt; to be cloned
}

func newFirstAttempt(retryer aws.Retryer) firstAttempt {
	first := firstAttempt{retryer: withoutFirstToken(retryer), metadata: firstMetadata()}
	if first.retryer != nil {
		first.header = "attempt=1; max=" + strconv.Itoa(first.retryer.MaxAttempts())
	}
	return first
}

// withoutFirstToken returns a retryer that neither delays nor refuses a first
// attempt, as the standard one does not; nil for any other.
func withoutFirstToken(r aws.Retryer) aws.RetryerV2 {
	switch r := r.(type) {
	case *retry.Standard:
		return r
	case limitedRetryer:
		if withoutFirstToken(r.inner) != nil {
			return r
		}
	}
	return nil
}

// firstMetadata runs a loop whose first attempt succeeds.
var firstMetadata = sync.OnceValue(func() middleware.Metadata {
	same := func(request any) any { return request }
	succeed := middleware.FinalizeHandlerFunc(func(context.Context, middleware.FinalizeInput) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
		return out, metadata, nil
	})
	_, metadata, _ := retry.NewAttemptMiddleware(aws.NopRetryer{}, same).HandleFinalize(context.Background(), middleware.FinalizeInput{}, succeed)
	return metadata
})

// tryDirect tries a request until it succeeds or the retryer gives up.
func (c *call) tryDirect(ctx context.Context, request *smithyhttp.Request, id string) (middleware.Metadata, error) {
	if c.direct.first.retryer == nil {
		return c.retryDirect(ctx, id, nil)
	}
	if err := ctx.Err(); err != nil {
		return middleware.Metadata{}, err
	}
	signed := c.nextSkew
	request.Header["Amz-Sdk-Request"] = []string{c.firstHeader(ctx)}
	ended := c.attemptDirect(ctx, request)
	if ended.err != nil && !c.isFinal(ended, signed) {
		return c.retryDirect(ctx, id, &ended)
	}
	if ended.err == nil {
		c.credit(ctx)
	}
	c.keepSkew(ended.metadata)
	return ended.metadata, ended.err
}

func (c *call) firstHeader(ctx context.Context) string {
	deadline, ok := ctx.Deadline()
	if !ok || c.nextSkew <= 0 {
		return c.direct.first.header
	}
	return c.direct.first.header + "; ttl=" + deadline.Add(c.nextSkew).Format("20060102T150405Z")
}

// credit adds to the retryer's token bucket what a success adds.
func (c *call) credit(ctx context.Context) {
	if release, err := c.direct.first.retryer.GetAttemptToken(ctx); err == nil {
		release(nil)
	}
}

// isFinal reports whether the retry loop would give up on a failure: the retryer does
// not retry it, and the service's clock is close to the one that was signed by.
func (c *call) isFinal(ended outcome, signed time.Duration) bool {
	const near = time.Minute
	skew, measured := awsmiddleware.GetAttemptSkew(ended.metadata)
	return (!measured || (skew-signed).Abs() < near) && !c.direct.first.retryer.IsErrorRetryable(ended.err)
}

func (c *call) keepSkew(metadata middleware.Metadata) {
	if skew, ok := awsmiddleware.GetAttemptSkew(metadata); ok && !c.options.DisableClockSkewCorrection {
		c.clock.Store(int64(skew))
	}
}

// retryDirect runs the retry loop. A given outcome counts as that of the first
// attempt.
func (c *call) retryDirect(ctx context.Context, id string, first *outcome) (middleware.Metadata, error) {
	hidden := &hiddenEnd{c.withoutOuterTracer(ctx), first != nil}
	attempt := middleware.FinalizeHandlerFunc(func(ctx context.Context, in middleware.FinalizeInput) (out middleware.FinalizeOutput, _ middleware.Metadata, _ error) {
		if hidden.hide {
			hidden.hide = false
			return out, first.metadata, first.err
		}
		this := c.attemptDirect(ctx, in.Request.(*smithyhttp.Request))
		return out, this.metadata, this.err
	})
	unsigned := func(any) any {
		request := newRequest()
		c.writeHead(request.Request)
		c.identify(request, id)
		return request
	}
	_, metadata, err := c.retryStep(unsigned).HandleFinalize(hidden, middleware.FinalizeInput{}, attempt)
	return metadata, err
}

// hiddenEnd is a context that does not end before the retry loop has been handed the
// outcome of the first attempt: the loop replaces an attempt that it did not begin by
// the context's error.
type hiddenEnd struct {
	context.Context
	hide bool
}

func (h *hiddenEnd) Done() <-chan struct{} {
	if h.hide {
		return nil
	}
	return h.Context.Done()
}

func (h *hiddenEnd) Err() error {
	if h.hide {
		return nil
	}
	return h.Context.Err()
}
