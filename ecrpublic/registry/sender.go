package registry

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/ecr-public/ecr-public-go/internal/stall"
)

const (
	// maxAttempts is how often a request is sent while the host responds with 429
	// or with a status that is momentary.
	maxAttempts = 10

	// maxConnectAttempts is how often a request is sent without getting a response.
	maxConnectAttempts = 4

	// maxPause is the longest wait that the client does for the host. If the host
	// asks for more, the response is returned.
	maxPause = 2 * time.Minute

	minBackoff      = 250 * time.Millisecond
	maxBackoff      = 10 * time.Second
	minRateBackoff  = time.Second
	minPacedBackoff = 50 * time.Millisecond
	maxRateBackoff  = 30 * time.Second
	dataLimitNotice = "data limit exceeded" // in a 429 that lasts for the rest of the month
)

// sender sends single requests, without redirects, at a pace, and retries them.
type sender struct {
	base http.RoundTripper
	pace *pacer
}

func (s *sender) send(req *http.Request) (*http.Response, error) {
	for attempt := 1; ; attempt++ {
		if err := s.pace.wait(req, attempt); err != nil {
			closeBody(req)
			return nil, err
		}
		resp, err := stall.Bound{Limit: stall.Usual}.Send(req.Context(), req, s.base.RoundTrip)
		wait, again := s.judge(req, resp, err, attempt)
		if !again {
			return resp, err
		}
		if resp != nil {
			discard(resp)
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
		if req, err = rewound(req); err != nil {
			return nil, err
		}
	}
}

// judge reports whether to send a request again, and after what wait.
func (s *sender) judge(req *http.Request, resp *http.Response, err error, attempt int) (wait time.Duration, again bool) {
	ctx := req.Context()
	throttled := resp != nil && resp.StatusCode == http.StatusTooManyRequests
	own := s.pace.adaptive(req)
	if throttled && retryAfter(resp.Header) == 0 {
		own.Throttled()
	}
	switch {
	case ctx.Err() != nil || !canRepeat(req):
		return 0, false
	case err != nil:
		wait, again = backoff(attempt, minBackoff, maxBackoff), isRead(req) && isTransient(err) && attempt < maxConnectAttempts
	case throttled:
		wait = retryAfter(resp.Header)
		again = attempt < maxAttempts && !strings.Contains(strings.ToLower(string(peek(resp))), dataLimitNotice)
		if wait == 0 && own != nil { // which makes it wait for its turn
			wait = backoff(attempt, minPacedBackoff, maxRateBackoff)
			break
		}
		if wait == 0 {
			wait = backoff(attempt, minRateBackoff, maxRateBackoff)
		}
		if again {
			s.pace.pause(min(wait, maxPause))
		}
	case isRead(req) && isMomentary(resp.StatusCode):
		wait = max(retryAfter(resp.Header), backoff(attempt, minBackoff, maxBackoff))
		again = attempt < maxAttempts
	}
	return wait, again && wait <= maxPause && !outlasts(ctx, wait)
}

// isPull reports whether a request counts for the rate of pulls.
func isPull(req *http.Request) bool {
	return isRead(req) && strings.Contains(req.URL.Path, "/manifests/")
}

func isRead(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead || req.Method == ""
}

func isMomentary(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// isTransient reports whether the same request may succeed a moment later. It lists
// the permanent errors, because those of connections have many types, and those of
// HTTP/2 no exported one.
func isTransient(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	_, address := errors.AsType[*net.AddrError](err)
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	_, tooLarge := errors.AsType[*sizeError](err)
	_, refused := errors.AsType[*Error](err)
	return !(ok && dns.IsNotFound || address || certificate || notTLS || tooLarge || refused || errors.Is(err, http.ErrSchemeMismatch))
}

// sizeError is the error of a response that is too large.
type sizeError struct{ limit int64 }

func (e *sizeError) Error() string {
	return fmt.Sprintf("the response has more than the limit of %d bytes", e.limit)
}

// backoff doubles with each attempt; half of it is random.
func backoff(attempt int, least, most time.Duration) time.Duration {
	d := min(least<<(attempt-1), most)
	return d/2 + rand.N(d/2+1)
}

// canRepeat reports whether a request can be sent again.
func canRepeat(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
}

// rewound returns a request, for which canRepeat holds, with its body at the start.
func rewound(req *http.Request) (*http.Request, error) {
	if req.GetBody == nil || req.Body == nil || req.Body == http.NoBody {
		return req, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	again := req.Clone(req.Context())
	again.Body = body
	return again, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close() // nothing was sent
	}
}

// discard closes a response and keeps its connection, unless the body is long.
func discard(resp *http.Response) {
	_, _ = io.CopyN(io.Discard, resp.Body, maxErrorBody)
	_ = resp.Body.Close()
}

// peek returns the start of a response's body without consuming it. If reading
// fails, it returns what has arrived, and later reads return the error.
func peek(resp *http.Response) []byte {
	start, err := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = failing{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(start), rest), resp.Body}
	return start
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
