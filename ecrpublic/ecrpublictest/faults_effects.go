package ecrpublictest

import (
	"context"
	"net/http"
	"time"

	"github.com/aws/smithy-go"

	"github.com/ecr-public/ecr-public-go/ecrpublic/ecrpublictest/internal/wire"
)

// Effect is what a [Fault] does to a request. The zero value does nothing. The
// functions that return an Effect say what it is; [Middleware] makes
// one of your own middleware.
type Effect struct {
	// around answers a request itself, or has next answer and spoils that.
	around func(f *faults, next http.Handler) http.Handler

	// call runs an operation of the API, or answers itself.
	call      func(f *faults, c call) (output any, err error)
	pagesOnly bool // of the operations, call is for those that list pages
}

// Middleware runs your own middleware around the server, for what none of the
// other effects does.
func Middleware(wrap func(next http.Handler) http.Handler) Effect {
	return Effect{around: func(_ *faults, next http.Handler) http.Handler { return wrap(next) }}
}

// instead answers in the server's place, so that nothing is processed.
func instead(answer http.HandlerFunc) Effect {
	return Middleware(func(http.Handler) http.Handler { return answer })
}

// spoil has the request processed and sends something else than its answer.
func spoil(send func(a *answer)) Effect {
	return Middleware(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { send(capture(w, next, r)) })
	})
}

// Throttle answers as the service does when requests come too fast: the API
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

// ExpiredToken answers as the service does to credentials that have expired: the
// API with ExpiredTokenException, the registry host, whose bearers live an hour,
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

// Fail answers with an error and does not process the request. The error is one
// of package types, or a *smithy.GenericAPIError for any other code; the status
// is 500 when it is the server's fault and 400 otherwise. The registry puts code
// and message into its own form.
func Fail(err smithy.APIError) Effect {
	if err.ErrorFault() == smithy.FaultServer {
		return FailWithStatus(http.StatusInternalServerError, err)
	}
	return FailWithStatus(http.StatusBadRequest, err)
}

// FailWithStatus is [Fail] with an HTTP status of your choice.
func FailWithStatus(status int, err smithy.APIError) Effect {
	return instead(func(w http.ResponseWriter, r *http.Request) { fail(w, r, status, err) })
}

// Status answers with an HTTP status and no body, as a load balancer may, and
// does not process the request.
func Status(status int) Effect {
	return instead(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
}

// Delay waits before the request is processed, or until its client goes.
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

// ResetAfter processes the request and resets the connection without an answer,
// so that the client cannot know that it was processed.
func ResetAfter() Effect {
	return spoil(func(a *answer) { reset(a.to) })
}

// ResetMidway processes the request, sends the first half of the answer and
// resets the connection.
func ResetMidway() Effect {
	return spoil(func(a *answer) {
		if a.reset {
			return // by another fault, with nothing left to send on
		}
		a.sendHalf(a.body.Len())
		_ = http.NewResponseController(a.to).Flush() // a connection that is gone already is as good as reset
		reset(a.to)
	})
}

// Truncate processes the request and sends the first half of the answer's body
// as if it were the whole: Content-Length agrees with it.
func Truncate() Effect {
	return spoil(func(a *answer) { a.sendHalf(a.body.Len() / 2) })
}

// CutOff processes the request, sends the first half of the answer's body with
// the Content-Length of the whole, and closes the connection in good order.
func CutOff() Effect {
	return spoil(func(a *answer) { a.sendHalf(a.body.Len()) })
}

// Body processes the request and sends these bytes as the body, with the
// answer's own status and header.
func Body(body []byte) Effect {
	return spoil(func(a *answer) { a.sendBody(len(body), body) })
}

// ClockOffset moves the clock of the answer's Date header, and of the check of
// signatures that [WithCredentials] asks for, ahead by d, or back if d is
// negative. Timestamps of what is created stay right.
func ClockOffset(d time.Duration) Effect {
	return Effect{around: func(f *faults, next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := capture(w, next, r.WithContext(context.WithValue(r.Context(), clockOffsetKey{}, d)))
			a.header.Set("Date", f.now().Add(d).UTC().Format(http.TimeFormat))
			a.send()
		})
	}}
}

// HideNew makes the service eventually consistent: a repository that
// CreateRepository made is not seen by the next reads, as many as are given
// here. A read is each operation of the API that names the repository, and each
// page that lists it. Other operations are left alone.
func HideNew(reads int) Effect {
	return Effect{call: func(f *faults, c call) (any, error) { return c.hide(f, reads) }}
}

// ShortPages cuts the pages of the listing operations to size items, at least
// one. For the fault, a request is a page that is made.
func ShortPages(size int) Effect {
	return Effect{pagesOnly: true, call: func(_ *faults, c call) (any, error) { return c.shorten(max(1, size)) }}
}

// RepeatToken makes a page's nextToken the token that the page was asked for
// with, so that a client that only follows tokens never gets to the end. A first
// page is asked for with none and keeps its own. For the fault, a request is a
// page that is made.
func RepeatToken() Effect {
	return Effect{pagesOnly: true, call: func(_ *faults, c call) (any, error) { return c.repeatToken() }}
}
