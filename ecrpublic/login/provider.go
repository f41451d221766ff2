package login

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// RefreshWindow is how long before expiry a [Provider] starts to renew
	// credentials: long enough to finish a push that starts with them, and to
	// bridge an outage of the service. Credentials that live for less than two
	// hours are renewed in the second half of their life instead.
	RefreshWindow = time.Hour

	// refreshPause is the delay after a failed refresh while the cached
	// credentials are valid.
	refreshPause = time.Minute

	// refreshTimeout bounds the request for a login that callers share.
	refreshTimeout = 30 * time.Second

	// moment is how long a caller with valid credentials waits for the renewal
	// that it started. The service usually needs half of that.
	moment = 500 * time.Millisecond
)

// ProviderOptions configures a [Provider]. Every zero value works.
type ProviderOptions struct {
	// Hosts are the registry hosts, with port if any, that get the credentials;
	// nil means [RegistryHosts]. Set it for an emulator or a proxy.
	Hosts []string

	// OnRefreshError is called with each refresh error that no call of
	// [Provider.Credentials] returns, usually because the cached credentials are
	// still valid. It runs on a goroutine of the provider and must be safe for
	// concurrent use; nil ignores the errors.
	OnRefreshError func(error)

	// Now returns the current time; nil means time.Now. Only differences
	// between its results count, except for a response without a Date.
	Now func() time.Time
}

// Provider caches credentials and renews them before they expire. Methods may
// be called concurrently. Create one with [NewProvider]; the zero value has no
// client, and its methods fail or panic.
//
// An idle provider has no goroutine. A refresh runs on its own goroutine,
// outlives the caller that started it, and ends when the client returns. The
// client's context ends after thirty seconds, and no caller waits longer for a
// client that ignores it.
//
// The lifetime of credentials is the time from the Date of the response to
// expiresAt, twelve hours at most, and starts when they are received. The local
// clock may therefore be wrong. Time for which the machine sleeps counts. If
// the response has no Date, the local clock is used instead. If expiresAt is
// not in the future, the credentials are kept for a minute.
type Provider struct {
	client  GetAuthorizationTokenAPIClient
	options ProviderOptions

	mu       sync.Mutex
	held     *held    // nil before the first success and after Invalidate
	inFlight *refresh // nil while nobody fetches
}

// NewProvider creates a provider that gets credentials from client. It makes
// no request before credentials are needed.
func NewProvider(client GetAuthorizationTokenAPIClient, optFns ...func(*ProviderOptions)) *Provider {
	var options ProviderOptions
	for _, fn := range optFns {
		fn(&options)
	}
	if options.Hosts == nil {
		options.Hosts = RegistryHosts()
	}
	if options.OnRefreshError == nil {
		options.OnRefreshError = func(error) {}
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	return &Provider{client: client, options: options}
}

// Serves reports whether the provider's credentials are for host, written as in
// an image reference; port 443 makes no difference. Do not send them to any
// other host.
func (p *Provider) Serves(host string) bool {
	return slices.ContainsFunc(p.options.Hosts, func(served string) bool { return sameRegistry(served, host) })
}

// Credentials returns valid credentials. It calls the service if there are none
// or if they are due for renewal. While the cached ones are valid, a caller
// waits at most half a second for a renewal, whatever its context, and gets
// them if the renewal fails.
//
// Callers without valid credentials share one request, and each stops waiting
// when its own context ends. If the request fails, the caller that started it
// gets the error and the others share one more request, so no caller waits
// longer than a minute. Errors are those of [Get]. A panic of the client becomes
// an error, which prints the stack with %+v.
func (p *Provider) Credentials(ctx context.Context) (Credentials, error) {
	for again := false; ; again = true {
		found := p.look(ctx, again)
		if found.refresh == nil {
			return found.credentials, found.err
		}
		if found.valid {
			found.refresh.waitBriefly(ctx)
			continue // what is held now may be fresh
		}
		select {
		case <-found.refresh.done:
		case <-ctx.Done():
			p.leave(found)
			return Credentials{}, waitError(ctx)
		}
		if err := found.refresh.err; err == nil || found.final {
			return found.refresh.credentials, err
		}
	}
}

// Invalidate drops credentials that a registry host refused, for example because
// they were revoked: the next caller of [Provider.Credentials] waits for new
// ones. It does nothing if the provider has replaced them since, so all callers
// that were refused at the same time can call it with the credentials that they
// used. Request new credentials only once; give up if those are refused too.
func (p *Provider) Invalidate(refused Credentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil && p.held.credentials().Password == refused.Password {
		p.held = nil
	}
}

// found is the state that a caller finds: credentials, an error, or a refresh to
// wait for.
type found struct {
	credentials Credentials
	err         error
	refresh     *refresh
	valid       bool // the caller started the refresh though it has valid credentials
	final       bool // the caller returns the error of the refresh
}

// look joins or starts a refresh if one is needed.
func (p *Provider) look(ctx context.Context, again bool) found {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.options.Now()
	valid := p.held.valid(now)
	switch {
	case valid && (p.inFlight != nil || !p.held.due(now)):
		return found{credentials: p.held.credentials()}
	case valid:
		return found{refresh: p.start(ctx), valid: true}
	case ctx.Err() != nil:
		return found{err: waitError(ctx)}
	}
	f := found{refresh: p.inFlight, final: again || p.inFlight == nil}
	if f.refresh == nil {
		f.refresh = p.start(ctx)
	}
	if f.final {
		f.refresh.hearers++
	}
	return f
}

// leave is called by a caller that no longer waits.
func (p *Provider) leave(f found) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f.final {
		f.refresh.hearers--
	}
}

func waitError(ctx context.Context) error {
	return fmt.Errorf("wait for an ECR Public login: %w", context.Cause(ctx))
}
