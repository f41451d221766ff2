package registry

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/go-json-experiment/json"
	"oras.land/oras-go/v2/errdef"
)

// Error is an unsuccessful response of the registry host, of its token endpoint or
// of a host to which it redirected. Find it with errors.As, or classify an error
// with [IsNotFound], [IsDenied] and [IsRateLimited].
type Error struct {
	// Method is the method of the request, such as "GET".
	Method string

	// URL is the address of the request, or of its last redirect, without the
	// query.
	URL string

	// StatusCode is the HTTP status.
	StatusCode int

	// Code is the first error code of the response, such as "MANIFEST_UNKNOWN".
	// It is empty for responses without one, such as all responses to HEAD.
	Code string

	// Message is the message that belongs to Code, or the start of a response
	// that is not a registry's JSON. The client's own secrets are redacted.
	Message string

	// RetryAfter is the wait that the host asks for; zero if it names none.
	RetryAfter time.Duration
}

// Error returns method, address, status, code and message in one line.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s: %d %s", e.Method, e.URL, e.StatusCode, http.StatusText(e.StatusCode))
	for _, part := range []string{e.Code, e.Message} {
		if part != "" {
			text.WriteString(": " + part)
		}
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&text, " (wait %s)", e.RetryAfter)
	}
	return text.String()
}

// Is makes errors.Is(err, errdef.ErrNotFound) of oras-go true for a 404.
func (e *Error) Is(target error) bool {
	return target == errdef.ErrNotFound && e.StatusCode == http.StatusNotFound
}

// IsNotFound reports whether the response was a 404: the repository, tag, manifest
// or blob does not exist.
func IsNotFound(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.StatusCode == http.StatusNotFound
}

// IsDenied reports whether a token, a login or the request was denied. The client
// has tried a new token before, so trying again does not help.
func IsDenied(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden ||
		e.StatusCode == http.StatusBadRequest && e.Code == codeDenied)
}

// IsRateLimited reports whether the host still responded with 429 after the
// client's own retries, or asked for a wait of more than two minutes or beyond the
// context's deadline. Error.RetryAfter is that wait. If the message is "Data limit
// exceeded", waiting does not help, but a login may.
func IsRateLimited(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.StatusCode == http.StatusTooManyRequests
}

const (
	codeDenied = "DENIED"

	// maxErrorBody is how much of a refusal is read.
	maxErrorBody = 64 << 10

	// maxMessage is how much of it goes into an error.
	maxMessage = 500
)

// newError makes an error of an unsuccessful response and closes it.
func newError(resp *http.Response, redact func(string) string) *Error {
	defer resp.Body.Close()
	e := &Error{
		Method:     resp.Request.Method,
		URL:        redact(shown(resp.Request.URL)),
		StatusCode: resp.StatusCode,
		RetryAfter: retryAfter(resp.Header),
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody)) // what has arrived says what it can
	e.Code, e.Message = parseRefusal(body)
	if e.Code == "" {
		e.Message = string(body)
	}
	if location := resp.Header.Get("Location"); e.Message == "" && location != "" {
		e.Message = "redirect refused"
	}
	e.Code, e.Message = printable(redact(e.Code)), printable(redact(e.Message))
	return e
}

// parseRefusal returns the first code and message of a body in the registry's
// form, empty ones for any other.
func parseRefusal(body []byte) (code, message string) {
	var refusal struct {
		Errors []struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &refusal) != nil || len(refusal.Errors) == 0 {
		return "", ""
	}
	return refusal.Errors[0].Code, refusal.Errors[0].Message
}

// printable is one line of bounded length.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, text)
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}

// shown is a URL without its query, which may contain a signature.
func shown(u *url.URL) string {
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// retryAfter reads seconds or a date, which it compares with the host's own clock.
// Zero means that the header has no wait.
func retryAfter(header http.Header) time.Duration {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if text == "" {
		return 0
	}
	if strings.Trim(text, "0123456789") == "" {
		seconds, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return forever
		}
		return time.Duration(seconds) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(until.Sub(now), 0)
}

// forever is longer than any wait.
const forever = 100 * 365 * 24 * time.Hour
