package login

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// RefreshWindow is how long before their expiry a [Provider] starts to renew
	// credentials: long enough for a push that starts with them to end, and for
	// an outage of the service to pass unnoticed. Credentials that live less
	// than twice as long are renewed in the second half of their life instead.
	RefreshWindow = time.Hour

	// refreshPause is how long a failed refresh is not tried again while the
	// credentials at hand are valid.
	refreshPause = time.Minute

	// refreshTimeout bounds the request for a login that callers share.
	refreshTimeout = 30 * time.Second

	// moment is how long a caller that has valid credentials waits for the
	// renewal that it started. The service usually needs half of it.
	moment = 500 * time.Millisecond
)

// ProviderOptions configures a [Provider]. Every zero value works.
type ProviderOptions struct {
	// Hosts are the registry hosts, with the port if there is one, that get the
	// credentials; nil means [RegistryHosts]. Set it for an emulator or a proxy.
	Hosts []string

	// OnRefreshError is called with each refresh error that no call of
	// [Provider.Credentials] returns, in most cases because the credentials at
	// hand are still valid. It runs on a goroutine of the provider, and must be
	// safe for concurrent use; nil ignores the errors.
	OnRefreshError func(error)

	// Now returns the current time; nil means time.Now. Only differences
	// between its results count, except for a response without a Date.
	Now func() time.Time
}

// Provider keeps credentials and renews them in time. All methods may be called
// concurrently. [NewProvider] makes one; the zero value has no client and its
// methods fail or panic.
//
// A provider has no goroutine while nothing is asked of it. A refresh runs on a
// goroutine of its own, outlives the caller that started it, and ends when the
// client returns, whose context ends after thirty seconds. Nobody waits longer
// for a client that ignores its context.
//
// Credentials are valid for as long as expiresAt is after the Date of the
// response, and for twelve hours at most, from the moment they are received. The
// local clock may therefore be wrong; the sleep of a machine counts. If the
// response has no Date, the local clock takes its place, and if expiresAt does
// not lie ahead at all, the credentials are kept for a minute.
type Provider struct {
	client  GetAuthorizationTokenAPIClient
	options ProviderOptions

	mu       sync.Mutex
	held     *held    // nil before the first success and after Invalidate
	inFlight *refresh // nil while nobody fetches
}

// NewProvider makes a provider that asks client. No request is made before the
// first call that needs credentials.
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
// an image reference; port 443 makes no difference. Give them to no other host.
func (p *Provider) Serves(host string) bool {
	return slices.ContainsFunc(p.options.Hosts, func(served string) bool { return sameRegistry(served, host) })
}

// Credentials returns valid credentials. It calls the service if there are none
// or if they are due for renewal; when a renewal fails, valid ones are returned
// all the same, and a caller for whom there are valid ones waits half a second
// for it at most, whatever its context.
//
// Callers that come while there are none share one request, and each of them
// stops waiting when its own context ends. A request that fails is an answer for
// the caller that started it; the others share one more. So nobody waits longer
// than a minute. Errors are those of [Get]; a panic of the client is turned into
// one, which prints the stack with %+v.
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

// Invalidate drops credentials that a registry refused, as it does with revoked
// ones: the next caller of [Provider.Credentials] waits for new ones. It does
// nothing if the provider has replaced them since, so each of many callers whose
// requests were refused together may call it with the credentials that it used.
// Ask for new ones once, and not again when those are refused, too.
func (p *Provider) Invalidate(refused Credentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil && p.held.credentials().Password == refused.Password {
		p.held = nil
	}
}

// found is what a caller finds: credentials, an error, or a refresh to wait for.
type found struct {
	credentials Credentials
	err         error
	refresh     *refresh
	valid       bool // the caller started the refresh though it has valid credentials
	final       bool // the caller returns the error of the refresh
}

// look joins or starts a refresh where one is needed.
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

// leave is for a caller that no longer waits.
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
