package housekeeping

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/ecr-public/ecr-public-go/types"
)

// Policy says which images of a repository to delete. The zero value deletes
// none.
//
// Rules are applied in order. The first rule that selects an image decides about
// it: a later rule cannot delete what an earlier one selected and kept. Every
// rule counts all images that it selects, including those decided by an earlier
// rule.
type Policy struct {
	// Rules are in order of priority; the first is the highest.
	Rules []Rule

	// KeepTags are patterns, as in [Rule.TagPatterns]. An image with a tag that
	// matches any of them is never deleted, and rules do not count it.
	KeepTags []string
}

// Rule selects images and says which of them expire. An expired image is deleted
// with all its tags.
type Rule struct {
	// Name identifies the rule in a [Plan]; empty means "rule" and its position
	// in the policy, starting with 1.
	Name string

	// TagStatus selects tagged images, untagged ones or both. Required.
	TagStatus TagStatus

	// TagPatterns narrow a selection of tagged images: each must match a tag of
	// the image, not necessarily the same one. '*' matches any number of
	// characters, including none; for a prefix, write "v1.*". Nil selects every
	// tagged image.
	TagPatterns []string

	// OlderThan expires images that were pushed longer ago than this. 0 means
	// any age.
	OlderThan time.Duration

	// KeepNewest keeps that many of the most recently pushed images that the rule
	// selects, and expires the rest. 0 keeps none. Images in doubt stay and are
	// not counted.
	//
	// If OlderThan is set too, an image expires only if both expire it. Without
	// either, TagStatus must be TagStatusUntagged or TagPatterns must be set, so
	// that a forgotten field cannot empty a repository.
	KeepNewest int
}

// TagStatus chooses images by whether they have a tag.
type TagStatus string

// Values of [TagStatus], as in private ECR's lifecycle policies.
const (
	// TagStatusAny selects all images.
	TagStatusAny TagStatus = "any"
	// TagStatusTagged selects images that have a tag.
	TagStatusTagged TagStatus = "tagged"
	// TagStatusUntagged selects images without a tag.
	TagStatusUntagged TagStatus = "untagged"
)

func (p Policy) check() error {
	var errs []error
	for i, pattern := range p.KeepTags {
		errs = append(errs, checkPattern(fmt.Sprintf("KeepTags[%d]", i), pattern))
	}
	for i, rule := range p.Rules {
		if err := rule.check(); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", p.ruleName(i), err))
		}
	}
	return errors.Join(errs...)
}

func (r Rule) check() error {
	switch {
	case !slices.Contains([]TagStatus{TagStatusAny, TagStatusTagged, TagStatusUntagged}, r.TagStatus):
		return fmt.Errorf("TagStatus is %q, must be any, tagged or untagged", r.TagStatus)
	case len(r.TagPatterns) > 0 && r.TagStatus != TagStatusTagged:
		return fmt.Errorf("TagPatterns must be empty for %s images", r.TagStatus)
	case r.OlderThan < 0:
		return fmt.Errorf("OlderThan is %s, must not be negative", r.OlderThan)
	case r.KeepNewest < 0:
		return fmt.Errorf("KeepNewest is %d, must not be negative", r.KeepNewest)
	case r.OlderThan == 0 && r.KeepNewest == 0 && r.TagStatus != TagStatusUntagged && len(r.TagPatterns) == 0:
		return fmt.Errorf("OlderThan, KeepNewest or TagPatterns must be set: the rule would delete all %s images", r.TagStatus)
	}
	var errs []error
	for i, pattern := range r.TagPatterns {
		errs = append(errs, checkPattern(fmt.Sprintf("TagPatterns[%d]", i), pattern))
	}
	return errors.Join(errs...)
}

var tagPattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9_.*-]+$`) })

// checkPattern accepts only patterns whose sole wildcard for path.Match is
// '*'.
func checkPattern(field, pattern string) error {
	if !tagPattern().MatchString(pattern) {
		return fmt.Errorf("%s is %q, must consist of letters, digits, '-', '_', '.' and the wildcard '*'", field, pattern)
	}
	return nil
}

func (p Policy) ruleName(i int) string {
	if name := p.Rules[i].Name; name != "" {
		return name
	}
	return fmt.Sprintf("rule %d", i+1)
}

// candidate is an image that the rules judge.
type candidate struct {
	*Decision
	counts bool // whether it is known to be one that rules count
}

// evaluate decides about candidates, which are sorted newest first. It also
// judges those that do not count; the caller keeps them in any case.
func (p Policy) evaluate(candidates []candidate, now time.Time) {
	for n, rule := range p.Rules {
		rank := 0
		for _, c := range candidates {
			if !rule.selects(c.Image) {
				continue
			}
			place := rank + 1
			if c.counts {
				rank = place
			}
			if c.Rule != "" {
				continue
			}
			c.Rule, c.Reason = p.ruleName(n), ReasonRetained
			if rule.isOld(c.Image, now) && place > rule.KeepNewest {
				c.Reason = ReasonExpired
			}
		}
	}
}

// isOld reports whether an image is known to be older than the rule's age.
func (r Rule) isOld(image types.ImageDetail, now time.Time) bool {
	return r.OlderThan == 0 || image.ImagePushedAt != nil && now.Sub(*image.ImagePushedAt) > r.OlderThan
}

func (r Rule) selects(image types.ImageDetail) bool {
	tagged := len(image.ImageTags) > 0
	if r.TagStatus == TagStatusTagged && !tagged || r.TagStatus == TagStatusUntagged && tagged {
		return false
	}
	for _, pattern := range r.TagPatterns {
		if !anyTagMatches(image.ImageTags, []string{pattern}) {
			return false
		}
	}
	return true
}

func anyTagMatches(tags, patterns []string) bool {
	return slices.ContainsFunc(tags, func(tag string) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			matched, _ := path.Match(pattern, tag)
			return matched
		})
	})
}
