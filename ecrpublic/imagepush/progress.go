package imagepush

import (
	"slices"
	"sync"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Progress reports the progress of one layer, config or manifest. A digest that
// several images share is reported as one.
//
// For each digest, the Descriptor stays the same and Done grows from report to report.
// If the push succeeds, the last report of each digest has Done equal to
// Descriptor.Size. Neither the sum of Done over all digests nor that of Descriptor.Size
// ever shrinks. [Push], [Mirror] and [Promote] report everything that an image lacks
// before they send its first byte, so that the sum of Descriptor.Size then grows only
// with further images and referrers.
type Progress struct {
	// Descriptor identifies the layer, config or manifest; its Size is the
	// total.
	Descriptor ocispec.Descriptor

	// Done is how many of its bytes were sent: 0 when it is found to be missing, and
	// the whole size only once the repository has it. An upload that starts again
	// is not reported until it is further than any before.
	Done int64

	// Skipped is true if the repository already had it; Done is then the whole
	// size. The content of a skipped image is not reported.
	Skipped bool
}

// report collects what became of each blob and manifest.
type report struct {
	notify func(Progress)

	mu       sync.Mutex
	states   map[digest.Digest]*state
	uploaded []ocispec.Descriptor
	skipped  []ocispec.Descriptor
	pending  []Progress
	busy     bool // a caller sends what is pending
}

// state is what was reported of a digest.
type state struct {
	desc    ocispec.Descriptor
	done    int64
	settled bool // the repository has it
	skipped bool // and had it before
}

func newReport(notify func(Progress)) *report {
	if notify == nil {
		notify = func(Progress) {}
	}
	return &report{notify: notify, states: map[digest.Digest]*state{}}
}

// progress reports how many bytes were sent, unless it was more before.
func (r *report) progress(desc ocispec.Descriptor, done int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, first := r.state(desc)
	if s.settled || done <= s.done && !first {
		return
	}
	s.done = done
	r.send(Progress{Descriptor: s.desc, Done: done})
}

// upload reports that something was sent, even if the repository had it: an image is
// sent again for a tag.
func (r *report) upload(desc ocispec.Descriptor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, _ := r.state(desc)
	if s.settled && !s.skipped {
		return
	}
	r.uploaded = append(r.uploaded, desc)
	if s.skipped {
		s.skipped = false
		r.skipped = slices.DeleteFunc(r.skipped, func(skipped ocispec.Descriptor) bool { return skipped.Digest == desc.Digest })
		return
	}
	r.settle(s, false)
}

// skip reports that the repository had something, unless it was just sent there.
func (r *report) skip(desc ocispec.Descriptor) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if s, _ := r.state(desc); !s.settled {
		r.skipped = append(r.skipped, desc)
		r.settle(s, true)
	}
}

// state returns the state of a digest, and whether nothing was reported of it yet.
func (r *report) state(desc ocispec.Descriptor) (s *state, first bool) {
	s, known := r.states[desc.Digest]
	if !known {
		s = &state{desc: desc}
		r.states[desc.Digest] = s
	}
	return s, !known
}

func (r *report) settle(s *state, skipped bool) {
	s.settled, s.skipped, s.done = true, skipped, s.desc.Size
	r.send(Progress{Descriptor: s.desc, Done: s.done, Skipped: skipped})
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

// Transfer says what was sent and what was already there. Its slices belong to the
// caller. In a dry run, nothing is in Uploaded.
type Transfer struct {
	// Uploaded lists the layers, configs and manifests that were sent, in the order of
	// completion. To set a tag, the manifest is sent even if the repository has it.
	Uploaded []ocispec.Descriptor

	// Skipped lists those that the repository already had and that were not sent. A
	// manifest stands for everything that it refers to.
	Skipped []ocispec.Descriptor

	// UploadedBytes is the sum of the sizes of Uploaded. What was resent because
	// of a failure counts once.
	UploadedBytes int64

	// Calls is the number of API calls and, with [TargetOptions.Registry], of layers
	// and manifests sent to the registry host. Attempts is the number of their
	// attempts: the difference is the cost of failures and throttling. A mock client
	// makes one attempt per call.
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
