package ecrpublictest

import (
	"crypto/sha256"
	"hash"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
	"github.com/ecr-public/ecr-public-go/internal/awsjson"
)

// Request is a request that the server received.
type Request struct {
	// Operation is the operation of the API, such as "PutImage", or the method
	// and the root of a registry request, such as "PATCH /v2/" or "GET /token/".
	Operation string

	// Time is when the request arrived, by the server's clock.
	Time time.Time

	// Method and Path are those of the HTTP request; a call of the API is a POST
	// of "/".
	Method, Path string

	// Header is the header, with "REDACTED" for what authenticates the request.
	// It is shared: do not change it.
	Header http.Header

	// Input is the input of an operation of the API, such as
	// *ecrpublic.PutImageInput, without its blobs. It is nil for registry
	// requests and for a body that is not the operation's. It is shared: do not
	// change it.
	Input any

	// Status is the HTTP status of the response; 0 while there is none, and
	// permanently if the connection ended without one.
	Status int

	// BytesReceived and BytesSent are the sizes of the request and response
	// bodies, as far as they were read and written.
	BytesReceived, BytesSent int64
}

// Requests returns the requests to the API and to the registry host in the order
// of their arrival, including those ended by a fault or by the signature check.
// Only the latest are kept: 10,000, or fewer if their inputs exceed 16 MiB.
func (h *Handler) Requests() []Request { return h.recorder.list() }

// Count returns how many requests of an operation have arrived, retries
// included. The operation is named as in [Request]; "" counts them all.
func (h *Handler) Count(operation string) int { return h.recorder.count(operation) }

// ResetRequests forgets all requests and restarts the counts at 0.
func (h *Handler) ResetRequests() { h.recorder.reset() }

const (
	maxRequests   = 10_000
	maxInputBytes = 16 << 20
)

// recorder keeps the latest requests.
type recorder struct {
	now     func() time.Time
	newHash func() hash.Hash // for the check of signatures; its hash may be nil

	mu         sync.Mutex
	requests   []*recorded
	inputBytes int
	counts     map[string]int
}

func newRecorder(c config) *recorder {
	newHash := func() hash.Hash { return nil }
	if c.accessKey != "" {
		newHash = sha256.New
	}
	return &recorder{now: c.Clock, newHash: newHash, counts: map[string]int{}}
}

// wrap records a request before it is processed, and each part of its response
// before the client can see it.
func (rec *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &recorded{recorder: rec, request: Request{
			Operation: operationName(r),
			Time:      rec.now(),
			Method:    r.Method,
			Path:      r.URL.Path,
			Header:    redacted(r.Header),
		}}
		if input := wire.NewInput(e.request.Operation); input != nil {
			defer e.readInput(r, input)()
		} else {
			r.Body = &countedBody{r.Body, e}
		}
		rec.add(e)
		counted := &countedResponse{ResponseWriter: w, of: e}
		next.ServeHTTP(counted, r)
		counted.finish()
	})
}

func (rec *recorder) add(e *recorded) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.counts[e.request.Operation]++
	rec.counts[""]++
	rec.requests = append(rec.requests, e)
	rec.inputBytes += e.inputBytes
	for len(rec.requests) > maxRequests || rec.inputBytes > maxInputBytes {
		rec.inputBytes -= rec.requests[0].inputBytes
		rec.requests[0] = nil
		rec.requests = rec.requests[1:]
	}
}

func (rec *recorder) list() []Request {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	list := make([]Request, len(rec.requests))
	for i, e := range rec.requests {
		list[i] = e.request
	}
	return list
}

func (rec *recorder) count(operation string) int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.counts[operation]
}

func (rec *recorder) reset() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.requests, rec.inputBytes = nil, 0
	clear(rec.counts)
}

// operationName is the operation of an API request, or the method and the root
// of any other.
func operationName(r *http.Request) string {
	if name := wire.OperationOf(r); name != "" {
		return name
	}
	root, _, below := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if below {
		root += "/"
	}
	return r.Method + " /" + root
}

// isRegistry reports whether a request is for the registry rather than the API.
func isRegistry(r *http.Request) bool { return r.URL.Path != "/" }

// redacted returns a copy of a header with the sender's secrets redacted.
func redacted(header http.Header) http.Header {
	clean := header.Clone()
	for _, secret := range awsjson.SecretHeaders {
		if clean.Get(secret) != "" {
			clean.Set(secret, "REDACTED")
		}
	}
	return clean
}
