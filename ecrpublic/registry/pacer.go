package registry

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/ecr-public/ecr-public-go/ecrpublic/internal/pace"
	"github.com/ecr-public/ecr-public-go/internal/limits"
)

// burst is how many manifests may be requested at once after a pause: docker pull of
// an image of several platforms sends three in a row.
const burst = 3

// pacer makes requests wait for their turn. Nil lets all of them pass.
type pacer struct {
	pulls *rate.Limiter
	kinds map[string]*pace.Pacer // limits that the host enforces and the options do not

	mu    sync.Mutex
	until time.Time // the end of a pause that the host asked for
}

func newPacer(perSecond float64, loggedIn bool) *pacer {
	p := &pacer{kinds: map[string]*pace.Pacer{
		startUpload: pace.Adaptive(limits.WriteRate), endUpload: pace.Adaptive(limits.WriteRate), putManifest: pace.Adaptive(limits.WriteRate),
	}}
	switch {
	case perSecond < 0:
		p.pulls = rate.NewLimiter(rate.Inf, 0)
		p.kinds[pull] = pace.Adaptive(limits.LoginRate)
		return p
	case perSecond == 0 && loggedIn:
		perSecond = limits.LoginRate
	case perSecond == 0:
		perSecond = limits.AnonymousRate
	}
	p.pulls = rate.NewLimiter(rate.Limit(perSecond), max(burst, int(perSecond)))
	return p
}

// Kinds of requests that the host counts for a rate each.
const (
	pull        = "pull"
	startUpload = "start of an upload"
	endUpload   = "end of an upload"
	putManifest = "put of a manifest"
)

func kindOf(req *http.Request) string {
	upload := strings.Contains(req.URL.Path, "/blobs/uploads/")
	switch {
	case isPull(req):
		return pull
	case upload && req.Method == http.MethodPost:
		return startUpload
	case upload && req.Method == http.MethodPut:
		return endUpload
	case req.Method == http.MethodPut && strings.Contains(req.URL.Path, "/manifests/"):
		return putManifest
	}
	return ""
}

// adaptive returns the limit that a request has once the host has refused one of its
// kind; nil if it has none.
func (p *pacer) adaptive(req *http.Request) *pace.Pacer {
	if p == nil {
		return nil
	}
	return p.kinds[kindOf(req)]
}

// wait waits until the host's pause is over and for a request's turn. It does not start
// to wait for what comes after the context's deadline.
func (p *pacer) wait(req *http.Request, attempt int) error {
	if p == nil {
		return nil
	}
	ctx := req.Context()
	for {
		pause := time.Until(p.pausedUntil())
		if pause <= 0 {
			break
		}
		if outlasts(ctx, pause) {
			return &Error{
				Method: req.Method, URL: shown(req.URL), StatusCode: http.StatusTooManyRequests,
				Message: "not sent, because the host asked to wait", RetryAfter: pause,
			}
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
	}
	if own := p.adaptive(req); own != nil {
		return own.Wait(ctx)
	}
	if !isPull(req) && attempt == 1 {
		return nil
	}
	err := p.pulls.Wait(ctx)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("the limit of %v manifests per second leaves no time for the request: %w", p.pulls.Limit(), context.DeadlineExceeded)
	}
	return err
}

func (p *pacer) pausedUntil() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.until
}

// pause stops all requests for a while.
func (p *pacer) pause(d time.Duration) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); until.After(p.until) {
		p.until = until
	}
}

// outlasts reports whether a wait ends after the context's deadline.
func outlasts(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) < wait
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
