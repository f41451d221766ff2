package ecrpublictest

import (
	"io"
	"net/http"

	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// Handler is an emulator without a listener, for a server of your own. The API
// is at "/", the registry at "/v2/" and "/token/". A Handler is safe for
// concurrent use.
type Handler struct {
	store    *store
	faults   *faults
	recorder *recorder
	root     http.Handler
}

// NewHandler makes an emulator. An error names the option that is invalid, or
// tells why the data directory cannot be used.
func NewHandler(opts ...Option) (*Handler, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	s, err := newStore(c)
	if err != nil {
		return nil, err
	}
	h := &Handler{store: s, faults: newFaults(c), recorder: newRecorder(c)}
	h.root = h.stamp(h.recorder.wrap(h.faults.wrap(h.route())))
	return h, nil
}

// ServeHTTP answers requests to the API and to the registry.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h.root.ServeHTTP(w, r) }

// Close ends open uploads and lets go of the data directory. Requests that
// change something fail from then on if there is one. Calls after the first do
// nothing.
func (h *Handler) Close() error { return h.store.close() }

// stamp gives every answer an id and the time.
func (h *Handler) stamp(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(awsjson.RequestIDHeader, newUUID())
		w.Header().Set("Date", h.store.config.now().Format(http.TimeFormat))
		next.ServeHTTP(w, r)
	})
}

// route separates the registry host and the API.
func (h *Handler) route() http.Handler {
	var endpoint http.Handler = api{h.store, h.faults.intercept}
	if c := h.store.config; c.accessKey != "" {
		endpoint = verifySignature(c.accessKey, c.secretKey, c.clock, endpoint)
	}
	if !h.store.config.anyRegion {
		endpoint = checkRegion(endpoint)
	}
	registry := newHost(h.store)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case isRegistry(r):
			registry.ServeHTTP(w, r)
		case r.Method == http.MethodPost:
			endpoint.ServeHTTP(w, r)
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
