package registry

import (
	"regexp"
	"sync"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// pattern is a regular expression that a whole text must match. It is compiled
// when it is first used.
type pattern struct {
	text     string
	compiled func() *regexp.Regexp
}

func newPattern(text string) pattern {
	return pattern{text, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:` + text + `)$`) })}
}

func (p pattern) matches(s string) bool { return p.compiled().MatchString(s) }

// The patterns of the service, without the anchors that its messages leave out
// too.
var (
	repositoryNamePattern = newPattern(limits.RepositoryName)
	registryIDPattern     = newPattern(limits.RegistryId)
	aliasPattern          = newPattern(limits.Alias)
	digestPattern         = newPattern(limits.Digest)
	imageTagPattern       = newPattern(limits.Tag)
	uploadIDPattern       = newPattern(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)

	// A tag that the registry host can serve, by the OCI's grammar. That the API
	// refuses others is inferred.
	servedTagPattern = newPattern(`[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`)

	// Inferred from the default aliases that were seen.
	defaultAliasPattern = newPattern(`([a-z][0-9]){4}`)
)
