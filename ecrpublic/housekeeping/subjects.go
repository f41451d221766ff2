package housekeeping

import (
	"context"
	"fmt"
	"slices"

	"github.com/opencontainers/go-digest"
)

// checkSubjects asks the API for the subjects of referrers that would be deleted,
// or counted, because their subjects were not listed. A listing that moves passes
// over an image, and then the image stays while its signature goes. Referrers of
// what is there after all, or may be, are in doubt. It returns the first error.
func (r *reading) checkSubjects(ctx context.Context) (err error) {
	about := map[string][]*image{}
	g := newGraph(r.images)
	var unlisted []string
	for _, v := range r.terms.decide(r.images, false) {
		if !v.deleted && !r.isCounted(v.image) {
			continue
		}
		for _, subject := range v.image.subjects() {
			if g.images[subject] == nil && isDigest(subject) {
				about[subject] = append(about[subject], v.image)
				unlisted = append(unlisted, subject)
			}
		}
	}
	slices.Sort(unlisted)
	failures := 0
	for _, subject := range slices.Compact(unlisted) {
		doubt := "its subject " + subject + " may be there, but was not listed"
		if failures < maxFailures {
			found, describeErr := describeImages(ctx, r.client, r.repository, r.registryId, []string{subject})
			switch {
			case describeErr != nil:
				failures++
				if err == nil {
					err = fmt.Errorf("subject %s: %w", subject, describeErr)
				}
			case len(found) == 0:
				failures = 0
				continue
			default:
				failures = 0
				doubt = "its subject " + subject + " is there, but was not listed"
			}
		}
		for _, image := range about[subject] {
			image.doubt = doubt
		}
	}
	return err
}

// isCounted reports whether a rule counts an image unless it goes with others.
func (r *reading) isCounted(image *image) bool {
	return image.isBare() && slices.ContainsFunc(r.terms.policy.Rules, func(rule Rule) bool {
		return rule.KeepNewest > 0 && rule.selects(image.detail)
	})
}

// isDigest reports whether an image can have a digest: the service has only
// those of SHA-256.
func isDigest(text string) bool {
	d := digest.Digest(text)
	return d.Validate() == nil && d.Algorithm() == digest.SHA256
}
