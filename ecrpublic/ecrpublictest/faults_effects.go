package ecrpublictest

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
)

// Effect is what a [Fault] does to a request. The zero value does nothing.
// Functions such as [Throttle] return one; [Middleware] makes one of your own
// middleware.
type Effect struct {
	// around responds to a request itself, or alters the response of next.
	around func(f *faults, next http.Handler) http.Handler

	// call runs an operation of the API, or returns a result itself.
	call      func(f *faults, c call) (output any, err error)
	pagesOnly bool // of the operations, call is for those that list pages
}

// Middleware runs your own middleware around the server, for effects that are
// missing here.
func Middleware(wrap func(next http.Handler) http.Handler) Effect {
	return Effect{around: func(_ *faults, next http.Handler) http.Handler { return wrap(next) }}
}

// instead responds in place of the server, so that nothing is processed.
func instead(respond http.HandlerFunc) Effect {
	return Middleware(func(http.Handler) http.Handler { return respond })
}

// spoil has the request processed and sends an altered response.
func spoil(send func(h *heldResponse)) Effect {
	return Middleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { send(capture(w, next, r)) })
	})
}

// Throttle responds as the service does when requests come too fast: the API
// with ThrottlingException, the registry with TOOMANYREQUESTS and 429. The
// request is not processed.
func Throttle() Effect {
	return instead(func(w http.ResponseWriter, r *http.Request) {
		code, status := "ThrottlingException", http.StatusBadRequest
		if isRegistry(r) {
			code, status = "TOOMANYREQUESTS", http.StatusTooManyRequests
		}
		fail(w, r, status, wire.ClientError(code, "Rate exceeded"))
	})
}

// ExpiredToken responds as the service does to expired credentials: the API with
// ExpiredTokenException, the registry host, whose bearer tokens live an hour,
// with 400 and DENIED. The request is not processed.
func ExpiredToken() Effect {
	return instead(func(w http.ResponseWriter, r *http.Request) {
		code, text := "ExpiredTokenException", "The security token included in the request is expired"
		if isRegistry(r) {
			code, text = "DENIED", "Your Authorization Token is invalid."
		}
		fail(w, r, http.StatusBadRequest, wire.ClientError(code, text))
	})
}

// Fail responds with an error and does not process the request. The error is one
// of package types, or a *smithy.GenericAPIError for any other code; the status
// is 500 for a fault of the server and 400 otherwise. The registry host puts
// code and message into its own form.
func Fail(err smithy.APIError) Effect {
	if err.ErrorFault() == smithy.FaultServer {
		return FailWithStatus(http.StatusInternalServerError, err)
	}
	return FailWithStatus(http.StatusBadRequest, err)
}

// FailWithStatus is like [Fail], with the given HTTP status.
func FailWithStatus(status int, err smithy.APIError) Effect {
	return instead(func(w http.ResponseWriter, r *http.Request) { fail(w, r, status, err) })
}

// Status responds with an HTTP status and no body, as a load balancer may,
// and does not process the request.
func Status(status int) Effect {
	return instead(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// Delay waits before the request is processed, or until its client
// disconnects.
func Delay(d time.Duration) Effect {
	return Middleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			timer := time.NewTimer(d)
			defer timer.Stop()
			select {
			case <-timer.C:
				next.ServeHTTP(w, r)
			case <-r.Context().Done():
				panic(http.ErrAbortHandler)
			}
		})
	})
}

// ResetBefore resets the connection and does not process the request.
func ResetBefore() Effect {
	return instead(func(w http.ResponseWriter, _ *http.Request) { reset(w) })
}

// ResetAfter processes the request and resets the connection without a
// response, so that the client cannot know that it was processed.
func ResetAfter() Effect {
	return spoil(func(h *heldResponse) { reset(h.to) })
}

// ResetMidway processes the request, sends the first half of the response and
// resets the connection.
func ResetMidway() Effect {
	return spoil(func(h *heldResponse) {
		if h.reset {
			return // by another fault, with nothing left to send on
		}
		h.sendHalf(h.body.Len())
		_ = http.NewResponseController(h.to).Flush() // a connection that is gone already is as good as reset
		reset(h.to)
	})
}

// Truncate processes the request and sends the first half of the response body
// as if it were complete: Content-Length matches it.
func Truncate() Effect {
	return spoil(func(h *heldResponse) { h.sendHalf(h.body.Len() / 2) })
}

// CutOff processes the request, sends the first half of the response body with
// the Content-Length of the whole, and closes the connection cleanly.
func CutOff() Effect {
	return spoil(func(h *heldResponse) { h.sendHalf(h.body.Len()) })
}

// Body processes the request and sends these bytes as the body, with the
// response's own status and header.
func Body(body []byte) Effect {
	return spoil(func(h *heldResponse) { h.sendBody(len(body), body) })
}

// ClockOffset moves the clock of the Date header and of the signature check of
// [WithCredentials] ahead by d, or back if d is negative. Creation timestamps
// stay correct.
func ClockOffset(d time.Duration) Effect {
	return Effect{around: func(f *faults, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			h := capture(w, next, r.WithContext(context.WithValue(r.Context(), clockOffsetKey{}, d)))
			h.header.Set("Date", f.now().Add(d).UTC().Format(http.TimeFormat))
			h.send()
		})
	}}
}

// HideNew makes the service eventually consistent: the given number of reads do
// not see a repository that CreateRepository has just created. A read is an API
// operation that names the repository, or a page that lists it.
func HideNew(reads int) Effect {
	return Effect{call: func(f *faults, c call) (any, error) { return c.hide(f, reads) }}
}

// ShortPages cuts the pages of the listing operations to size items, at least
// one. The fault counts pages as requests.
func ShortPages(size int) Effect {
	return Effect{pagesOnly: true, call: func(_ *faults, c call) (any, error) { return c.shorten(max(1, size)) }}
}

// RepeatToken makes a page's nextToken the token with which the page was
// requested, so that a client that only follows tokens never ends. The first
// page, requested without a token, keeps its own. The fault counts pages as
// requests.
func RepeatToken() Effect {
	return Effect{pagesOnly: true, call: func(_ *faults, c call) (any, error) { return c.repeatToken() }}
}
