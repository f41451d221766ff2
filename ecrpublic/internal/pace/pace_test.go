package pace_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/pace"
)

// waits returns how long each of n calls waits, one after the other.
func waits(t *testing.T, p *pace.Pacer, n int) (delays []time.Duration) {
	t.Helper()
	for range n {
		start := time.Now()
		require.NoError(t, p.Wait(t.Context()))
		delays = append(delays, time.Since(start).Round(time.Millisecond))
	}
	return delays
}

// each returns n times the same delay.
func each(d time.Duration, n int) []time.Duration { return slices.Repeat([]time.Duration{d}, n) }

func TestNilHasNoLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var p *pace.Pacer
		assert.Equal(t, each(0, 1000), waits(t, p, 1000))
		p.Throttled()
		assert.Equal(t, each(0, 1000), waits(t, p, 1000))
	})
}

func TestFixed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pace.Fixed(10)
		assert.Equal(t, each(0, 10), waits(t, p, 10), "a second's worth at once")
		assert.Equal(t, each(100*time.Millisecond, 30), waits(t, p, 30))
		p.Throttled()
		assert.Equal(t, each(100*time.Millisecond, 5), waits(t, p, 5), "a refusal changes nothing")
		time.Sleep(time.Hour)
		assert.Equal(t, each(0, 10), waits(t, p, 10), "a long pause earns no more than a second's worth")
		assert.Equal(t, each(100*time.Millisecond, 1), waits(t, p, 1))
	})
}

func TestFixedBelowOneCallPerSecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		assert.Equal(t, []time.Duration{0, 4 * time.Second, 4 * time.Second}, waits(t, pace.Fixed(0.25), 3))
	})
}

// An adaptive limit starts with a refusal, and ends five seconds after the last one.
func TestAdaptive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pace.Adaptive(4)
		assert.Equal(t, each(0, 1000), waits(t, p, 1000), "nothing was refused yet")
		p.Throttled()
		assert.Equal(t, each(250*time.Millisecond, 12), waits(t, p, 12), "not even the first call is made at once")
		p.Throttled() // after three seconds
		assert.Equal(t, each(250*time.Millisecond, 19), waits(t, p, 19))
		time.Sleep(time.Second)
		assert.Equal(t, each(0, 1000), waits(t, p, 1000))
		p.Throttled()
		assert.Equal(t, each(250*time.Millisecond, 2), waits(t, p, 2), "it starts again")
	})
}

// A call whose turn comes after its deadline fails at once, and leaves its turn to others.
func TestDeadlineBeforeTheTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pace.Fixed(1)
		waits(t, p, 1)
		ctx, cancel := context.WithTimeout(t.Context(), 999*time.Millisecond)
		defer cancel()
		start := time.Now()
		err := p.Wait(ctx)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.ErrorContains(t, err, "the rate limit leaves no time for the call")
		assert.Zero(t, time.Since(start))
		assert.NoError(t, ctx.Err(), "the context has not ended")
		assert.Equal(t, each(time.Second, 1), waits(t, p, 1))

		later, cancelLater := context.WithTimeout(t.Context(), 1001*time.Millisecond)
		defer cancelLater()
		assert.NoError(t, p.Wait(later))
	})
}

func TestCancellation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pace.Fixed(1)
		waits(t, p, 1)
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		time.AfterFunc(300*time.Millisecond, cancel)
		require.ErrorIs(t, p.Wait(ctx), context.Canceled)
		assert.Equal(t, 300*time.Millisecond, time.Since(start))
		require.ErrorIs(t, p.Wait(ctx), context.Canceled, "even if a turn were free")
		assert.Equal(t, each(700*time.Millisecond, 1), waits(t, p, 1), "the turn is left to the next call")
	})
}

// In no window of time are there more calls than the rate allows for it, and the burst.
func TestRateOfEveryWindow(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		random := rand.New(rand.NewPCG(seed, 0))
		perSecond := []float64{0.5, 1, 3, 10, 47}[random.IntN(5)]
		fixed := random.IntN(2) == 0
		burst := 1.0
		if fixed {
			burst = max(1, perSecond)
		}
		synctest.Test(t, func(t *testing.T) {
			p := pace.Fixed(perSecond)
			if !fixed {
				p = pace.Adaptive(perSecond)
				p.Throttled()
				stop := keepThrottled(t.Context(), p)
				defer stop()
			}
			made := callsOfMany(t.Context(), p, random)
			for i := range made {
				for j := i; j < len(made); j++ {
					const rounding = 1e-6
					allowed := perSecond*made[j].Sub(made[i]).Seconds() + burst + rounding
					if n := float64(j - i + 1); n > allowed {
						require.Fail(t, "too many calls", "seed %d: %v calls from %v to %v, allowed are %v", seed, n, made[i], made[j], allowed)
					}
				}
			}
			require.NotEmpty(t, made, fmt.Sprint("seed ", seed))
		})
	}
}

// keepThrottled refuses a call every four seconds.
func keepThrottled(ctx context.Context, p *pace.Pacer) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { // ends with stop
		defer close(done)
		ticks := time.NewTicker(4 * time.Second)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				p.Throttled()
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		cancel()
		<-done
	}
}

// callsOfMany returns the times of the calls of several callers, who pause now and then,
// and some of whom give up.
func callsOfMany(ctx context.Context, p *pace.Pacer, random *rand.Rand) []time.Time {
	var mu sync.Mutex
	var made []time.Time
	var callers sync.WaitGroup
	for range 1 + random.IntN(8) {
		own := rand.New(rand.NewPCG(random.Uint64(), 0))
		callers.Go(func() {
			for range 20 {
				if own.IntN(4) == 0 {
					time.Sleep(time.Duration(own.Int64N(int64(10 * time.Second))))
				}
				ctx, cancel := context.WithCancel(ctx)
				if own.IntN(4) == 0 {
					time.AfterFunc(time.Duration(own.Int64N(int64(time.Second))), cancel)
				}
				if p.Wait(ctx) == nil {
					mu.Lock()
					made = append(made, time.Now())
					mu.Unlock()
				}
				cancel()
			}
		})
	}
	callers.Wait()
	slices.SortFunc(made, time.Time.Compare)
	return made
}
