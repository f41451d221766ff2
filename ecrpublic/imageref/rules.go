package imageref

import (
	"fmt"
	"regexp"
	"sync"
)

// The service's rules, each stated here alone. The service checks tags and
// digests without documenting how; those two patterns are the ones its private
// sibling quotes in error messages.
var (
	registryIdRule     = newRule("registry id", `^[0-9]{12}$`, 0, 0)
	aliasRule          = newRule("registry alias", `^[a-z][a-z0-9]+(?:[._-][a-z0-9]+)*$`, 2, 50)
	repositoryNameRule = newRule("repository name", `^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$`, 2, 205)
	tagRule            = newRule("tag", `^[a-zA-Z0-9-_.]+$`, 1, 300)
	digestRule         = newRule("digest", `^[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+$`, 0, 0)
)

// rule is what the service accepts as one part of a name. Its pattern is
// compiled at first use; a max of 0 leaves the length to the pattern.
type rule struct {
	part     string
	pattern  func() *regexp.Regexp
	min, max int
}

func newRule(part, pattern string, minLength, maxLength int) rule {
	compile := func() *regexp.Regexp { return regexp.MustCompile(pattern) }
	return rule{part: part, pattern: sync.OnceValue(compile), min: minLength, max: maxLength}
}

// check explains what is wrong with s; the patterns allow ASCII only, so bytes
// are characters.
func (r rule) check(s string) error {
	if r.max > 0 && (len(s) < r.min || len(s) > r.max) {
		return fmt.Errorf("%s has %d characters, allowed are %d to %d", r.part, len(s), r.min, r.max)
	}
	if !r.pattern().MatchString(s) {
		return fmt.Errorf("%s %q does not match %s", r.part, s, r.pattern())
	}
	return nil
}
