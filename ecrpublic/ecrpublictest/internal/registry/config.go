package registry

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// Defaults of a configuration.
const (
	defaultAccount      = "123456789012"
	defaultUploadExpiry = 24 * time.Hour
	defaultLoginLife    = 12 * time.Hour
	defaultBearerLife   = time.Hour
)

// Config is how a registry is set up. The zero value of a field stands for its
// default.
type Config struct {
	Account      string // twelve digits
	Alias        string // the default alias or, in another form, a custom one
	DataDir      string // "" keeps the state in memory
	Quotas       Quotas
	Clock        func() time.Time // called from many goroutines
	UploadExpiry time.Duration    // of idle uploads
	LoginLife    time.Duration
	BearerLife   time.Duration

	// Lenient accepts layers and images that ECR refuses and the OCI's
	// specification does not: empty layers, small chunks, images without layers that
	// the registry host receives.
	Lenient bool

	aliases []string // all there are, the primary one last
}

// WithDefaults returns the configuration with its defaults filled in, or an error
// that names the field that is invalid.
func (c Config) WithDefaults() (Config, error) {
	c.Account = cmp.Or(c.Account, defaultAccount)
	c.UploadExpiry = cmp.Or(c.UploadExpiry, defaultUploadExpiry)
	c.LoginLife = cmp.Or(c.LoginLife, defaultLoginLife)
	c.BearerLife = cmp.Or(c.BearerLife, defaultBearerLife)
	if c.Clock == nil {
		c.Clock = time.Now
	}
	c.aliases = c.allAliases()
	c.Quotas = c.Quotas.withDefaults()
	return c, c.check()
}

func (c *Config) check() error {
	switch {
	case !registryIDPattern.matches(c.Account):
		return fmt.Errorf("account %q: want twelve digits", c.Account)
	case c.Alias != "" && !(len(c.Alias) >= limits.MinAlias && len(c.Alias) <= limits.MaxAlias && aliasPattern.matches(c.Alias)):
		return fmt.Errorf("alias %q: want %d to %d characters that match %s", c.Alias, limits.MinAlias, limits.MaxAlias, limits.Alias)
	case c.UploadExpiry < 0:
		return fmt.Errorf("upload expiry %s: want a positive duration", c.UploadExpiry)
	case c.LoginLife < 0:
		return fmt.Errorf("life of logins %s: want a positive duration", c.LoginLife)
	case c.BearerLife < 0:
		return fmt.Errorf("life of bearers %s: want a positive duration", c.BearerLife)
	}
	return c.Quotas.check()
}

// allAliases returns the default alias and, if there is another, the custom one,
// which is primary.
func (c *Config) allAliases() []string {
	if c.Alias == "" {
		return []string{defaultAlias(c.Account)}
	}
	if defaultAliasPattern.matches(c.Alias) {
		return []string{c.Alias}
	}
	return []string{defaultAlias(c.Account), c.Alias}
}

// primaryAlias is the alias that URIs are made with.
func (c *Config) primaryAlias() string { return c.aliases[len(c.aliases)-1] }

func (c *Config) hasAlias(name string) bool { return slices.Contains(c.aliases, name) }

// Now is the time with the precision of the service's timestamps.
func (s *Store) Now() time.Time { return s.config.Clock().UTC().Truncate(time.Millisecond) }
