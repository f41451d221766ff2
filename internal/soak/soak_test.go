// Package soak runs all parts of this module against the emulator for a long time,
// with injected faults:
//
//	go test -race -v -timeout 0 ./internal/soak -soak 30m
//
// It fails if a call is lost, if something read differs from what was written
// before, or if memory or the number of goroutines grows. Without -soak it runs
// the steps briefly, with short delays between attempts.
package soak

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/ecr-public/ecr-public-go/ecrpublic"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest"
)

var soakFor = flag.Duration("soak", 0, "how long to run, at least a minute; 0 is a moment")

const (
	workers  = 64
	attempts = 12
	moment   = time.Second
)

// faults affect a fifth of all requests. A truncated response announces its full
// length; without that it would be malformed, and not retried.
var faults = []struct {
	probability float64
	effect      ecrpublictest.Effect
}{
	{0.04, ecrpublictest.Throttle()},
	{0.03, ecrpublictest.Status(http.StatusInternalServerError)},
	{0.02, ecrpublictest.Fail(&smithy.GenericAPIError{Code: "ServerException", Message: "soaked", Fault: smithy.FaultServer})},
	{0.04, ecrpublictest.ResetBefore()},
	{0.01, ecrpublictest.ResetAfter()},
	{0.02, ecrpublictest.ResetMidway()},
	{0.04, ecrpublictest.CutOff()},
}

// soak is the state that the workers share.
type soak struct {
	server   *ecrpublictest.Server
	client   *ecrpublic.Client
	traffic  *traffic
	duration time.Duration
	deadline time.Time
	pause    sync.RWMutex // read-locked by each working worker
	done     tally
}

func TestSoak(t *testing.T) {
	s := start(t)
	group, ctx := errgroup.WithContext(t.Context())
	for i := range workers {
		group.Go(func() error { return s.work(ctx, i) })
	}
	samples := s.watch(ctx, t)
	require.NoError(t, group.Wait(), "a call was lost or something is inconsistent")

	left, err := s.client.DescribeRepositories(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, left.Repositories)
	fmt.Fprintln(t.Output(), s.traffic.table())
	fmt.Fprintln(t.Output(), s.done.String())
	if *soakFor > 0 {
		s.traffic.requireAll(t)
		requireFlat(t, "heap in MB", samples, func(x sample) float64 { return x.heap }, 0.1, 2)
		requireFlat(t, "goroutines", samples, func(x sample) float64 { return float64(x.goroutines) }, 0, 2)
	}
}

// start starts the emulator and its client, and stops all that runs when the test
// ends.
func start(t *testing.T) *soak {
	t.Helper()
	before, duration := quiet(), moment
	if *soakFor > 0 {
		duration = max(*soakFor, time.Minute)
	}
	server := ecrpublictest.NewServer(
		ecrpublictest.WithCredentials("SOAKER", "SECRETEXAMPLE0123456789abcdefghijklmnopq"),
		ecrpublictest.WithQuotas(ecrpublictest.Quotas{PartBytes: partBytes, MinPartBytes: partBytes / 2}),
	)
	s := &soak{server: server, traffic: newTraffic(), duration: duration, deadline: time.Now().Add(duration)}
	s.client = server.Client(func(o *ecrpublic.Options) { o.HTTPClient, o.Retryer = s.traffic, retryer(duration) })
	for operation := range s.traffic.operations {
		for _, f := range faults {
			server.Inject(ecrpublictest.Fault{Operation: operation, Probability: f.probability, Effect: f.effect})
		}
	}
	t.Cleanup(func() {
		server.Close()
		s.traffic.CloseIdleConnections()
		http.DefaultClient.CloseIdleConnections()
		require.LessOrEqual(t, quietAt(before), before, "goroutines are left")
	})
	return s
}

// retryer tries each call up to attempts times. It has no quota, because that of the
// standard retryer is too small for this share of faults.
func retryer(duration time.Duration) aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.RateLimiter = attempts, ratelimit.None
		if duration == moment {
			o.MaxBackoff = 10 * time.Millisecond
		}
	})
}

// isOver reports whether workers should stop.
func (s *soak) isOver(ctx context.Context) bool {
	return ctx.Err() != nil || time.Now().After(s.deadline)
}

// notFound reports whether something did not exist. If the response to a deletion was
// lost, the retry gets this error.
func notFound(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "RepositoryNotFoundException", "RepositoryPolicyNotFoundException":
		return true
	}
	return false
}
