package paging

import (
	"context"
	"iter"
)

type result[T any] struct {
	value T
	err   error
}

// Ahead runs a sequence in a goroutine, at most n values (n ≥ 1) ahead of its
// consumer. The goroutine ends before the returned sequence does: leaving early
// cancels its context and waits for it.
func Ahead[T any](ctx context.Context, n int, run func(context.Context) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		results := make(chan result[T], n-1)
		go func() {
			defer close(results)
			for value, err := range run(ctx) {
				results <- result[T]{value, err}
			}
		}()
		defer func() {
			cancel()
			for range results { // unblocks the goroutine until it has ended
			}
		}()
		for r := range results {
			if err := ctx.Err(); err != nil && r.err == nil {
				r = result[T]{err: err}
			}
			if !yield(r.value, r.err) || r.err != nil {
				return
			}
		}
	}
}
