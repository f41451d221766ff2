package ecrpublictest

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that a whole text has to match. It is compiled
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
	repositoryNamePattern = newPattern(`(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*`)
	registryIDPattern     = newPattern(`[0-9]{12}`)
	aliasPattern          = newPattern(`[a-z][a-z0-9]+(?:[._-][a-z0-9]+)*`)
	digestPattern         = newPattern(`[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+`)
	uploadIDPattern       = newPattern(`[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`)

	// Seen on private ECR; the model has no pattern for a tag.
	imageTagPattern = newPattern(`[a-zA-Z0-9-_.]+`)

	// Inferred from the default aliases that were seen.
	defaultAliasPattern = newPattern(`([a-z][0-9]){4}`)
)
