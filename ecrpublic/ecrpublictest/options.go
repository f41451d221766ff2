package ecrpublictest

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/internal/endpoints"
)

// Option changes how an emulator is set up.
type Option func(*config)

// config holds the options. It does not change once a handler is created.
type config struct {
	registry.Config

	mode      RegistryMode
	blobHost  string
	region    string
	anyRegion bool
	accessKey string
	secretKey string
	seed      uint64
	rates     Rates

	checkHosts bool
	hosts      []string
	control    bool

	clockOffset *atomic.Int64 // in nanoseconds; moves Clock
}

// WithAccount sets the twelve-digit account that owns the registry; the default
// is 123456789012.
func WithAccount(id string) Option { return func(c *config) { c.Account = id } }

// WithAlias sets an alias of the registry. An alias of the form that the
// service assigns, such as "a1b2c3d4", replaces the default alias. Any other is
// a custom alias, which is active and primary beside the default alias. Without
// this option the default alias is computed from the account.
func WithAlias(alias string) Option { return func(c *config) { c.Alias = alias } }

// WithCredentials makes the emulator verify that requests to the API are signed
// with these keys. Without it every request passes, signed or not.
func WithCredentials(accessKey, secretKey string) Option {
	return func(c *config) { c.accessKey, c.secretKey = accessKey, secretKey }
}

// WithQuotas replaces the service's quotas; a field that is zero keeps the
// default.
func WithQuotas(q Quotas) Option { return func(c *config) { c.Quotas = registry.Quotas(q) } }

// WithClock sets the emulator's clock, for timestamps, the Date header, the
// expiry of tokens and uploads, and signatures. It is called concurrently. Nil
// means time.Now.
func WithClock(now func() time.Time) Option { return func(c *config) { c.Clock = now } }

// WithDataDir keeps the state in a directory, so that it survives a restart and a
// crash: repositories, images, layers, catalog data, policies and tags, but not
// uploads that are still open. The directory is created if it is missing, and
// otherwise must be empty or an emulator's own, of this version or an earlier one.
// Only one emulator can use it at a time. An empty path keeps the state in memory.
func WithDataDir(dir string) Option { return func(c *config) { c.DataDir = dir } }

// WithRegion sets the region that the emulator stands for, which is also that of
// [Server.Config]. Any other than us-east-1, the default, refuses every operation
// with UnsupportedCommandException, as us-west-2 does, whatever region it is signed
// for.
func WithRegion(region string) Option {
	return func(c *config) { c.region, c.anyRegion = region, c.anyRegion || region != endpoints.HomeRegion }
}

// WithAnyRegion accepts requests signed for any region, for programs whose region
// cannot be set. Without it, requests signed for us-west-2 are refused with
// UnsupportedCommandException, as by the service, and those for other regions,
// where the service has no endpoint, with InvalidSignatureException.
func WithAnyRegion() Option { return func(c *config) { c.anyRegion = true } }

// WithUploadExpiry sets how long an upload may stay idle before it is dropped;
// zero means 24 hours.
func WithUploadExpiry(idle time.Duration) Option {
	return func(c *config) { c.UploadExpiry = idle }
}

// WithLoginLife sets how long the logins of GetAuthorizationToken are valid; zero
// means 12 hours, as on the service.
func WithLoginLife(d time.Duration) Option { return func(c *config) { c.LoginLife = d } }

// WithBearerLife sets how long the tokens that the registry host issues at
// /token/ are valid, with or without a login. Zero means one hour, as on the
// service.
func WithBearerLife(d time.Duration) Option { return func(c *config) { c.BearerLife = d } }

// RegistryMode says how the registry host behaves where the service and the OCI
// specification differ.
type RegistryMode string

const (
	// RegistryECR behaves like ECR, including its refusals and quirks. It is the
	// default.
	RegistryECR RegistryMode = "ecr"

	// RegistryOCI behaves as the OCI distribution specification says.
	RegistryOCI RegistryMode = "oci"
)

// WithRegistryMode sets how the registry host behaves; the default is
// [RegistryECR].
func WithRegistryMode(mode RegistryMode) Option { return func(c *config) { c.mode = mode } }

// WithBlobHost sets the host, with port if any, to which the registry host
// redirects clients for blobs if they use one of its real names or TLS; it must
// lead to the emulator. Without it those clients get blobs directly, except those
// of [Server.Transport]. Clients of 127.0.0.1 are redirected to localhost, and
// those of localhost to 127.0.0.1.
func WithBlobHost(host string) Option { return func(c *config) { c.blobHost = host } }

func newConfig(opts []Option) (c config, err error) {
	c.region, c.mode = endpoints.HomeRegion, RegistryECR
	for _, opt := range opts {
		opt(&c)
	}
	c.mode = cmp.Or(c.mode, RegistryECR)
	c.Lenient = c.mode == RegistryOCI
	if c.Config, err = c.Config.WithDefaults(); err != nil {
		return c, err
	}
	c.clockOffset = new(atomic.Int64)
	now := c.Clock
	c.Clock = func() time.Time { return now().Add(time.Duration(c.clockOffset.Load())) }
	return c, c.check()
}

func (c *config) check() error {
	switch {
	case c.mode != RegistryECR && c.mode != RegistryOCI:
		return fmt.Errorf("registry mode %q: want %q or %q", c.mode, RegistryECR, RegistryOCI)
	case c.region == "":
		return errors.New("region: want a name such as us-east-1")
	case (c.accessKey == "") != (c.secretKey == ""):
		return errors.New("credentials: want both an access key and a secret key, or neither")
	}
	return c.rates.check()
}
