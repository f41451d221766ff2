package ecrpublictest

import (
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Fault makes requests fail: it says which ones, and how. The zero value does
// nothing.
type Fault struct {
	// Operation is the operation to disturb, named as in [Request]: "PutImage",
	// "GET /token/". "" means every request to the API and to the registry. A name
	// that no request has is not an error: check it with [Handler.Count].
	Operation string

	// After is how many of these requests succeed before the fault starts.
	After int

	// Times is how often the fault happens; 0 means without limit.
	Times int

	// Probability, between 0 and 1, is the share of requests that the fault
	// happens to; 0 means all. Which ones depends only on [WithSeed] and on the
	// ordinal of a request among those of its operation, not on concurrent
	// requests, so it is the same in every run.
	Probability float64

	// Effect is what happens, such as [Throttle].
	Effect Effect
}

// Inject adds faults to those that the emulator has. They apply in order: a
// fault does not see, or count, requests that an earlier fault handles itself.
// If two faults alter a response, the later one does so first.
func (h *Handler) Inject(faults ...Fault) { h.faults.inject(faults) }

// ClearFaults removes all faults, and repositories hidden by [HideNew] become
// visible. Requests in progress keep their faults.
func (h *Handler) ClearFaults() { h.faults.clear() }

// WithSeed chooses the requests to which faults with a [Fault.Probability]
// happen. Without it the seed is 0.
func WithSeed(seed uint64) Option { return func(c *config) { c.seed = seed } }

// faults are the injected faults of a server.
type faults struct {
	seed   uint64
	now    func() time.Time
	hidden hiddenRepositories

	mu     sync.Mutex
	active []*activeFault
}

func newFaults(c config) *faults {
	return &faults{seed: c.seed, now: c.Clock, hidden: hiddenRepositories{account: c.Account, reads: map[string]int{}}}
}

// activeFault is a fault with its counters.
type activeFault struct {
	Fault
	number   int            // among the injected ones
	ordinals map[string]int // of requests, by operation
	seen     int            // requests of all operations
	happened int
}

func (f *faults) inject(injected []Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range injected {
		f.active = append(f.active, &activeFault{Fault: fault, number: len(f.active), ordinals: map[string]int{}})
	}
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.active = nil
	f.hidden.clear()
}

// wrap applies the faults to a handler.
func (f *faults) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.chain(f.current(), next).ServeHTTP(w, r)
	})
}

func (f *faults) current() []*activeFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.active
}

// chain applies the faults before next. Whether a fault happens is decided when
// a request reaches it.
func (f *faults) chain(active []*activeFault, next http.Handler) http.Handler {
	if len(active) == 0 {
		return next
	}
	fault, later := active[0], f.chain(active[1:], next)
	if fault.Effect.around == nil {
		return later
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.happens(fault, operationName(r)) {
			later.ServeHTTP(w, r)
			return
		}
		fault.Effect.around(f, later).ServeHTTP(w, r)
	})
}

// happens counts a request and reports whether the fault happens to it.
func (f *faults) happens(fault *activeFault, operation string) bool {
	if fault.Operation != "" && fault.Operation != operation {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	fault.seen++
	fault.ordinals[operation]++
	switch {
	case fault.seen <= fault.After, fault.Times > 0 && fault.happened == fault.Times:
		return false
	case fault.Probability > 0 && f.lot(fault, operation) >= fault.Probability:
		return false
	}
	fault.happened++
	return true
}

// lot draws a number below 1 that depends on the seed, the fault, the operation
// and the ordinal of its request, and on nothing else.
func (f *faults) lot(fault *activeFault, operation string) float64 {
	name := fnv.New64a()
	name.Write([]byte(operation))
	request := uint64(fault.number)<<32 + uint64(fault.ordinals[operation])
	return rand.New(rand.NewPCG(f.seed^name.Sum64(), request)).Float64()
}
