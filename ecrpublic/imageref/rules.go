package imageref

import (
	"fmt"
	"regexp"
	"sync"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// The service's rules.
var (
	registryIdRule     = newRule("registry id", limits.RegistryId, 0, 0)
	aliasRule          = newRule("registry alias", limits.Alias, limits.MinAlias, limits.MaxAlias)
	repositoryNameRule = newRule("repository name", limits.RepositoryName, limits.MinRepositoryName, limits.MaxRepositoryName)
	tagRule            = newRule("tag", limits.Tag, 1, limits.MaxTag)
	digestRule         = newRule("digest", limits.Digest, 0, 0)
)

// rule is what the service accepts as one part of a name. Its pattern is
// compiled at first use; a max of 0 leaves the length to the pattern.
type rule struct {
	part     string
	pattern  func() *regexp.Regexp
	min, max int
}

func newRule(part, pattern string, minLength, maxLength int) rule {
	compile := func() *regexp.Regexp { return regexp.MustCompile("^" + pattern + "$") }
	return rule{part: part, pattern: sync.OnceValue(compile), min: minLength, max: maxLength}
}

// check returns an error that says why s is invalid. The patterns allow ASCII
// only, so bytes are characters.
func (r rule) check(s string) error {
	if r.max > 0 && (len(s) < r.min || len(s) > r.max) {
		return fmt.Errorf("%s must have %d to %d characters, has %d", r.part, r.min, r.max, len(s))
	}
	if !r.pattern().MatchString(s) {
		return fmt.Errorf("%s %q does not match %s", r.part, s, r.pattern())
	}
	return nil
}
