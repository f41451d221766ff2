package housekeeping

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/manifest"
	"github.com/ecr-public/ecr-public-go/ecrpublic/registry"
)

const (
	// concurrency is how many manifests are read at a time.
	concurrency = 8

	// maxFailures is how many manifests in a row may be unreadable before the
	// rest are skipped.
	maxFailures = 5

	// rounds is how often an unreadable manifest is tried, in addition to the
	// client's attempts for each request.
	rounds = 2
)

// reading adds to an inventory what the manifests that can change the plan
// say.
type reading struct {
	*inventory
	client     PruneAPIClient
	repository string
	terms      terms
	options    PruneOptions
	source     *source
	total      int

	mu       sync.Mutex
	done     int
	failures int // in a row
	failed   map[*image]error
}

// run returns the first error of an unread manifest that matters. It reads
// indexes first: an unreadable one may refer to any image, so nothing can be
// deleted and nothing else needs to be read.
func (r *reading) run(ctx context.Context) error {
	var indexes, others []*image
	for _, image := range r.images {
		switch {
		case image.unread == "" || image.digest == "":
		case image.mayBeIndex():
			indexes = append(indexes, image)
		default:
			others = append(others, image)
		}
	}
	if r.total = len(indexes) + len(others); r.total == 0 {
		return nil
	}
	if r.most() == nil {
		markRead(r.images)
		return nil
	}
	var err error
	if r.source, err = newSource(ctx, r.client, r.repository, r.options); err != nil {
		return err
	}
	if err := r.readAll(ctx, indexes); err != nil {
		return err
	}
	for {
		needed, rest := r.split(others)
		if len(needed) == 0 || err != nil || ctx.Err() != nil {
			markRead(rest)
			return err
		}
		r.total = r.done + len(needed)
		err = r.readAll(ctx, needed)
	}
}

// most returns the digests of all images that could be deleted, whatever the
// unread manifests say; none if no rule expires anything.
func (r *reading) most() map[string]bool {
	expires, deleted := false, map[string]bool{}
	for _, v := range r.terms.decide(r.images, true) {
		if v.deleted {
			deleted[v.image.digest] = true
			expires = expires || v.Reason == ReasonExpired
		}
	}
	if !expires {
		return nil
	}
	return deleted
}

// split returns the unread images whose manifests can change the plan, and the rest:
// children of an index that stays in any case, images that stay because of their push
// time, and all if nothing can be deleted. A manifest that is read may list children
// although its media type is not one of an index, so that one of the rest is needed then.
func (r *reading) split(images []*image) (needed, rest []*image) {
	most := r.most()
	for _, image := range images {
		switch {
		case image.unread == "":
		case most[image.digest]:
			needed = append(needed, image)
		default:
			rest = append(rest, image)
		}
	}
	return needed, rest
}

// markRead marks images as read whose manifests cannot change the plan.
func markRead(images []*image) {
	for _, image := range images {
		image.unread = ""
	}
}

// readAll reads manifests, and tries the unreadable ones once more at the end. It
// stops when too many in a row are unreadable; the rest stay unread. It returns
// the error of the first unreadable one.
func (r *reading) readAll(ctx context.Context, images []*image) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r.failed = map[*image]error{}
	left := images
	for range rounds {
		var group errgroup.Group
		group.SetLimit(concurrency)
		for _, image := range left {
			if ctx.Err() != nil {
				break
			}
			group.Go(func() error {
				err := r.read(ctx, image)
				if ctx.Err() == nil && r.note(image, err) >= maxFailures {
					cancel()
				}
				return nil
			})
		}
		_ = group.Wait() // no function returns an error
		left = slices.DeleteFunc(slices.Clone(images), func(i *image) bool { return r.failed[i] == nil })
	}
	r.images = slices.DeleteFunc(r.images, func(i *image) bool { return i.gone })
	if len(left) > 0 {
		return r.failed[left[0]]
	}
	return nil
}

// read adds what the manifest of an image says. If the host has no manifest,
// the image may still exist: read asks the API again.
func (r *reading) read(ctx context.Context, image *image) error {
	m, err := r.source.manifest(ctx, image.digest)
	if registry.IsNotFound(err) {
		found, describeErr := describeImages(ctx, r.client, r.repository, r.registryId, []string{image.digest})
		if image.gone = describeErr == nil && len(found) == 0; image.gone {
			return nil
		}
	}
	if err != nil && ctx.Err() != nil {
		return err // which says nothing about the image
	}
	if err != nil {
		image.unread = notReadable
		return err
	}
	parsed, err := manifest.Parse(m.Content)
	if err != nil {
		image.unread = notReadable
		return fmt.Errorf("manifest %s: %w", image.digest, err)
	}
	if image.setLinks(parsed, m.Descriptor.MediaType); image.unread != "" {
		return fmt.Errorf("manifest %s: %s", image.digest, image.unread)
	}
	return nil
}

// note counts a tried manifest, and returns how many in a row have failed.
func (r *reading) note(image *image, err error) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.failures++
		r.failed[image] = err
		return r.failures
	}
	delete(r.failed, image)
	r.failures = 0
	r.done++
	p := Progress{Step: StepRead, Done: r.done, Total: r.total}
	if rate := r.options.rate(); rate > 0 {
		p.Left = time.Duration(float64(r.total-r.done) / rate * float64(time.Second))
	}
	report(r.options.Progress, p)
	return 0
}
