package compare

import (
	"flag"
	"maps"
	"slices"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

var (
	histories = flag.Int("histories", 300, "how many histories of retries TestRetryHistories plays")
	firstSeed = flag.Uint64("first-seed", 0, "the seed of the first history")
)

// TestRetryHistories plays random histories of calls to both clients, with the same
// clock and the same random numbers. It compares every attempt, its time and headers,
// and how each call ends. It plays a few hundred histories. To play more:
//
//	go test -run TestRetryHistories -v -timeout 0 . -histories 20000
//
// To show the history of a seed: -first-seed 42 -histories 1 -v
func TestRetryHistories(t *testing.T) {
	var calls, attempts int
	explained := map[string]int{}
	for seed := *firstSeed; seed < *firstSeed+uint64(*histories); seed++ {
		h := newHistory(seed)
		ours, theirs := play(t, h, ourSubject), play(t, h, officialSubject)
		for i := range h.calls {
			calls++
			attempts += len(theirs[i].attempts)
			if ours[i].String() == theirs[i].String() {
				continue
			}
			// Later calls may differ because of this one.
			what := h.explain(i, ours[i], theirs[i])
			explained[what]++
			if what == "" {
				t.Errorf("history %d, call %d:\n%s\nofficial:\n%s\nthis client:\n%s", seed, i, h.show(i), theirs[i], ours[i])
			}
			break
		}
		if *histories == 1 {
			for i := range h.calls {
				t.Logf("%s\n%s", h.show(i), theirs[i])
			}
		}
		if explained[""] > 3 {
			t.Fatalf("stopped after history %d", seed)
		}
	}
	t.Logf("%d histories, %d calls, %d attempts of the official client", *histories, calls, attempts)
	for _, what := range slices.Sorted(maps.Keys(explained)) {
		t.Logf("%6d differ because %s", explained[what], what)
	}
	if *histories >= 300 {
		assert.Greater(t, attempts, calls, "too few calls are retried to say anything")
	}
}

// play makes the calls of a history with one client.
func play(t *testing.T, h history, subject func(h history, s *script) caller) (outcomes []outcome) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := &script{start: time.Now()}
		call := subject(h, s)
		for i, c := range h.calls {
			cryptotest.SetGlobalRandom(t, h.seed+uint64(i)) // waits and IDs
			time.Sleep(c.pause)
			s.begin(c)
			ctx, cancel := c.context(t.Context())
			metadata, err := call(ctx, c)
			outcomes = append(outcomes, s.end(metadata, err))
			cancel()
		}
	})
	return outcomes
}
