package paging_test

import (
	"context"
	"errors"
	"iter"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/internal/paging"
)

// counting yields numbers until its context is done, then an error.
func counting(ctx context.Context) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := 0; ; i++ {
			if err := ctx.Err(); err != nil {
				yield(0, err)
				return
			}
			if !yield(i, nil) {
				return
			}
		}
	}
}

func TestAheadEndsWithItsConsumer(t *testing.T) {
	for n := 1; n <= 3; n++ {
		synctest.Test(t, func(t *testing.T) { // fails if a goroutine is left
			ahead := paging.Ahead(t.Context(), n, counting)
			for range 2 { // each range starts anew
				want := 0
				for got, err := range ahead {
					require.NoError(t, err)
					require.Equal(t, want, got)
					if want++; want == 5 {
						break
					}
				}
			}
		})
	}
}

func TestAheadStopsAtAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failure := errors.New("failure")
		run := func(context.Context) iter.Seq2[int, error] {
			return func(yield func(int, error) bool) {
				for _, err := range []error{nil, failure, nil} {
					if !yield(1, err) {
						return
					}
				}
			}
		}
		var got []error
		for _, err := range paging.Ahead(t.Context(), 2, run) {
			got = append(got, err)
		}
		require.Equal(t, []error{nil, failure}, got)
	})
}

func TestAheadOfACancelledContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var got []int
		var failed error
		for i, err := range paging.Ahead(ctx, 3, counting) {
			if failed = err; err == nil {
				got = append(got, i)
				synctest.Wait() // until it has read ahead
				cancel()
			}
		}
		require.Equal(t, []int{0}, got)
		require.ErrorIs(t, failed, context.Canceled)
	})
}
