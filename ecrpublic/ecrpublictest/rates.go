package ecrpublictest

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
)

// Rates limits requests per second. Requests over a rate are refused as by
// [Throttle]. A burst may have as many requests as a second allows, at least one.
// Zero means no limit.
type Rates struct {
	// InitiateLayerUpload, CompleteLayerUpload and PutImage count API operations
	// and the equivalent requests to the registry host.
	InitiateLayerUpload, CompleteLayerUpload, PutImage float64

	// AnonymousPulls counts, for each client address, manifests read with an
	// anonymous token; Pulls counts those read with a login.
	AnonymousPulls, Pulls float64
}

// DocumentedRates returns the service's documented rates: ten requests per
// second each, and one for anonymous pulls.
func DocumentedRates() Rates {
	return Rates{InitiateLayerUpload: 10, CompleteLayerUpload: 10, PutImage: 10, AnonymousPulls: 1, Pulls: 10}
}

// WithRates limits the rate of requests; without it there is no limit.
func WithRates(r Rates) Option { return func(c *config) { c.rates = r } }

func (r Rates) check() error {
	for name, value := range r.byName() {
		if value < 0 {
			return fmt.Errorf("rate of %s: %v is negative", name, value)
		}
	}
	return nil
}

const (
	pulls          = "pulls"
	anonymousPulls = "anonymous pulls"
)

func (r Rates) byName() map[string]float64 {
	return map[string]float64{
		"InitiateLayerUpload": r.InitiateLayerUpload, "CompleteLayerUpload": r.CompleteLayerUpload, "PutImage": r.PutImage,
		pulls: r.Pulls, anonymousPulls: r.AnonymousPulls,
	}
}

// limiter holds the rates of a server.
type limiter struct {
	now   func() time.Time
	rates map[string]float64
	store *registry.Store

	mu      sync.Mutex
	buckets map[string]*rate.Limiter // by what is limited and, where it matters, whom
}

// wrap puts the limits in front of a handler.
func (l *limiter) wrap(next http.Handler) http.Handler {
	refuse := Throttle().around(nil, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.allows(r) {
			next.ServeHTTP(w, r)
			return
		}
		refuse.ServeHTTP(w, r)
	})
}

func (l *limiter) allows(r *http.Request) bool {
	what := limited(r)
	who := ""
	if what == pulls && l.isAnonymous(r) {
		what = anonymousPulls
		who, _, _ = net.SplitHostPort(r.RemoteAddr)
	}
	perSecond := l.rates[what]
	if perSecond == 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket := l.buckets[what+who]
	if bucket == nil {
		bucket = rate.NewLimiter(rate.Limit(perSecond), max(1, int(perSecond)))
		l.buckets[what+who] = bucket
	}
	return bucket.AllowN(l.now(), 1)
}

func (l *limiter) isAnonymous(r *http.Request) bool {
	_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	_, allowed, err := l.store.OpenBearer(token)
	return err == nil && allowed == registry.MayPull
}

// limited names what a request counts as. That only a GET of a manifest is a pull
// is a guess.
func limited(r *http.Request) string {
	if !isRegistry(r) {
		return operationName(r)
	}
	manifest := strings.Contains(r.URL.Path, "/manifests/")
	upload := strings.Contains(r.URL.Path, "/blobs/uploads")
	switch {
	case manifest && r.Method == http.MethodGet:
		return pulls
	case manifest && r.Method == http.MethodPut:
		return "PutImage"
	case upload && r.Method == http.MethodPost:
		return "InitiateLayerUpload"
	case upload && r.Method == http.MethodPut:
		return "CompleteLayerUpload"
	}
	return ""
}
