package compare

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// history holds the options of a client and its calls.
type history struct {
	seed  uint64
	setup retrySetup
	calls []historicCall
}

// historicCall is a call with the responses to its attempts; the last is repeated.
type historicCall struct {
	pause     time.Duration // before it
	answers   []historicAnswer
	deadline  time.Duration // from its start; 0 is none
	cancelled time.Duration // from its start; 0 is never, less is before it
	setup     *retrySetup   // per-call options
	onStack   bool          // an API option, which makes the call go through the stack
}

// historicAnswer is a response, or an error of the transport.
type historicAnswer struct {
	after      time.Duration
	err        error
	status     int
	code       string
	message    string
	inHeader   bool          // the code is only in the header
	skew       time.Duration // of the Date header
	noDate     bool
	age        string
	retryAfter string
	cutOff     bool
}

var (
	modelled   = []string{"ServerException", "RepositoryNotFoundException", "InvalidParameterException", "TooManyTagsException", "UnsupportedCommandException", "ImageNotFoundException"}
	unmodelled = []string{
		"Throttling", "ThrottlingException", "RequestTimeout", "InternalFailure", "ServiceUnavailable", "AccessDeniedException", "SlowDown",
		"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException", "ExpiredToken", "PriorRequestNotComplete", "Zap", "",
	}
	statuses        = []int{400, 400, 400, 403, 404, 408, 429, 429, 500, 500, 501, 502, 503, 503, 504}
	transportErrors = []error{
		&net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET},
		&net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED},
		&url.Error{Op: "Post", URL: "https://api.ecr-public.us-east-1.amazonaws.com/", Err: io.EOF},
		&url.Error{Op: "Post", URL: "https://api.ecr-public.us-east-1.amazonaws.com/", Err: errors.New("http: server closed idle connection")},
		&net.DNSError{Err: "no such host", Name: "api.ecr-public.us-east-1.amazonaws.com", IsNotFound: true},
		&net.DNSError{Err: "server misbehaving", Name: "api.ecr-public.us-east-1.amazonaws.com", IsTemporary: true},
		lateError{}, io.ErrUnexpectedEOF, context.DeadlineExceeded, context.Canceled, errors.New("boom"),
	}
)

type lateError struct{}

func (lateError) Error() string   { return "i/o timeout" }
func (lateError) Timeout() bool   { return true }
func (lateError) Temporary() bool { return true }

func newHistory(seed uint64) history {
	r := random{rand.New(rand.NewPCG(seed, 17))}
	h := history{seed: seed, setup: r.setup()}
	for range 1 + r.IntN(8) {
		h.calls = append(h.calls, r.call())
	}
	if h.setup.adaptive() || slices.ContainsFunc(h.calls, func(c historicCall) bool { return c.setup != nil && c.setup.adaptive() }) {
		h.withoutThrottles()
	}
	return h
}

// withoutThrottles replaces throttles. After a throttle, the adaptive retryer ends up
// waiting for less than a nanosecond, and the clock of a bubble stands still.
func (h history) withoutThrottles() {
	for _, c := range h.calls {
		for i := range c.answers {
			a := &c.answers[i]
			if slices.Contains([]string{"Throttling", "ThrottlingException", "SlowDown", "PriorRequestNotComplete", "LimitExceededException"}, a.code) {
				a.code = "InternalFailure"
			}
			if a.status == http.StatusTooManyRequests {
				a.status = http.StatusServiceUnavailable
			}
		}
	}
}

type random struct{ *rand.Rand }

func (r random) once(in int) bool { return r.IntN(in) == 0 }

func pickOne[T any](r random, from []T) T { return from[r.IntN(len(from))] }

// duration returns a random number of nanoseconds up to a limit. It is unlikely that
// two are the same.
func (r random) duration(limit time.Duration) time.Duration {
	return 1 + time.Duration(r.Int64N(int64(limit)))
}

