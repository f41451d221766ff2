package imagepush

import (
	"sync"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Progress reports the progress of one layer, config or manifest.
type Progress struct {
	// Descriptor identifies the layer, config or manifest; its Size is the
	// total.
	Descriptor ocispec.Descriptor

	// Done is how many of its bytes the repository has: 0 when it is found to be
	// missing and whenever an upload starts, which can happen more than once.
	Done int64

	// Skipped is true if the repository already had it; Done is then the whole
	// size. The content of a skipped image is not reported.
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
	busy     bool // a caller sends what is pending
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

// settle reports whether a digest is seen for the first time.
func (r *report) settle(desc ocispec.Descriptor) bool {
	first := !r.settled[desc.Digest]
	r.settled[desc.Digest] = true
	return first
}

// send calls notify, one call at a time and without the lock, so that notify may
// call send. A caller that finds a call in progress leaves its report to that
// one.
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

// Transfer says what was sent and what was already there.
type Transfer struct {
	// Uploaded lists the layers, configs and manifests that were sent, in the
	// order of completion.
	Uploaded []ocispec.Descriptor

	// Skipped lists those that the repository already had. A manifest stands for
	// everything that it refers to.
	Skipped []ocispec.Descriptor

	// UploadedBytes is the sum of the sizes of Uploaded. What was resent because
	// of a failure counts once.
	UploadedBytes int64

	// Calls is the number of API calls, and Attempts the number of their
	// attempts: the difference is the cost of failures and throttling. A mock
	// client makes one attempt per call.
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
