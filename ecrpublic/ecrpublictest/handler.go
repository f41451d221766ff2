package ecrpublictest

import (
	"io"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/host"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/registry"
	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// Handler is an emulator without a listener, for a server of your own. The API
// is at "/", the registry at "/v2/" and "/token/". A Handler is safe for
// concurrent use.
type Handler struct {
	config   config
	store    *registry.Store
	faults   *faults
	recorder *recorder
	root     http.Handler
}

// NewHandler creates an emulator. An error names the invalid option, or says
// why the data directory cannot be used.
func NewHandler(opts ...Option) (*Handler, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	s, err := registry.New(c.Config)
	if err != nil {
		return nil, err
	}
	h := &Handler{config: c, store: s, faults: newFaults(c), recorder: newRecorder(c)}
	served := h.recorder.wrap(h.faults.wrap(h.limits(h.route())))
	if c.control {
		served = (&control{handler: h, offset: c.clockOffset}).before(served)
	}
	h.root = h.stamp(c.guard(served))
	return h, nil
}

// limits applies the rates to a handler, if there are any.
func (h *Handler) limits(next http.Handler) http.Handler {
	if h.config.rates == (Rates{}) {
		return next
	}
	l := &limiter{now: h.config.Clock, rates: h.config.rates.byName(), store: h.store, buckets: map[string]*rate.Limiter{}}
	return l.wrap(next)
}

// ServeHTTP serves the API and the registry host.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.root.ServeHTTP(w, r) }

// AddImage puts a small image into a repository, points the tags at it, and
// returns its digest. It creates the repository if it is missing, and the image
// is different each time. Faults do not apply to it, and no request is
// recorded. Without tags, the image is untagged. It fails, as the API does, if
// a name or a tag is invalid or a quota is exhausted; what it did before stays.
func (h *Handler) AddImage(repository string, tags ...string) (digest string, err error) {
	return h.store.AddImage(repository, tags...)
}

// Close ends open uploads and releases the data directory. If there is one,
// requests that change something fail from then on. Further calls do nothing.
func (h *Handler) Close() error { return h.store.Close() }

// stamp gives every response an id and the time.
func (h *Handler) stamp(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(awsjson.RequestIDHeader, registry.NewUUID())
		w.Header().Set("Date", h.store.Now().Format(http.TimeFormat))
		next.ServeHTTP(w, r)
	})
}

// route separates the registry host and the API.
func (h *Handler) route() http.Handler {
	c := h.config
	api := wire.API{
		Store: h.store, Region: c.region, AnyRegion: c.anyRegion, AccessKey: c.accessKey, SecretKey: c.secretKey,
		Now:       func(r *http.Request) time.Time { return c.Clock().Add(clockOffset(r.Context())) },
		Intercept: h.faults.intercept,
	}.Handler()
	registryHost := host.New(h.store, c.mode == RegistryECR, c.blobHost)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case isRegistry(r):
			registryHost.ServeHTTP(w, r)
		case r.Method == http.MethodPost:
			api.ServeHTTP(w, r)
		default:
			introduce(w, r)
		}
	})
}

// introduce says what this is, to a browser that found the port.
func introduce(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD, POST")
		http.Error(w, "operations of the API are POST requests", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "This is an emulator of Amazon ECR Public.\n\n"+
		"Its API is here: POST / with X-Amz-Target, as the AWS SDKs send it.\n"+
		"Its registry is at /v2/, for docker and other container tools.\n")
}