func (r random) call() historicCall {
	c := historicCall{onStack: r.once(3)}
	if r.once(3) {
		c.pause = r.duration(2 * time.Minute)
	}
	for range 1 + r.IntN(5) {
		c.answers = append(c.answers, r.answer())
	}
	switch r.IntN(8) {
	case 0, 1:
		c.deadline = r.duration(3 * time.Second)
	case 2:
		c.deadline = time.Minute
	}
	switch r.IntN(10) {
	case 0:
		c.cancelled = r.duration(2 * time.Second)
	case 1:
		if r.once(5) {
			c.cancelled = -1
		}
	}
	if r.once(6) {
		setup := r.setup()
		c.setup = &setup
	}
	return c
}

func (r random) answer() historicAnswer {
	a := historicAnswer{status: 200, inHeader: r.once(3)}
	if r.once(2) {
		a.after = r.duration(500 * time.Millisecond)
	}
	switch r.IntN(10) {
	case 0, 1:
		a.err = pickOne(r, transportErrors)
	case 2, 3:
		a.status, a.code = pickOne(r, statuses), pickOne(r, modelled)
	case 4, 5, 6, 7:
		a.status, a.code = pickOne(r, statuses), pickOne(r, unmodelled)
	case 8:
		if r.once(8) {
			a.status, a.code = 400, "LimitExceededException"
		}
		a.cutOff = a.status == 200 && r.once(20)
	}
	if r.once(60) {
		a.message = "connection reset by peer"
	}
	switch r.IntN(8) {
	case 0:
		a.skew = time.Duration(r.Int64N(int64(20*time.Minute))) - 10*time.Minute
	case 1:
		a.skew = time.Duration(r.IntN(48)-24) * time.Hour
	case 2:
		a.noDate = true
	}
	if r.once(10) {
		a.age = pickOne(r, []string{"0", "30", "7200", "-1", "soon"})
	}
	if r.once(8) {
		a.retryAfter = pickOne(r, []string{"0", "1", "250", "1500", "90000", "-5", "later"})
	}
	return a
}

// context returns the context of the call, which ends as the history says.
func (c historicCall) context(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	if c.deadline > 0 {
		cancel()
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), c.deadline)
	}
	switch {
	case c.cancelled < 0:
		cancel()
	case c.cancelled > 0:
		timer := time.AfterFunc(c.cancelled, cancel)
		return ctx, func() { timer.Stop(); cancel() }
	}
	return ctx, cancel
}

// response returns the HTTP response, dated now.
func (a historicAnswer) response(r *http.Request) *http.Response {
	header := http.Header{"X-Amzn-Requestid": {"00000000-1111-2222-3333-444444444444"}, "Content-Type": {"application/x-amz-json-1.1"}}
	if !a.noDate {
		header.Set("Date", time.Now().Add(a.skew).UTC().Format(http.TimeFormat))
	}
	for name, value := range map[string]string{"Age": a.age, "X-Amz-Retry-After": a.retryAfter} {
		if value != "" {
			header.Set(name, value)
		}
	}
	body := "{}"
	if a.status != http.StatusOK {
		code := a.code
		if a.inHeader && code != "" {
			header.Set("X-Amzn-Errortype", code)
			code = ""
		}
		body = fmt.Sprintf(`{"__type":%q,"message":%q}`, code, a.message)
		if code == "" {
			body = fmt.Sprintf(`{"message":%q}`, a.message)
		}
	}
	response := &http.Response{StatusCode: a.status, Header: header, ContentLength: int64(len(body)), Request: r, Body: io.NopCloser(strings.NewReader(body))}
	if a.cutOff {
		response.Body = io.NopCloser(io.MultiReader(strings.NewReader(body[:1]), brokenReader{}))
	}
	return response
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// show describes a call of the history.
func (h history) show(i int) string {
	c := h.calls[i]
	var b strings.Builder
	fmt.Fprintf(&b, "client: %v; call: pause %v, deadline %v, cancelled %v, options %v, on the stack %t", h.setup, c.pause, c.deadline, c.cancelled, c.setup, c.onStack)
	for _, a := range c.answers {
		fmt.Fprintf(&b, "\n\t%+v", a)
	}
	return b.String()
}
