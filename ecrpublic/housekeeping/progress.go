package housekeeping

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

// Progress tells how far a step is. It never goes back within a step.
type Progress struct {
	// Step is what is being done.
	Step Step

	// Done counts the images that are listed, read or settled. An image that
	// stays because an index refers to it is never settled, so Done can end
	// below Total.
	Done int

	// Total is what Done will reach; 0 when it is not known.
	Total int
}

func report(progress func(Progress), p Progress) {
	if progress != nil {
		progress(p)
	}
}
