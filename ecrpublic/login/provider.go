package login

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

const (
	// RefreshWindow is how long before their expiry a [Provider] begins to renew
	// credentials: long enough for a push that starts with them to end, and for
	// an outage of the service to pass unnoticed. Credentials that live less
	// than twice as long are renewed in the second half of their life instead.
	RefreshWindow = time.Hour

	// refreshPause is how long a failed refresh is not tried again while the
	// credentials at hand are valid.
	refreshPause = time.Minute
)

// ProviderOptions configures a [Provider]. Every zero value works.
type ProviderOptions struct {
	// Hosts are the registry hosts, with the port if there is one, that get the
	// credentials; nil means [RegistryHosts]. Set it for an emulator or a proxy.
	Hosts []string

	// OnRefreshError is told when a refresh failed that no caller hears of,
	// because the credentials at hand are still valid. It is called by the
	// goroutine that asked for credentials; nil ignores the failure.
	OnRefreshError func(error)

	// Now tells the time; nil means time.Now.
	Now func() time.Time
}

// Provider keeps credentials and renews them in time. It has no goroutine of its
// own: of the callers that find a refresh due, one carries it out and the others
// get the credentials at hand. All methods may be called concurrently. [NewProvider]
// makes one; the zero value has no client and its methods fail or panic.
type Provider struct {
	client  GetAuthorizationTokenAPIClient
	options ProviderOptions

	mu       sync.Mutex
	held     func() Credentials // a function, because package fmt prints what a pointer leads to
	expires  time.Time          // of held; zero before the first success
	due      time.Time          // when held should be renewed
	inFlight *refresh           // nil while nobody fetches
}

// refresh is a request that one caller makes and others may wait for. Its result
// is written before done is closed and read after.
type refresh struct {
	done        chan struct{}
	credentials Credentials
	err         error
	abandoned   bool // ended by its caller's context, so no answer for others
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
// an image reference. Give them to no other host.
func (p *Provider) Serves(host string) bool { return slices.Contains(p.options.Hosts, host) }

// Credentials returns valid credentials. It calls the service if there are none
// or if they are due for renewal; when a renewal fails, valid ones are returned
// all the same. Callers that come while there are none share one request, and
// each of them stops waiting when its own context ends. Errors are those of
// [Get].
func (p *Provider) Credentials(ctx context.Context) (Credentials, error) {
	for {
		held, r, mine := p.enter()
		if r == nil {
			return held, nil
		}
		if mine {
			return p.fetch(ctx, r)
		}
		select {
		case <-r.done:
		case <-ctx.Done():
			return Credentials{}, fmt.Errorf("wait for an ECR Public login: %w", context.Cause(ctx))
		}
		if !r.abandoned {
			return r.credentials, r.err
		}
	}
}

// Invalidate drops credentials that the registry refused: the next caller of
// [Provider.Credentials] waits for new ones. It does nothing if the provider
// has replaced them since, so each of many callers whose requests were refused
// together may call it with the credentials that it used.
func (p *Provider) Invalidate(refused Credentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held != nil && p.held().Password == refused.Password {
		p.held = nil
	}
}

// enter tells a caller what to do: take what is held when r is nil, carry out r
// when it is the caller's own, else wait for it.
func (p *Provider) enter() (held Credentials, r *refresh, mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.options.Now()
	if p.valid(now) && (p.inFlight != nil || now.Before(p.due)) {
		return p.held(), nil, false
	}
	if p.inFlight != nil {
		return Credentials{}, p.inFlight, false
	}
	p.inFlight = &refresh{done: make(chan struct{}), abandoned: true}
	return Credentials{}, p.inFlight, true
}

// fetch makes the request and releases those who wait for it, even if the client
// panics.
func (p *Provider) fetch(ctx context.Context, r *refresh) (Credentials, error) {
	defer p.leave(r)
	r.credentials, r.err = Get(ctx, p.client)
	if r.err == nil {
		p.hold(r.credentials)
	} else if held, ok := p.fallBack(); ok {
		p.options.OnRefreshError(r.err)
		r.credentials, r.err = held, nil
	}
	r.abandoned = r.err != nil && ctx.Err() != nil
	return r.credentials, r.err
}

func (p *Provider) leave(r *refresh) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight = nil
	close(r.done)
}

func (p *Provider) hold(fresh Credentials) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = func() Credentials { return fresh }
	p.expires, p.due = fresh.ExpiresAt, dueAt(p.options.Now(), fresh.ExpiresAt)
}

// fallBack returns what is held, if it is valid, and puts the next refresh off.
func (p *Provider) fallBack() (Credentials, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.options.Now()
	if !p.valid(now) {
		return Credentials{}, false
	}
	p.due = now.Add(refreshPause)
	return p.held(), true
}

// valid needs the lock.
func (p *Provider) valid(now time.Time) bool { return p.held != nil && now.Before(p.expires) }

// dueAt is the later of a window before the expiry and half of the life.
func dueAt(issued, expires time.Time) time.Time {
	half, window := issued.Add(expires.Sub(issued)/2), expires.Add(-RefreshWindow)
	if half.After(window) {
		return half
	}
	return window
}
