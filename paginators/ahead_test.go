package paginators_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/paginators"
	"github.com/ecr-public/ecr-public-go/types"
)

const moment = 10 * time.Millisecond // on the fake clock of a synctest bubble

// slow is a service that needs a moment for each page and respects the context.
func slow(pages int) *service {
	return &service{n: pages, defaultPage: 1, before: func(ctx context.Context, _ *string) error {
		select {
		case <-time.After(moment):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}}
}

func prefetching(s *service, n int) lister {
	return newLister("DescribeImages", s, nil, func(o *paginators.Options) { o.Prefetch = n })
}

// requireNoGoroutines looks for goroutines that fetch ahead. It does not count all
// goroutines, because those of the garbage collector come and go.
func requireNoGoroutines(t *testing.T) {
	t.Helper()
	synctest.Wait()
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	require.NotContains(t, string(stacks), "internal/paging/ahead.go")
}

func TestPrefetchOverlapsWork(t *testing.T) {
	for prefetch, want := range map[int]time.Duration{0: 100 * moment, 1: 51 * moment, 2: 51 * moment} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			pages := 0
			for _, err := range prefetching(slow(50), prefetch).pages(t.Context()) {
				require.NoError(t, err)
				pages++
				time.Sleep(moment) // the consumer's work
			}
			require.Equal(t, 50, pages)
			require.Equal(t, want, time.Since(start), "with %d pages ahead", prefetch)
			requireNoGoroutines(t)
		})
	}
}

func TestPrefetchKeepsItsDistance(t *testing.T) {
	for _, prefetch := range []int{1, 2, 5} {
		synctest.Test(t, func(t *testing.T) {
			s := slow(20)
			page := 0
			for _, err := range prefetching(s, prefetch).pages(t.Context()) {
				require.NoError(t, err)
				page++
				time.Sleep(100 * moment) // enough to fetch all pages ahead
				s.mu.Lock()
				require.Len(t, s.requests, min(page+prefetch, 20), "while page %d is worked on", page)
				s.mu.Unlock()
			}
		})
	}
}

func TestBreakLeavesNothingBehind(t *testing.T) {
	for _, prefetch := range []int{0, 1, 3} {
		for after := range time.Duration(4) { // what is in flight differs
			synctest.Test(t, func(t *testing.T) {
				s := slow(20)
				l := prefetching(s, prefetch)
				start := time.Now()
				for item, err := range l.items(t.Context()) {
					require.NoError(t, err)
					if item == 1 {
						start = time.Now()
						time.Sleep(after * moment / 2)
						break
					}
				}
				require.Equal(t, after*moment/2, time.Since(start), "a request in flight is cancelled, not awaited")
				requireNoGoroutines(t)
				rest, _, err := newLister("DescribeImages", s, &types.PaginatorConfig{StartingToken: l.resume()}).collect(t.Context())
				require.NoError(t, err)
				require.Equal(t, 2, rest[0])
			})
		}
	}
}

func TestPanicLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		require.Panics(t, func() {
			for range prefetching(slow(20), 3).pages(t.Context()) {
				panic("the loop's own")
			}
		})
		requireNoGoroutines(t)
	})
}

func TestCancelBetweenRequests(t *testing.T) {
	for _, prefetch := range []int{0, 1, 3} {
		synctest.Test(t, func(t *testing.T) {
			s := slow(20)
			l := prefetching(s, prefetch)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var got []int
			var failed error
			for page, err := range l.pages(ctx) {
				if failed = err; err != nil {
					continue
				}
				got = append(got, page...)
				if len(got) == 3 {
					time.Sleep(50 * moment) // pages are waiting, with prefetch
					cancel()
				}
			}
			require.ErrorIs(t, failed, context.Canceled)
			require.Equal(t, []int{0, 1, 2}, got)
			require.Len(t, s.takeRequests(t), 3+prefetch)
			requireNoGoroutines(t)
			rest, _, err := newLister("DescribeImages", s, &types.PaginatorConfig{StartingToken: l.resume()}).collect(t.Context())
			require.NoError(t, err)
			require.Equal(t, 3, rest[0])
		})
	}
}

func TestCancelDuringARequest(t *testing.T) {
	for _, prefetch := range []int{0, 1, 3} {
		synctest.Test(t, func(t *testing.T) {
			l := prefetching(slow(20), prefetch)
			ctx, cancel := context.WithTimeout(t.Context(), 7*moment/2) // in the fourth
			defer cancel()
			got, _, err := l.collect(ctx)
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.Equal(t, []int{0, 1, 2}, got)
			requireNoGoroutines(t)
		})
	}
}

func TestErrorsComeInOrder(t *testing.T) {
	down := errors.New("the service is down")
	for _, prefetch := range []int{0, 1, 3} {
		synctest.Test(t, func(t *testing.T) {
			s := slow(20)
			wait := s.before
			s.before = func(ctx context.Context, token *string) error {
				if aws.ToString(token) == "tok-3" {
					return down
				}
				return wait(ctx, token)
			}
			var got []int
			for page, err := range prefetching(s, prefetch).pages(t.Context()) {
				time.Sleep(50 * moment)
				if len(got) == 3 {
					require.Same(t, down, err)
					continue
				}
				require.NoError(t, err)
				got = append(got, page...)
			}
			require.Equal(t, []int{0, 1, 2}, got)
			require.Len(t, s.takeRequests(t), 4, "nothing is fetched behind an error")
		})
	}
}
