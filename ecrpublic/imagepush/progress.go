package imagepush

import (
	"sync"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Progress says how far one layer, config or manifest is.
type Progress struct {
	// Descriptor says which one; its Size is the total.
	Descriptor ocispec.Descriptor

	// Done is how many of its bytes the repository has: 0 when they turn out to be
	// missing and whenever an upload starts, which can be more than once.
	Done int64

	// Skipped is true if the repository had it before; Done is then the whole
	// size. What an image that is skipped refers to is not reported.
	Skipped bool
}

// report collects what became of each blob and manifest.
type report struct {
	notify func(Progress)

	mu       sync.Mutex
	settled  map[digest.Digest]bool
	uploaded []ocispec.Descriptor
	skipped  []ocispec.Descriptor
	pending  []Progress
	busy     bool // somebody hands out what is pending
}

func newReport(notify func(Progress)) *report {
	if notify == nil {
		notify = func(Progress) {}
	}
	return &report{notify: notify, settled: map[digest.Digest]bool{}}
}

func (r *report) progress(desc ocispec.Descriptor, done int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.send(Progress{Descriptor: desc, Done: done})
}

func (r *report) upload(desc ocispec.Descriptor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.settle(desc) {
		r.uploaded = append(r.uploaded, desc)
		r.send(Progress{Descriptor: desc, Done: desc.Size})
	}
}

func (r *report) skip(desc ocispec.Descriptor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.settle(desc) {
		r.skipped = append(r.skipped, desc)
		r.send(Progress{Descriptor: desc, Done: desc.Size, Skipped: true})
	}
}

// settle reports whether a digest is heard of for the first time.
func (r *report) settle(desc ocispec.Descriptor) bool {
	first := !r.settled[desc.Digest]
	r.settled[desc.Digest] = true
	return first
}

// send calls notify, one call at a time and without the lock, so that notify may
// come back here. Whoever finds a call under way leaves the next one to it.
func (r *report) send(p Progress) {
	r.pending = append(r.pending, p)
	if r.busy {
		return
	}
	r.busy = true
	defer func() { r.busy = false }()
	for len(r.pending) > 0 {
		next := r.pending[0]
		r.pending = r.pending[1:]
		r.call(next)
	}
}

// call calls notify without the lock.
func (r *report) call(p Progress) {
	r.mu.Unlock()
	defer r.mu.Lock()
	r.notify(p)
}

// Transfer says what a push or a mirror sent and what it did not have to send.
type Transfer struct {
	// Uploaded are the layers, configs and manifests that were sent, in the
	// order in which they were complete.
	Uploaded []ocispec.Descriptor

	// Skipped are those that the repository had before. One manifest stands for
	// everything that it refers to.
	Skipped []ocispec.Descriptor

	// UploadedBytes is the sum of the sizes of Uploaded. What was sent more than
	// once, because of a failure, counts once.
	UploadedBytes int64

	// Calls is how many calls of the API were made for it, and Attempts how often
	// they were tried: the difference is what failures and throttling cost. A
	// client that is a mock makes one attempt for each call.
	Calls, Attempts int64
}

func (t *Target) transfer() Transfer {
	r := t.report
	r.mu.Lock()
	defer r.mu.Unlock()
	result := Transfer{Uploaded: r.uploaded, Skipped: r.skipped, Calls: t.calls.made.Load(), Attempts: t.calls.attempts.Load()}
	for _, desc := range r.uploaded {
		result.UploadedBytes += desc.Size
	}
	return result
}
