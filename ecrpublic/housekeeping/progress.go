package housekeeping

import "time"

// Step is a stage of a prune.
type Step string

// Values of [Step], in their order.
const (
	// The images of the repository are listed; the total is not known.
	StepList Step = "list"
	// Manifests are read from the registry host.
	StepRead Step = "read"
	// Images are deleted.
	StepDelete Step = "delete"
)

// Progress is how far a step is. Done never decreases within a step.
type Progress struct {
	// Step is what is being done.
	Step Step

	// Done counts the images listed, read or settled.
	Done int

	// Total is what Done will reach; 0 when it is not known. While manifests are
	// read, it is an upper bound, which decreases when indexes show that some
	// need not be read.
	Total int

	// Left is how long reading the rest takes at the permitted rate; 0 without a
	// rate limit, with [PruneOptions.Registry], and in other steps.
	Left time.Duration
}

func report(progress func(Progress), p Progress) {
	if progress != nil {
		progress(p)
	}
}
